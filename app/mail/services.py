"""Putting letters into the outbox, and taking them through sending. `app.mail.delivery` is what calls the
latter."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from app.access import Actor, require
from app.db import after_commit, insert_or_not
from app.errors import Conflict
from app.facts import record
from app.jobs.queue import current_queue
from app.mail import message, subscriptions
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
    thread: str | None = None,
    reply_tag: str = "",
) -> OutboxLetter:
    """Put a letter into the outbox, once per `key`, and have a worker send it after the commit.

    A key that is there already, whoever queued it and however far it is, gives that letter back unchanged.
    `message_id` is for letters that others will answer to; otherwise it follows from the key. `in_reply_to`
    is the Message-ID of the letter that this one belongs under. Those of its `thread` that still wait do not
    go out any more: this one says how things are now.

    What its reader does not want (`app.mail.subscriptions`) is kept as `unwanted` and does not go out; once
    they want it again, the same key is queued anew."""
    is_unwanted = False
    if not subscriptions.is_essential(kind):
        subscriptions.subscription_of(db, kind=kind, address=to_address, language=language)
        is_unwanted = subscriptions.is_unwanted(db, kind=kind, address=to_address)
        db.execute(delete(OutboxLetter).where(OutboxLetter.key == key, OutboxLetter.state == "unwanted"))
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
        "thread": thread,
        "reply_tag": reply_tag,
        "state": "unwanted" if is_unwanted else "queued",
        "attempts": 0,
        "created_at": now,
        "due_at": now,
        "error": "",
    }
    is_new = insert_or_not(db, OutboxLetter, ["key"], **values)
    nudge(db)
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.key == key)).one()
    if is_new and thread is not None:
        db.execute(
            update(OutboxLetter)
            .where(OutboxLetter.thread == thread, OutboxLetter.state == "queued", OutboxLetter.id < letter.id)
            .values(state="replaced", error="")
            .execution_options(synchronize_session=False)
        )
    return letter


def take_back_unsent(db: Session, *, thread: str) -> bool:
    """Take back every letter of a thread, where none of them has been on its way yet; whether it was so."""
    letters = select(OutboxLetter).where(OutboxLetter.thread == thread).with_for_update()
    found = db.scalars(letters.execution_options(populate_existing=True)).all()
    if not found or any(each.attempts or each.state not in {"queued", "replaced"} for each in found):
        return False
    for letter in found:
        letter.state = "replaced"
    db.flush()
    return True


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

    Of several workers exactly one gets a letter: on SQLite writers follow one another, on PostgreSQL each
    passes over the rows that another is just taking.
    """
    code: ColumnElement[str] = literal_column(f"'{SIGN_IN}'")  # as the index of codes that wait has it
    letter_id = _first_due(db, now, OutboxLetter.kind == code)
    if letter_id is None and _gone_out(db, now) < per_minute:
        letter_id = _first_due(db, now, OutboxLetter.kind != code)
    if letter_id is None:
        return None
    claimed = db.execute(
        update(OutboxLetter)
        .where(OutboxLetter.id == letter_id, _due(OutboxLetter, now))
        .values(state="sending", attempts=OutboxLetter.attempts + 1, due_at=now + LEASE)
        .returning(OutboxLetter.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return None if claimed is None else db.get(OutboxLetter, claimed, populate_existing=True)


def _first_due(db: Session, now: datetime, which: ColumnElement[bool]) -> int | None:
    """One whose sender has died, else the one that waits longest; none whose thread has one on its way.

    Of one state at a time, since then the order is that of an index (codes have one of their own), and
    however many wait, one is looked at: SQLite sorts all of them for each where two states are asked for.
    """
    before = aliased(OutboxLetter)
    on_its_way = exists().where(
        before.thread == OutboxLetter.thread, before.state == "sending", before.id < OutboxLetter.id
    )
    first = (
        select(OutboxLetter.id)
        .where(OutboxLetter.due_at <= now, which, or_(OutboxLetter.thread.is_(None), ~on_its_way))
        .order_by(OutboxLetter.due_at, OutboxLetter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: int | None = db.scalar(first.where(OutboxLetter.state == "sending"))
    return db.scalar(first.where(OutboxLetter.state == "queued")) if found is None else found


def _gone_out(db: Session, now: datetime) -> int:
    """How many letters have gone out within a minute, and are going out just now.

    Where the clock was set back, what went out "later" than now counts for a minute and no longer.
    """
    minute = timedelta(minutes=1)
    sent = select(func.count()).where(
        OutboxLetter.state == "sent", OutboxLetter.sent_at > now - minute, OutboxLetter.sent_at < now + minute
    )
    going = select(func.count()).where(OutboxLetter.state == "sending", OutboxLetter.due_at > now)
    return (db.scalar(sent) or 0) + (db.scalar(going) or 0)


def drop_replaced(db: Session, *, now: datetime) -> None:
    """Give up letters whose sender died, and that a later one of their thread has overtaken."""
    later = aliased(OutboxLetter)
    db.execute(
        update(OutboxLetter)
        .where(
            OutboxLetter.state == "sending",
            OutboxLetter.due_at <= now,
            exists().where(later.thread == OutboxLetter.thread, later.id > OutboxLetter.id),
        )
        .values(state="replaced")
        .execution_options(synchronize_session=False)
    )


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
    """It could not be sent for now: try again later, or give up after `MAX_ATTEMPTS`.

    Not where a later one of its thread waits: that one says how things are now.
    """
    later = aliased(OutboxLetter)
    mine = select(OutboxLetter.thread).where(OutboxLetter.id == letter_id).scalar_subquery()
    if db.scalar(select(later.id).where(later.thread == mine, later.id > letter_id).limit(1)) is not None:
        return _settle(db, letter_id, attempt, state="replaced", error=error[:300])
    if attempt >= MAX_ATTEMPTS:
        return settle_failed(db, letter_id=letter_id, attempt=attempt, error=error)
    return _settle(db, letter_id, attempt, state="queued", due_at=now + WAITS[attempt - 1], error=error[:300])


def settle_failed(db: Session, *, letter_id: int, attempt: int, error: str) -> bool:
    """It will never be taken as it is; the reason is kept."""
    return _settle(db, letter_id, attempt, state="failed", error=error[:300])


def settle_unwanted(db: Session, *, letter_id: int, attempt: int) -> bool:
    """Its reader has stopped such letters while it was on its way: it does not go out."""
    return _settle(db, letter_id, attempt, state="unwanted", error="")


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

    Raises Forbidden, Conflict("letter_not_failed" | "letter_overtaken").
    """
    require(actor.is_coordinator)
    if letter.state != "failed":
        raise Conflict("letter_not_failed")
    if letter.thread is not None and letter.id != db.scalar(
        select(func.max(OutboxLetter.id)).where(OutboxLetter.thread == letter.thread)
    ):
        raise Conflict("letter_overtaken")
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
