"""The letters about an answer: asking for it, reminding of it, the link to come back by, asking to confirm.

Each is in the language of whom it goes to, holds their personal link, and is put into the outbox once.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.facts import record
from app.mail.rendering import render
from app.mail.services import queue_letter
from app.mail.subscriptions import stop_path
from app.needs.facts import LetterSent
from app.needs.links import link_path
from app.needs.models import NeedsAnswer, NeedsLetter
from app.needs.queries.answers import due_letter
from app.needs.queries.calls import Recipient, recipients_of
from app.needs.queries.scope import looks_after, may_answer

LINK_AGAIN_AFTER = timedelta(minutes=10)
"""Who asks twice for their link within this time gets one letter."""


def write_due(db: Session, *, answer: NeedsAnswer, public_url: str, now: datetime, actor: Actor) -> int:
    """Write the letter that is due about an answer, if one still is; returns to how many people."""
    db.refresh(answer, ["state"], with_for_update=True)
    db.refresh(answer, ["letters"])
    kind = due_letter(answer, now)
    return _write(db, actor, answer, kind, public_url, now) if kind else 0


def remind(db: Session, *, actor: Actor, answer: NeedsAnswer, public_url: str, now: datetime) -> int:
    """Write the invitation or a reminder now, whatever the rhythm; at most once a day.

    Returns to how many people. Raises Forbidden.
    """
    require(looks_after(actor, answer))
    db.refresh(answer, ["state"], with_for_update=True)
    db.refresh(answer, ["letters"])
    if answer.state == "handed_in" or not answer.call.takes_answers(now):
        return 0
    asked = [letter for letter in answer.letters if letter.kind != "link"]
    if any(now - letter.sent_at < timedelta(days=1) for letter in asked):
        return 0
    return _write(db, actor, answer, "reminder" if asked else "invitation", public_url, now)


def send_link(
    db: Session,
    *,
    actor: Actor,
    answer: NeedsAnswer,
    recipient: Recipient,
    public_url: str,
    now: datetime,
) -> bool:
    """Send somebody the link that they came by, so that they find back; `False` where it has just been sent.

    Raises Forbidden.
    """
    require(may_answer(actor, answer))
    recent = now - LINK_AGAIN_AFTER
    if any(one.kind == "link" and one.sent_at > recent for one in answer.letters):
        return False
    return _write(db, actor, answer, "link", public_url, now, only=recipient) > 0


def ask_to_confirm(db: Session, *, actor: Actor, answer: NeedsAnswer, public_url: str, now: datetime) -> int:
    """Ask the focal point to look at what somebody else has answered. Returns to how many people."""
    require(may_answer(actor, answer))
    if not answer.awaits_confirmation:
        return 0
    return _write(db, actor, answer, "confirmation", public_url, now)


def _write(
    db: Session,
    actor: Actor,
    answer: NeedsAnswer,
    kind: str,
    public_url: str,
    now: datetime,
    only: Recipient | None = None,
) -> int:
    recipients = [only] if only else recipients_of(db, [answer]).get(answer.id, ())
    number = sum(letter.kind == kind for letter in answer.letters) + 1
    written = 0
    for recipient in recipients:
        words = render(
            "needs_link" if kind == "link" else "needs_confirm" if kind == "confirmation" else "needs_asked",
            language=recipient.language,
            kind=kind,
            name=recipient.name,
            call=answer.call,
            answer=answer,
            topics=len(answer.call.topics),
            answered=len(answer.lines),
            link=public_url + link_path(answer, recipient),
            stop_path=stop_path(
                db, kind=f"needs_{kind}", address=recipient.email, language=recipient.language, now=now
            ),
        )
        letter = queue_letter(
            db,
            key=f"needs/{answer.id}/{kind}/{number}/{recipient.key}",
            kind=f"needs_{kind}",
            to_name=recipient.name,
            to_address=recipient.email,
            language=recipient.language,
            now=now,
            **asdict(words),
        )
        # also one that is not wanted keeps to the rhythm: the next is due when it would be
        noted = NeedsLetter(kind=kind, to_name=recipient.name[:200], sent_at=now, unwanted=letter.is_unwanted)
        answer.letters.append(noted)
        written += not letter.is_unwanted
    if recipients:
        db.flush()
    if written:
        record(db, actor=actor, fact=LetterSent(answer.id, kind), now=now)
    return written
