"""What people change about their own account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from app import i18n
from app.access import Actor, require
from app.accounts import facts
from app.accounts.models import Account
from app.errors import Invalid
from app.facts import record
from app.mail import subscriptions
from app.mail.models import CATEGORIES


def change_profile(
    db: Session,
    *,
    actor: Actor,
    account: Account,
    now: datetime,
    name: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
) -> Account:
    """Change what is given of the actor's own name, language and time zone.

    Raises Forbidden, Invalid("name" | "language" | "timezone").
    """
    require(actor.account_id == account.id)
    wanted = {"name": name, "language": language, "timezone": timezone}
    after = {field: value.strip() for field, value in wanted.items() if value is not None}
    if after.get("name") == "":
        raise Invalid("name", "name_missing")
    if "language" in after and after["language"] not in i18n.LANGUAGES:
        raise Invalid("language", "unknown_language")
    if "timezone" in after and not i18n.is_zone(after["timezone"]):
        raise Invalid("timezone", "unknown_zone")
    before = {field: getattr(account, field) for field in after}
    if before == after:
        return account
    for field, value in after.items():
        setattr(account, field, value)
    db.flush()
    record(db, actor=actor, fact=facts.ProfileChanged(account.id), now=now, before=before, after=after)
    return account


def choose_letters(
    db: Session, *, actor: Actor, account: Account, wanted: Collection[str], now: datetime
) -> None:
    """Have only these of the letters that are not essential written to one's own addresses.

    Raises Forbidden.
    """
    require(actor.account_id == account.id)
    subscriptions.choose(
        db,
        actor=actor,
        addresses=account.letters_go_to,
        stopped=set(CATEGORIES) - set(wanted),
        language=account.language,
        now=now,
    )


def note_export(db: Session, *, actor: Actor, account: Account, now: datetime) -> None:
    """Put on record that somebody downloaded everything that is stored about them. Raises Forbidden."""
    require(actor.account_id == account.id)
    record(db, actor=actor, fact=facts.PersonalDataExported(account.id), now=now)
