"""The letters that accounts send."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from urllib.parse import quote

from sqlalchemy.orm import Session

from app import i18n
from app.accounts import queries
from app.accounts.models import Account
from app.accounts.services.sign_in import CodeAsked
from app.mail.rendering import Rendered, render
from app.mail.services import SIGN_IN, nudge, queue_letter


def write_sign_in(
    db: Session, *, asked: CodeAsked, email: str, next_path: str, public_url: str, now: datetime
) -> None:
    """Queue the letter with code and link. For an address that is nobody's it is written too, and thrown
    away: so the answer takes as long."""
    reader = asked.reader
    language = queries.language_of(reader) if reader is not None else i18n.language()
    words = render(
        "sign_in",
        language=language,
        name=reader.name if reader is not None else "",
        code=f"{asked.code[:3]} {asked.code[3:]}",
        link=f"{public_url}{asked.link}" + (f"?next={quote(next_path)}" if next_path != "/" else ""),
        expires_at=asked.expires_at,
        zone=queries.zone_of(reader) if reader is not None else i18n.DEFAULT_ZONE,
    )
    if reader is None:
        nudge(db)
        return
    queue_letter(
        db,
        key=f"sign-in/{asked.code_id}",
        kind=SIGN_IN,
        to_name=reader.name,
        to_address=email,
        language=language,
        now=now,
        **asdict(words),
    )


def write_password_changed(
    db: Session, *, account: Account, removed: bool, public_url: str, now: datetime
) -> None:
    """Tell somebody that their password was set or removed: they should know if it was not they who did
    it."""
    words = render(
        "password_changed",
        language=account.language,
        name=account.name,
        removed=removed,
        changed_at=now,
        zone=account.timezone,
        account_url=f"{public_url}/account",
    )
    _queue(
        db,
        account,
        key=f"password/{account.id}/{now.isoformat()}/{removed}",
        kind="password",
        words=words,
        now=now,
    )


def write_account_opened(
    db: Session, *, account: Account, opened_by: str, public_url: str, now: datetime
) -> None:
    """Tell somebody that a coordinator has opened an account for them."""
    words = render(
        "account_opened",
        language=account.language,
        name=account.name,
        opened_by=opened_by,
        sign_in_url=f"{public_url}/sign-in",
    )
    _queue(db, account, key=f"account-opened/{account.id}", kind="account_opened", words=words, now=now)


def _queue(db: Session, account: Account, *, key: str, kind: str, words: Rendered, now: datetime) -> None:
    queue_letter(
        db,
        key=key,
        kind=kind,
        to_name=account.name,
        to_address=account.email,
        language=account.language,
        now=now,
        **asdict(words),
    )
