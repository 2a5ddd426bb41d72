"""Putting letters into the outbox, and taking them through sending. `app.mail.delivery` is what calls the
latter."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.access import Actor, require
from app.db import after_commit, insert_or_not
from app.errors import Conflict
from app.facts import record
from app.jobs.queue import current_queue
from app.mail import message
from app.mail.facts import LetterRetried
from app.mail.models import OutboxLetter
from app.mail.sender import sender

DELIVERY = "app.mail.delivery:deliver_due"

LEASE = timedelta(minutes=10)
"""How long one attempt may take; a letter still `sending` after it is taken up again (the sender died)."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60))
"""After the first, second, … attempt that failed for now."""

MAX_ATTEMPTS = len(WAITS) + 1

SIGN_IN = "sign_in"
"""The kind that somebody is waiting for in front of a screen: it goes first, however many others are due. Its
words are forgotten once sent: who can read the outbox, or a backup, must not be able to sign in."""

_NUDGED_IN = "baraza.mail.nudged_in"


def queue_letter(
    db: Session,
    *,
    key: str,
    kind: str,
    to_name: str,
    to_address: str,
    language: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    calendar: bytes | None = None,
    method: Literal["REQUEST", "CANCEL"] | None = None,
    message_id: str | None = None,
    in_reply_to: str | None = None,
) -> OutboxLetter:
    """Put a letter into the outbox, once per `key`, and have a worker send it after the commit.

    A key that is there already, whoever queued it and however far it is, gives that letter back unchanged.
    `message_id` is for letters that others will answer to; otherwise it follows from the key. `in_reply_to`
    is the Message-ID of the letter that this one belongs under."""
    values = {
        "key": key,
        "kind": kind,
        "to_name": _one_line(to_name)[:200],
        "to_address": to_address,
        "language": language,
        "subject": _one_line(subject)[:300],
        "text": text,
        "html": html,
        "calendar": calendar,
        "method": method,
        "message_id": message_id or message_id_for(key, now),
        "in_reply_to": in_reply_to,
        "state": "queued",
        "attempts": 0,
        "created_at": now,
        "due_at": now,
        "error": "",
    }
    insert_or_not(db, OutboxLetter, ["key"], **values)
    nudge(db)
    return db.scalars(select(OutboxLetter).where(OutboxLetter.key == key)).one()


def _one_line(text: str) -> str:
    """A text as a header may hold it; else a tab that came along with a pasted name stops the letter."""
    line = " ".join(text.split())
    return "".join(char for char in line if unicodedata.category(char) not in {"Cc", "Cs"})


def nudge(db: Session) -> None:
    """Have a worker look into the outbox after the commit: once, for however many letters."""
    transaction = db.get_transaction()
    if transaction is None or db.info.get(_NUDGED_IN) is not transaction:
        db.info[_NUDGED_IN] = transaction
        after_commit(db, lambda: current_queue().nudge(DELIVERY))


def message_id_for(key: str, now: datetime) -> str:
    """The Message-ID of the letter with this key: any key may be used, and none can be read from it."""
    digest = hashlib.sha256(f"{key} {now.isoformat()}".encode()).hexdigest()[:32]
    return message.message_id(digest, sender())


def keep_due(db: Session, *, now: datetime) -> int:
    """Keep what is due instead of sending it: there is no mail server. Returns how many letters."""
    kept = db.execute(
        update(OutboxLetter)
        .where(_due(OutboxLetter, now))
        .values(state="kept", error="")
        .returning(OutboxLetter.id)
        .execution_options(synchronize_session=False)
    )
    return len(kept.all())


def claim_next(db: Session, *, now: datetime, per_minute: int) -> OutboxLetter | None:
    """Take the letter that is due first; `None` when nothing is due or this minute's share has gone out.

    One statement, so that of several workers exactly one gets a letter: on SQLite writers follow one another,
    on PostgreSQL each passes over the rows that another is just taking.
    """
    other, busy = aliased(OutboxLetter), aliased(OutboxLetter)
    gone_out = (
        select(func.count())
        .select_from(busy)
        .where(
            or_(
                (busy.state == "sent") & (busy.sent_at > now - timedelta(minutes=1)),
                (busy.state == "sending") & (busy.due_at > now),
            )
        )
        .scalar_subquery()
    )
    oldest = (
        select(other.id)
        .where(_due(other, now), or_(gone_out < per_minute, other.kind == SIGN_IN))
        .order_by(case((other.kind == SIGN_IN, 0), else_=1), other.due_at, other.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = db.execute(
        update(OutboxLetter)
        .where(OutboxLetter.id == oldest, _due(OutboxLetter, now))
        .values(state="sending", attempts=OutboxLetter.attempts + 1, due_at=now + LEASE)
        .returning(OutboxLetter.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return None if claimed is None else db.get(OutboxLetter, claimed, populate_existing=True)


def _due(letter: type[OutboxLetter], now: datetime) -> ColumnElement[bool]:
    return and_(letter.state.in_(("queued", "sending")), letter.due_at <= now)


def settle_sent(db: Session, *, letter_id: int, attempt: int, now: datetime) -> bool:
    """The mail server has taken the letter. False when this attempt does not hold it any more."""
    if not _settle(db, letter_id, attempt, state="sent", sent_at=now, error=""):
        return False
    db.execute(
        update(OutboxLetter)
        .where(OutboxLetter.id == letter_id, OutboxLetter.kind == SIGN_IN)
        .values(text="", html="")
        .execution_options(synchronize_session=False)
    )
    return True


def settle_for_now(db: Session, *, letter_id: int, attempt: int, now: datetime, error: str) -> bool:
    """It could not be sent for now: try again later, or give up after `MAX_ATTEMPTS`."""
    if attempt >= MAX_ATTEMPTS:
        return settle_failed(db, letter_id=letter_id, attempt=attempt, error=error)
    return _settle(db, letter_id, attempt, state="queued", due_at=now + WAITS[attempt - 1], error=error[:300])


def settle_failed(db: Session, *, letter_id: int, attempt: int, error: str) -> bool:
    """It will never be taken as it is; the reason is kept."""
    return _settle(db, letter_id, attempt, state="failed", error=error[:300])


def _settle(db: Session, letter_id: int, attempt: int, **values: object) -> bool:
    settled = db.execute(
        update(OutboxLetter)
        .where(OutboxLetter.id == letter_id)
        .where(OutboxLetter.state == "sending", OutboxLetter.attempts == attempt)
        .values(**values)
        .returning(OutboxLetter.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return settled is not None


def retry_letter(db: Session, *, actor: Actor, letter: OutboxLetter, now: datetime) -> OutboxLetter:
    """Have a letter that failed tried again from the start.

    Raises Forbidden, Conflict("letter_not_failed").
    """
    require(actor.is_coordinator)
    if letter.state != "failed":
        raise Conflict("letter_not_failed")
    before = {"state": letter.state, "error": letter.error}
    letter.state, letter.attempts, letter.due_at, letter.error = "queued", 0, now, ""
    db.flush()
    record(
        db,
        actor=actor,
        fact=LetterRetried(letter.id),
        now=now,
        before=before,
        after={"state": letter.state, "error": ""},
    )
    nudge(db)
    return letter
