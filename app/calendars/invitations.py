"""Invitations: wanted against sent, and the letters that make up the difference (RFC 5546, RFC 6047).

What should have been said follows from the sessions in force; what has been said stands in
`Invitation`. The difference is at most one message per person and session: REQUEST to those
who are in it and have not heard of it as it is now, CANCEL to those who were asked and are
not in it any more. Doing it twice does nothing twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.models import Account
from app.calendars.composing import entry_of
from app.calendars.ical import write_invitation
from app.calendars.models import Invitation
from app.calendars.queries import Shown, with_all_an_entry_shows
from app.i18n import LANGUAGES
from app.mail.rendering import render
from app.mail.sender import sender
from app.mail.services import queue_letter
from app.network.models import Person
from app.schedule.models import FormerPlace, Version, WorkshopSession
from app.seats.letters import link_of

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message that is due: to whom, about which session, at which SEQUENCE.

    `since` is the SEQUENCE from which on whoever was told knows what it says.
    """

    session_id: int
    person_id: int
    method: Method
    sequence: int
    since: int
    changed_at: datetime


def due_after(db: Session, *, version_id: int, now: datetime) -> list[Message]:
    """What people have to hear once this version is in force, in order of session and person."""
    version = db.get_one(Version, version_id)
    sessions = db.scalars(
        select(WorkshopSession)
        .join(Version, WorkshopSession.version_id == Version.id)
        .where(Version.round_id == version.round_id)
        .options(selectinload(WorkshopSession.team), selectinload(WorkshopSession.seats))
        .order_by(WorkshopSession.id)
    ).all()
    coming = {session.id: session for session in sessions if not _is_over(session, now)}
    told = {
        (invitation.session_id, invitation.person_id): invitation
        for invitation in db.scalars(select(Invitation).where(Invitation.session_id.in_(coming)))
    }
    gone = {
        (place.session_id, place.person_id): place
        for place in db.scalars(select(FormerPlace).where(FormerPlace.session_id.in_(coming)))
    }
    due = []
    for session in coming.values():
        people = {place.person_id for place in session.team} | {seat.person_id for seat in session.seats}
        for person_id in sorted(people):
            method: Method = "CANCEL" if session.is_cancelled else "REQUEST"
            wanted = Message(
                session.id, person_id, method, session.sequence, session.told_since, session.changed_at
            )
            if _is_due(wanted, told.get((session.id, person_id))):
                due.append(wanted)
    for (session_id, person_id), place in sorted(gone.items()):
        wanted = Message(session_id, person_id, "CANCEL", place.sequence, place.sequence, place.left_at)
        if _is_due(wanted, told.get((session_id, person_id))):
            due.append(wanted)
    return due


def queue_message(db: Session, *, message: Message, now: datetime) -> None:
    """Put one message into the outbox and note that it was said; nothing for people without an address."""
    person = db.get_one(Person, message.person_id, options=[joinedload(Person.place)])
    told = db.scalars(
        select(Invitation).where(
            Invitation.session_id == message.session_id, Invitation.person_id == message.person_id
        )
    ).first()
    if person.email is None or not _is_due(message, told):
        return
    session = db.get_one(WorkshopSession, message.session_id, options=with_all_an_entry_shows())
    language, zone = reader_of(db, person)
    public_url: str = current_app.extensions["baraza.settings"].public_url
    cancelled = message.method == "CANCEL"
    entry = entry_of(
        Shown(session, cancelled, message.sequence, message.changed_at),
        language=language,
        zone=zone,
        public_url=public_url,
    )
    organizer = sender()
    words = render(
        "invitation",
        language=language,
        session=session,
        person=person,
        zone=zone,
        method=message.method,
        is_update=told is not None and told.method == "REQUEST" and not cancelled,
        role=next((place.role for place in session.team if place.person_id == person.id), None),
        entry=entry,
        give_up_path=link_of(session, person.id) if _has_seat(session, person) else None,
    )
    letter = queue_letter(
        db,
        key=f"invitation:{session.uid}:{person.id}:{message.method}:{message.sequence}",
        kind="invitation",
        to_name=person.name,
        to_address=person.email,
        language=language,
        **asdict(words),
        now=now,
        calendar=write_invitation(
            entry,
            method=message.method,
            organizer=(organizer.name, organizer.address),
            attendee=(person.name, person.email),
        ),
        method=message.method,
        in_reply_to=told.message_id if told else None,
    )
    if told is None:
        db.add(
            Invitation(
                session_id=session.id,
                person_id=person.id,
                method=message.method,
                sequence=message.sequence,
                queued_at=now,
                message_id=letter.message_id,
            )
        )
    else:
        told.method, told.sequence, told.queued_at = message.method, message.sequence, now
    db.flush()


def reader_of(db: Session, person: Person) -> tuple[str, str]:
    """The language and zone a person reads in: their account's, else what they speak and where they live."""
    account = db.scalars(select(Account).where(Account.person_id == person.id)).first()
    if account is not None:
        return account.language, account.timezone
    spoken = next((code for code in person.languages if code in LANGUAGES), "en")
    return spoken, person.place.timezone


def _has_seat(session: WorkshopSession, person: Person) -> bool:
    return not session.is_cancelled and any(seat.person_id == person.id for seat in session.seats)


def _is_due(wanted: Message, told: Invitation | None) -> bool:
    """Whether a message says something that its reader has not been told."""
    if told is None:
        return wanted.method == "REQUEST"  # who was never asked need not be told that it is off
    if wanted.method != told.method:
        return True
    return wanted.method == "REQUEST" and told.sequence < wanted.since


def _is_over(session: WorkshopSession, now: datetime) -> bool:
    return session.last < (now - timedelta(days=1)).date()
