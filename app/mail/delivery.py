"""Sending what is due in the outbox: a chore of the worker, safe to run in several workers at once.

A letter is claimed in one short transaction, sent outside of any, and settled in another. Whatever dies in
between leaves it `sending`; when its lease has run out it is sent again under the same Message-ID, by which a
mail server or client can tell that it has it already. That is the only way in which a letter goes out twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from flask import current_app

from app.db import unit_of_work
from app.mail import bounces, services, subscriptions
from app.mail.message import Letter, Mailbox
from app.mail.models import OutboxLetter
from app.mail.sender import sender
from app.mail.transport import Conversation, NoSuchAddress, Permanent, SafeMail, Transient
from config import Settings

log = logging.getLogger(__name__)

RUN = timedelta(seconds=50)
"""How long one run goes on; the next tick carries on with what is left."""

FAILURES_IN_A_ROW = 3
"""After so many the mail server is taken to be away, and the run ends."""


def deliver_due(now: datetime) -> int:
    """Send the letters that are due at `now`; returns how many were sent.

    Without a mail server they are kept instead, to be read in the browser.
    """
    settings = _settings()
    if not settings.mail_server:
        with unit_of_work() as db:
            services.keep_due(db, now=now)
        return 0
    started, sent, failures = time.monotonic(), 0, 0
    with unit_of_work() as db:
        services.drop_replaced(db, now=now)
    with Conversation(SafeMail(current_app)) as server:
        while failures < FAILURES_IN_A_ROW:
            at = now + timedelta(seconds=time.monotonic() - started)
            if at - now > RUN:
                break
            with unit_of_work() as db:
                letter = services.claim_next(db, now=at, per_minute=settings.mail_per_minute)
            if letter is None:
                break
            outcome = _deliver(server, letter, now=at)
            sent += outcome == "sent"
            failures = failures + 1 if outcome == "later" else 0
    return sent


def _deliver(
    server: Conversation, letter: OutboxLetter, *, now: datetime
) -> Literal["sent", "later", "never"]:
    """Send one claimed letter and settle it."""
    held = {"letter_id": letter.id, "attempt": letter.attempts}
    if letter.attempts > services.MAX_ATTEMPTS:  # only possible when whoever sent it died every time
        with unit_of_work() as db:
            services.settle_failed(db, **held, error="its sender died each time")
        return "never"
    if (stop_at := _prepare(letter, held)) is None:
        return "never"
    try:
        server.send(_as_letter(letter, stop_at), sender(letter.reply_tag))
    except Transient as error:
        with unit_of_work() as db:
            services.settle_for_now(db, **held, now=now, error=str(error))
        log.warning("letter not sent for now", extra={"letter": letter.id, "attempt": letter.attempts})
        return "later"
    except Permanent as error:
        with unit_of_work() as db:
            services.settle_failed(db, **held, error=str(error))
            if isinstance(error, NoSuchAddress):
                bounces.note_bounce(db, letter=letter, reason=str(error), now=now)
        log.warning("letter refused", extra={"letter": letter.id, "attempt": letter.attempts})
        return "never"
    with unit_of_work() as db:
        services.settle_sent(db, **held, now=now)
    log.info("letter sent", extra={"letter": letter.id, "kind": letter.kind, "attempt": letter.attempts})
    return "sent"


def _prepare(letter: OutboxLetter, held: Mapping[str, int]) -> str | None:
    """Where its reader stops such letters (`''`: nowhere); `None` when it is settled: it does not go out."""
    with unit_of_work() as db:
        if letter.kind == services.SIGN_IN:  # who wants a code may be right about their address
            return ""
        if bounces.is_bouncing(db, letter.to_address):
            services.settle_failed(db, **held, error="letters to this address come back")
            return None
        if subscriptions.is_unwanted(db, kind=letter.kind, address=letter.to_address):
            services.settle_unwanted(db, **held)
            return None
        path = subscriptions.stop_path(
            db,
            kind=letter.kind,
            address=letter.to_address,
            language=letter.language,
            now=letter.created_at,
        )
    return f"{_settings().public_url}{path}" if path else ""


def _settings() -> Settings:
    settings: Settings = current_app.extensions["baraza.settings"]
    return settings


def _as_letter(row: OutboxLetter, stop_at: str) -> Letter:
    return Letter(
        to=Mailbox(row.to_name, row.to_address),
        subject=row.subject,
        text=row.text,
        html=row.html,
        written_at=row.created_at,
        message_id=row.message_id,
        language=row.language,
        calendar=row.calendar,
        method=row.method,  # type: ignore[arg-type]  # the column holds what `queue_letter` was given
        in_reply_to=row.in_reply_to or "",
        references=(row.in_reply_to,) if row.in_reply_to else (),
        reply_to=sender(row.reply_tag) if row.calendar else None,  # as the organiser in it
        list_unsubscribe=stop_at,
    )
