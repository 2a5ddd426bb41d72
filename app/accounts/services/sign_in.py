"""Signing in by e-mail, and signing out.

Who asks for an address gets a six-digit code and a link, whichever of the two is used first uses up both.
What is stored cannot be turned back into either: the link is 256 random bits, hashed; the code is hashed
together with a random *handle* that only the browser holds which asked. So a code is of no use in another
browser, and wrong guesses elsewhere do not spend the tries of the person who waits for it.

Whether an address is known changes nothing but that a letter is sent: a row is made, counted and refused
alike."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import i18n
from app.access import NOBODY, Actor, require, system
from app.accounts import facts, identity, queries
from app.accounts.identity import hash_of
from app.accounts.models import Account, Login, SignInCode
from app.facts import record
from app.network.models import Person

CODE_LASTS = timedelta(minutes=15)
MAX_TRIES = 5
"""Wrong codes until a code is dead: with `MAX_CODES`, 25 guesses an hour at one in a million."""
MAX_CODES = 5
"""Codes that can be asked for one address within `CODES_COUNTED`."""
CODES_COUNTED = timedelta(hours=1)

LINK_PATH = "/sign-in/link/"

Refusal = Literal["wrong", "too_many_tries", "used", "expired", "unknown"]


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code and a link, before they are hashed.

    `handle` is for the cookie of the browser that asked. `reader` is whom to write to; `None` when the
    address is nobody's, and then nobody must learn that from the answer."""

    code_id: int
    handle: str
    code: str
    link: str
    expires_at: datetime
    reader: Account | Person | None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A login has begun: `token` goes into the cookie."""

    account: Account
    token: str


def ask_for_code(db: Session, *, email: str, now: datetime) -> CodeAsked | None:
    """Make a code and a link for an address; `None` when too many were asked for it of late."""
    email = queries.normal_address(email)
    asked_of_late = db.scalar(
        select(func.count())
        .select_from(SignInCode)
        .where(SignInCode.email == email, SignInCode.created_at > now - CODES_COUNTED)
    )
    if (asked_of_late or 0) >= MAX_CODES:
        return None
    secret, code = secrets.token_urlsafe(24), f"{secrets.randbelow(1_000_000):06d}"
    row, link = _make_row(db, email=email, code_hash=_code_hash(secret, code), now=now, valid_for=CODE_LASTS)
    record(db, actor=NOBODY, fact=facts.CodeRequested(row.id), now=now)
    return CodeAsked(
        code_id=row.id,
        handle=f"{row.id}.{secret}",
        code=code,
        link=link,
        expires_at=row.expires_at,
        reader=queries.who_signs_in_by(db, email, now=now),
    )


def issue_link(
    db: Session,
    *,
    account: Account,
    now: datetime,
    valid_for: timedelta,
    actor: Actor = system("command line"),  # noqa: B008 (a frozen value)
) -> str:
    """Make a sign-in link without a letter; returns its path. It works once, like every other."""
    require(actor.is_coordinator)
    nobody_knows = hash_of(secrets.token_urlsafe(32))
    _, link = _make_row(db, email=account.email, code_hash=nobody_knows, now=now, valid_for=valid_for)
    record(db, actor=actor, fact=facts.LinkIssued(account.id), now=now)
    return link


def _make_row(
    db: Session, *, email: str, code_hash: str, now: datetime, valid_for: timedelta
) -> tuple[SignInCode, str]:
    token = secrets.token_urlsafe(32)
    row = SignInCode(
        email=email,
        code_hash=code_hash,
        link_hash=hash_of(token),
        created_at=now,
        expires_at=now + valid_for,
        attempts=0,
    )
    db.add(row)
    db.flush()
    return row, LINK_PATH + token


def _code_hash(secret: str, code: str) -> str:
    return hash_of(f"{secret}:{code}")


def enter_code(
    db: Session, *, handle: str, typed: str, device: str, zone: str, now: datetime
) -> SignIn | Refusal:
    """Sign in with a code as it was typed or pasted: whatever is no digit does not count.

    `handle` is the one of this browser. `zone` is the time zone that the device tells, if it does.
    """
    number, _, secret = handle.partition(".")
    row = db.get(SignInCode, int(number)) if number.isdecimal() and len(number) < 18 else None
    if row is None:
        return "unknown"
    counted = db.execute(
        update(SignInCode)
        .where(SignInCode.id == row.id, SignInCode.used_at.is_(None))
        .where(SignInCode.expires_at > now, SignInCode.attempts < MAX_TRIES)
        .values(attempts=SignInCode.attempts + 1)
        .returning(SignInCode.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.refresh(row)
    if counted is None:
        return _why_dead(row, now)
    if not hmac.compare_digest(row.code_hash, _code_hash(secret, re.sub(r"\D", "", typed))):
        record(db, actor=NOBODY, fact=facts.CodeRefused(row.id), now=now, after={"attempts": row.attempts})
        return "wrong" if row.attempts < MAX_TRIES else "too_many_tries"
    return _use_up(db, row, by="code", device=device, zone=zone, now=now)


def use_link(db: Session, *, token: str, device: str, zone: str, now: datetime) -> SignIn | Refusal:
    """Sign in with a link's token."""
    row = queries.code_of_link(db, token)
    return "unknown" if row is None else _use_up(db, row, by="link", device=device, zone=zone, now=now)


