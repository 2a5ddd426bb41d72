"""What happens to accounts. No fact holds an address, a code, a link or a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class CodeRequested(Fact):
    """Somebody asked for a code to sign in; whether the address is anybody's is not said."""

    subject: ClassVar[str] = "sign_in_code"


@dataclass(frozen=True, slots=True)
class CodeRefused(Fact):
    """A wrong code was typed."""

    subject: ClassVar[str] = "sign_in_code"


@dataclass(frozen=True, slots=True)
class AccountFact(Fact):
    """Base of all facts about an account; `subject_id` is the account's."""

    subject: ClassVar[str] = "account"


class AccountOpened(AccountFact):
    """A coordinator or a command opened it, or its owner did by signing in for the first time."""


class LinkIssued(AccountFact):
    """A sign-in link was made on the command line."""


@dataclass(frozen=True, slots=True)
class SignedIn(AccountFact):
    """`by`: code, link or password."""

    by: str


class PasswordRefused(AccountFact):
    """A wrong password was given for this account."""


class SignedOut(AccountFact):
    """One device was signed out."""


class SignedOutEverywhere(AccountFact):
    """All devices were signed out."""


class ProfileChanged(AccountFact):
    """Name, language or time zone."""


class PasswordSet(AccountFact):
    pass


class PasswordRemoved(AccountFact):
    pass


class PersonalDataExported(AccountFact):
    """The owner downloaded everything that is stored about them."""


@dataclass(frozen=True, slots=True)
class RoleGranted(AccountFact):
    role: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class RoleRevoked(AccountFact):
    role: str
    organisation_id: int


class AccountDeactivated(AccountFact):
    pass


class AccountReactivated(AccountFact):
    pass


@dataclass(frozen=True, slots=True)
class SecretariatAdded(Fact):
    """The organisation that coordinators belong to was added, with the first of them."""

    subject: ClassVar[str] = "organisation"


@dataclass(frozen=True, slots=True)
class TokenIssued(AccountFact):
    """A token for a program was made, with these scopes."""

    token_id: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenRevoked(AccountFact):
    token_id: int
