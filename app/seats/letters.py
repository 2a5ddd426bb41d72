"""The letter that offers a seat, and the link to one's own seat that invitations carry."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.mail.rendering import path_for, render
from app.mail.services import queue_letter
from app.personal_links import link_token
from app.schedule.models import Seat, WorkshopSession
from app.seats import queries


def link_of(session: WorkshopSession, person_id: int) -> str:
    """The path of somebody's own page about their seat; it lets them in until the session is over."""
    end = datetime.combine(session.last + timedelta(days=2), time(), UTC)
    token = link_token(queries.LINK, {"session": session.id, "person": person_id}, end)
    return path_for("seats.by_link", token=token)


def write_offer(db: Session, *, line: Seat, now: datetime) -> None:
    """Offer a seat by letter, once; nothing for people without an address."""
    person = line.person
    if person.email is None or line.until is None:
        return
    reader = accounts.reader_of(db, person)
    language = accounts.language_of(reader)
    words = render(
        "seat_offer",
        language=language,
        person=person,
        session=line.session,
        until=line.until,
        zone=accounts.zone_of(reader),
        path=link_of(line.session, person.id),
    )
    queue_letter(
        db,
        key=f"seats/offer/{line.session.uid}/{person.id}/{line.until.isoformat()}",
        kind="seat",
        to_name=person.name,
        to_address=person.email,
        language=language,
        now=now,
        **asdict(words),
    )