def state_of_link(db: Session, *, token: str, now: datetime) -> Literal["valid"] | Refusal:
    """What a link is good for, without using it: scanners of mail look at links too."""
    row = queries.code_of_link(db, token)
    if row is None or queries.who_signs_in_by(db, row.email, now=now) is None:
        return "unknown"
    return "valid" if row.used_at is None and row.expires_at > now else _why_dead(row, now)


def _why_dead(row: SignInCode, now: datetime) -> Refusal:
    if row.used_at is not None:
        return "used"
    return "expired" if row.expires_at <= now else "too_many_tries"


def _use_up(
    db: Session, row: SignInCode, *, by: Literal["code", "link"], device: str, zone: str, now: datetime
) -> SignIn | Refusal:
    """Spend code and link, in one statement so that two at once cannot both succeed, and begin a login."""
    spent = db.execute(
        update(SignInCode)
        .where(SignInCode.id == row.id, SignInCode.used_at.is_(None), SignInCode.expires_at > now)
        .values(used_at=now)
        .returning(SignInCode.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.refresh(row)
    if spent is None:
        return _why_dead(row, now)
    reader = queries.who_signs_in_by(db, row.email, now=now)
    if reader is None:
        return "unknown"
    account = reader if isinstance(reader, Account) else _open_for(db, reader, email=row.email, now=now)
    return begin(db, account=account, by=by, device=device, zone=zone, now=now)


def _open_for(db: Session, person: Person, *, email: str, now: datetime) -> Account:
    """The account of somebody whom the network knows, made when they first sign in."""
    account = Account(
        email=email,
        name=person.name,
        language=queries.language_of(person),
        timezone=person.place.timezone,
        person=person,
        created_at=now,
    )
    db.add(account)
    db.flush()
    record(db, actor=identity.actor_of(db, account), fact=facts.AccountOpened(account.id), now=now)
    return account


def begin(
    db: Session,
    *,
    account: Account,
    by: Literal["code", "link", "password"],
    device: str,
    zone: str,
    now: datetime,
) -> SignIn:
    """Begin a login of an account that has proved itself. The first one takes over the zone of the device."""
    if account.last_seen_at is None and account.timezone == i18n.DEFAULT_ZONE and i18n.is_zone(zone):
        account.timezone = zone
    token = identity.sign_in(db, account=account, device=device, now=now)
    record(db, actor=identity.actor_of(db, account), fact=facts.SignedIn(account.id, by), now=now)
    return SignIn(account, token)


def sign_out(db: Session, *, actor: Actor, login: Login, now: datetime) -> None:
    """End one login, this browser's or another's of the same account. Raises Forbidden."""
    require(actor.account_id == login.account_id)
    db.delete(login)
    db.flush()
    record(db, actor=actor, fact=facts.SignedOut(login.account_id), now=now)


def sign_out_everywhere(db: Session, *, actor: Actor, account: Account, now: datetime, but: str = "") -> None:
    """End every login of the actor's account, except the one with the token `but`. Raises Forbidden."""
    require(actor.account_id == account.id)
    end_logins(db, account, but=but)
    record(db, actor=actor, fact=facts.SignedOutEverywhere(account.id), now=now)


def end_logins(db: Session, account: Account, *, but: str = "") -> None:
    """Delete the logins of an account, except the one with the token `but`; records nothing by itself."""
    others = delete(Login).where(Login.account_id == account.id)
    if but:
        others = others.where(Login.token_hash != hash_of(but))
    db.execute(others)
