"""Tokens with which programs call the service in somebody's name."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.accounts import facts
from app.accounts.identity import SCOPES, hash_of
from app.accounts.models import Account, ApiToken
from app.errors import Conflict, Invalid
from app.facts import record

PREFIX = "baraza_"
"""So that scanners of published code can tell what they have found."""

LONGEST = timedelta(days=366)
USE_NOTED_EVERY = timedelta(hours=1)
"""How exactly the last use of a token is known: reading should not write each time."""

AT_MOST = 20
"""So many tokens an account has at once."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token; `secret` is shown once and stored nowhere."""

    token: ApiToken
    secret: str


def issue_token(
    db: Session,
    *,
    actor: Actor,
    account: Account,
    name: str,
    scopes: Collection[str],
    valid_for: timedelta,
    now: datetime,
) -> IssuedToken:
    """Make a token for the actor's own account.

    Raises Forbidden, Invalid("name" | "scopes" | "valid_for"), Conflict("too_many_tokens").
    """
    require(actor.account_id == account.id)
    if not name.strip():
        raise Invalid("name", "name_missing")
    wanted = tuple(scope for scope in SCOPES if scope in scopes)
    if not wanted or len(wanted) != len(set(scopes)):
        raise Invalid("scopes", "unknown_scope")
    if not timedelta(0) < valid_for <= LONGEST:
        raise Invalid("valid_for", "out_of_range")
    db.refresh(account, with_for_update=True)  # two clicks at once must not both find room
    held = db.scalar(select(func.count()).where(ApiToken.account_id == account.id)) or 0
    if held >= AT_MOST:
        raise Conflict("too_many_tokens")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account.id,
        name=name.strip()[:100],
        token_hash=hash_of(secret),
        scopes=list(wanted),
        created_at=now,
        expires_at=now + valid_for,
    )
    db.add(token)
    db.flush()
    fact = facts.TokenIssued(account.id, token.id, wanted)
    record(db, actor=actor, fact=fact, now=now, after={"name": token.name, "expires_at": token.expires_at})
    return IssuedToken(token, secret)


def revoke_token(db: Session, *, actor: Actor, token: ApiToken, now: datetime) -> None:
    """End a token of the actor's own, at once. Raises Forbidden."""
    require(actor.account_id == token.account_id)
    fact, before = facts.TokenRevoked(token.account_id, token.id), {"name": token.name}
    db.delete(token)
    db.flush()
    record(db, actor=actor, fact=fact, now=now, before=before)


def use_is_to_be_noted(token: ApiToken, *, now: datetime) -> bool:
    return token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY


def note_use(db: Session, *, token: ApiToken, now: datetime) -> None:
    """Keep when a token was last used; a column of its own, and no fact."""
    db.execute(update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now))
