"""Reading accounts: who signs in by an address, one's own devices, and the coordinator's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app import i18n
from app.access import Actor, require
from app.accounts.identity import hash_of
from app.accounts.models import Account, ApiToken, Login, RoleGrant, SignInCode
from app.errors import NotFound
from app.network.models import Organisation, Person

PAGE = 50


def normal_address(email: str) -> str:
    """An e-mail address as it is stored."""
    return email.strip().lower()


def account_by_email(db: Session, email: str) -> Account | None:
    return db.scalars(select(Account).where(Account.email == normal_address(email))).first()


def person_without_account(db: Session, email: str) -> Person | None:
    """The person with this address, unless they have an account.

    Somebody who has one signs in by the account's own address: who looks after a person may correct that
    person's address, and must not get into their account by doing so.
    """
    return db.scalars(
        select(Person)
        .where(Person.email == normal_address(email))
        .where(~select(Account.id).where(Account.person_id == Person.id).exists())
    ).first()


def who_signs_in_by(db: Session, email: str, *, now: datetime) -> Account | Person | None:
    """The active account of an address, or the person of the network who may open one by it."""
    account = account_by_email(db, email)
    if account is not None:
        return account if account.is_active else None
    person = person_without_account(db, email)
    has_left = person is not None and person.left_on is not None and person.left_on <= now.date()
    return None if has_left else person


def code_of_link(db: Session, token: str) -> SignInCode | None:
    return db.scalars(select(SignInCode).where(SignInCode.link_hash == hash_of(token))).first()


def address_of_handle(db: Session, handle: str) -> str | None:
    """The address for which this browser asked a code."""
    number = handle.partition(".")[0]
    row = db.get(SignInCode, int(number)) if number.isdecimal() and len(number) < 18 else None
    return None if row is None else row.email


def reader_of(db: Session, person: Person) -> Account | Person:
    """By whose settings a person reads what is sent to them: their account's, where they have one."""
    return db.scalars(select(Account).where(Account.person_id == person.id)).first() or person


def language_of(reader: Account | Person) -> str:
    """In which language to write to somebody: the account's, or the first of the person's that we have."""
    if isinstance(reader, Account):
        return reader.language
    return next((code for code in reader.languages if code in i18n.LANGUAGES), i18n.DEFAULT_LANGUAGE)


def zone_of(reader: Account | Person) -> str:
    """The time zone in which to tell somebody an instant."""
    return reader.timezone if isinstance(reader, Account) else reader.place.timezone


def logins_of(db: Session, *, account: Account, now: datetime) -> Sequence[Login]:
    """Where an account is signed in, newest first."""
    return db.scalars(
        select(Login)
        .where(Login.account_id == account.id, Login.expires_at > now)
        .order_by(Login.created_at.desc(), Login.id.desc())
    ).all()


def login_of(db: Session, *, actor: Actor, login_id: int) -> Login:
    """One of the actor's own logins. Raises NotFound."""
    login = db.get(Login, login_id)
    if login is None or login.account_id != actor.account_id:
        raise NotFound
    return login


def login_of_token(db: Session, token: str) -> Login | None:
    return db.scalars(select(Login).where(Login.token_hash == hash_of(token))).first()


def tokens_of(db: Session, *, account: Account) -> Sequence[ApiToken]:
    """An account's tokens for programs, newest first; those that have run out too."""
    return db.scalars(
        select(ApiToken).where(ApiToken.account_id == account.id).order_by(ApiToken.id.desc())
    ).all()


def token_of(db: Session, *, actor: Actor, token_id: int) -> ApiToken:
    """One of the actor's own tokens. Raises NotFound."""
    token = db.get(ApiToken, token_id)
    if token is None or token.account_id != actor.account_id:
        raise NotFound
    return token


def roles_of(db: Session, account: Account) -> Sequence[RoleGrant]:
    """An account's roles with the organisations at which it holds them."""
    return db.scalars(
        select(RoleGrant)
        .where(RoleGrant.account_id == account.id)
        .options(selectinload(RoleGrant.organisation))
        .order_by(RoleGrant.id)
    ).all()


def accounts(db: Session, *, actor: Actor, search: str = "", page: int = 1) -> tuple[Sequence[Account], int]:
    """One page of all accounts by name, and how many there are. Raises Forbidden.

    `search` is looked for in names, addresses and the names of the organisations at which a role is held.
    """
    require(actor.is_coordinator)
    wanted = select(Account)
    if search.strip():
        held_at = (
            select(RoleGrant.account_id)
            .join(Organisation)
            .where(
                or_(
                    Organisation.name.icontains(search.strip(), autoescape=True),
                    Organisation.acronym.icontains(search.strip(), autoescape=True),
                )
            )
        )
        wanted = wanted.where(
            or_(
                Account.name.icontains(search.strip(), autoescape=True),
                Account.email.icontains(search.strip(), autoescape=True),
                Account.id.in_(held_at),
            )
        )
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = db.scalars(
        wanted.options(selectinload(Account.grants).selectinload(RoleGrant.organisation))
        .order_by(func.lower(Account.name), Account.id)
        .limit(PAGE)
        .offset(min((page - 1) * PAGE, total))
    ).all()
    return rows, total


def account(db: Session, *, actor: Actor, account_id: int) -> Account:
    """Raises Forbidden, NotFound."""
    require(actor.is_coordinator)
    found = db.get(Account, account_id)
    if found is None:
        raise NotFound
    return found


def grant(db: Session, *, actor: Actor, account_id: int, grant_id: int) -> RoleGrant:
    """A role of this account. Raises Forbidden, NotFound."""
    require(actor.is_coordinator)
    found = db.get(RoleGrant, grant_id)
    if found is None or found.account_id != account_id:
        raise NotFound
    return found


def organisations_with_roles(db: Session, *, actor: Actor) -> Sequence[Organisation]:
    """The organisations at which a role can be held, by name. Raises Forbidden."""
    require(actor.is_coordinator)
    return db.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(("secretariat", "coalition", "platform")))
        .order_by(Organisation.name)
    ).all()


def organisation(db: Session, *, actor: Actor, organisation_id: int) -> Organisation:
    """Raises Forbidden, NotFound."""
    require(actor.is_coordinator)
    found = db.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found
