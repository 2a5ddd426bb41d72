"""The letters that ask people when they can, remind them, and let them come back to their answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.accounts.queries import language_of, reader_of
from app.availability.asks import note_letter
from app.availability.models import AvailabilityAsked
from app.availability.queries import LINK
from app.mail.models import OutboxLetter
from app.mail.rendering import Rendered, render
from app.mail.services import queue_letter
from app.mail.subscriptions import stop_path
from app.personal_links import link_token


def personal_link(asked: AvailabilityAsked) -> str:
    """The path by which a person says when they can without an account; good until the season is over."""
    over = datetime.combine(asked.ask.last_day + timedelta(days=2), time(), UTC)
    token = link_token(LINK, {"person": asked.person_id}, over)
    return f"/when/{token}"  # a worker has no request to make addresses in


def write_ask(db: Session, *, asked: AvailabilityAsked, now: datetime) -> None:
    """Ask a person, or remind them; nothing is written to who has answered, has no address or has left."""
    person, ask = asked.person, asked.ask
    gone = person.left_on is not None and person.left_on <= now.date()
    if asked.answer or person.email is None or gone or not ask.is_open(now.date()):
        asked.due_at = None
        return
    kind = "availability_reminder" if asked.letters else "availability_ask"
    language = language_of(reader_of(db, person))
    words = render(
        "availability_ask",
        language=language,
        person=person,
        ask=ask,
        is_reminder=asked.letters > 0,
        link=personal_link(asked),
        stop_path=stop_path(db, kind=kind, address=person.email, language=language, now=now),
    )
    letter = _queue(db, asked, kind, f"availability-ask/{asked.id}/{asked.letters}", words, now)
    note_letter(asked, now, goes_out=not letter.is_unwanted)


def write_way_back(db: Session, *, asked: AvailabilityAsked, now: datetime) -> None:
    """Thank who answered by link, with the link to come back; once for each ask."""
    if asked.person.email is None:
        return
    words = render(
        "availability_thanks",
        language=language_of(reader_of(db, asked.person)),
        person=asked.person,
        ask=asked.ask,
        link=personal_link(asked),
    )
    _queue(db, asked, "availability_thanks", f"availability-thanks/{asked.id}", words, now)


def _queue(
    db: Session, asked: AvailabilityAsked, kind: str, key: str, words: Rendered, now: datetime
) -> OutboxLetter:
    person = asked.person
    return queue_letter(
        db,
        key=key,
        kind=kind,
        to_name=person.name,
        to_address=str(person.email),
        language=language_of(reader_of(db, person)),
        now=now,
        **asdict(words),
    )
