"""The optional password, kept as Argon2id (RFC 9106)."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import lru_cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from app.access import NOBODY, Actor, require
from app.accounts import facts, queries
from app.accounts.models import Account
from app.accounts.services.sign_in import SignIn, begin, end_logins
from app.facts import record

MIN_LENGTH = 12
MAX_LENGTH = 200
MIN_DIFFERENT = 5

Weakness = Literal["too_short", "too_long", "too_plain"]

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's parameters for servers that do other work as well: 19 MiB on one core per sign-in under way."""


def sign_in_with_password(
    db: Session, *, email: str, password: str, device: str, zone: str, now: datetime
) -> SignIn | None:
    """Begin a login; `None` when address and password do not fit, whichever of them is wrong.

    An unknown address takes as long as a known one. How often one may try is limited where requests come in.
    """
    account = queries.account_by_email(db, email)
    stored = account.password_hash if account is not None else None
    fits = _verify(stored or _nobodys(), password)
    if account is None or stored is None or not account.is_active:
        return None
    if not fits:
        record(db, actor=NOBODY, fact=facts.PasswordRefused(account.id), now=now)
        return None
    if _hasher.check_needs_rehash(stored):
        account.password_hash = _hash(password)
    return begin(db, account=account, by="password", device=device, zone=zone, now=now)


def set_password(
    db: Session, *, actor: Actor, account: Account, password: str, this_login: str, now: datetime
) -> Weakness | None:
    """Set the actor's own password and sign out their other devices; returns why not when it is too weak.

    `this_login` is the token of the browser that asks. Raises Forbidden.
    """
    require(actor.account_id == account.id)
    if weakness := weakness_of(password, account):
        return weakness
    account.password_hash = _hash(password)
    db.flush()
    end_logins(db, account, but=this_login)
    record(db, actor=actor, fact=facts.PasswordSet(account.id), now=now)
    return None


def remove_password(db: Session, *, actor: Actor, account: Account, now: datetime) -> None:
    """Go back to signing in by e-mail alone. Raises Forbidden."""
    require(actor.account_id == account.id)
    account.password_hash = None
    db.flush()
    record(db, actor=actor, fact=facts.PasswordRemoved(account.id), now=now)


def weakness_of(password: str, account: Account) -> Weakness | None:
    """Length counts, not kinds of characters (NIST SP 800-63B, 3.1.1.2); one's own name and address do
    not."""
    plain = _normal(password)
    if len(plain) < MIN_LENGTH:
        return "too_short"
    if len(plain) > MAX_LENGTH:
        return "too_long"
    own = {account.email, account.email.partition("@")[0], *account.name.casefold().split()}
    rest = plain.casefold()
    for word in sorted(own, key=len, reverse=True):
        if len(word) > 2:
            rest = rest.replace(word, "")
    return "too_plain" if len(set(rest)) < MIN_DIFFERENT else None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _hash(password: str) -> str:
    return _hasher.hash(_normal(password))


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, _normal(password)[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """A hash that no password fits, so that an unknown address takes as long as a known one."""
    return _hash("\N{BULLET}" * MAX_LENGTH + "no password is longer than allowed")
