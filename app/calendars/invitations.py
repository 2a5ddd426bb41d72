"""The letters that `due` finds due, written into the outbox (RFC 5546, RFC 6047).

Whoever writes holds the sessions that the letters are about: of two workers one comes first, and the other
finds that nothing is due any more; and a letter says what is true as it is written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor, require
from app.accounts.models import Account
from app.calendars.composing import entry_of
from app.calendars.due import Message, due_after, is_due, wanted_after
from app.calendars.facts import InvitationWrittenAgain
from app.calendars.ical import write_invitation
from app.calendars.models import Invitation
from app.calendars.queries import Shown, with_all_an_entry_shows
from app.errors import NotFound
from app.facts import record
from app.i18n import LANGUAGES
from app.mail.message import Mailbox
from app.mail.rendering import Rendered, render
from app.mail.sender import sender
from app.mail.services import queue_letter, take_back_unsent
from app.mail.tags import tag_of
from app.network.models import Person
from app.schedule.models import WorkshopSession
from app.seats.letters import link_of
from config import Settings


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter as its reader will have it."""

    person: Person
    language: str
    words: Rendered
    calendar: bytes
    reply_tag: str


class Post:
    """Writes letters about some sessions, having read once what all of them need; six queries."""

    def __init__(self, db: Session, messages: Collection[Message]) -> None:
        self._db = db
        session_ids = {message.session_id for message in messages}
        person_ids = {message.person_id for message in messages}
        sessions = select(WorkshopSession).where(WorkshopSession.id.in_(session_ids))
        everything = sessions.options(
            *with_all_an_entry_shows(),
            selectinload(WorkshopSession.team),
            selectinload(WorkshopSession.seats),
        ).execution_options(populate_existing=True)
        self._sessions = {each.id: each for each in db.scalars(everything).unique()}
        people = select(Person).where(Person.id.in_(person_ids)).options(joinedload(Person.place))
        self._people = {each.id: each for each in db.scalars(people)}
        accounts = select(Account).where(Account.person_id.in_(person_ids))
        self._accounts = {each.person_id: each for each in db.scalars(accounts)}
        told = select(Invitation).where(Invitation.session_id.in_(session_ids))
        self._told = {
            (each.session_id, each.person_id): each
            for each in db.scalars(told.execution_options(populate_existing=True))
        }

    def write(self, message: Message, *, now: datetime) -> bool:
        """Put one message into the outbox and note that it was said; whether there was anything to say."""
        told = self._told.get((message.session_id, message.person_id))
        if not is_due(message, told):
            return False
        session = self._sessions[message.session_id]
        thread = f"{session.uid}/{message.person_id}"
        if told is not None and message.method == "CANCEL" and take_back_unsent(self._db, thread=thread):
            # nothing about it has left the house: there is nothing to call off
            self._db.delete(told)
            self._db.flush()
            del self._told[message.session_id, message.person_id]
            return False
        self.queue(message, now=now)
        return True

    def queue(self, message: Message, *, now: datetime) -> None:
        """Put one message into the outbox, due or not."""
        session = self._sessions[message.session_id]
        told = self._told.get((message.session_id, message.person_id))
        letters = told.letters + 1 if told else 1
        composed = self.compose(message)
        letter = queue_letter(
            self._db,
            key=f"invitation/{session.uid}/{message.person_id}/{letters}/{message.method}",
            kind="invitation",
            to_name=composed.person.name,
            to_address=message.address,
            language=composed.language,
            **asdict(composed.words),
            now=now,
            calendar=composed.calendar,
            method=message.method,
            in_reply_to=told.message_id if told else None,
            thread=f"{session.uid}/{message.person_id}",
            reply_tag=composed.reply_tag,
        )
        if told is None:
            told = Invitation(
                session_id=session.id, person_id=message.person_id, message_id=letter.message_id
            )
            self._db.add(told)
            self._told[message.session_id, message.person_id] = told
        if (told.method, told.sequence) != (message.method, message.sequence):
            told.answer, told.answered_at = "", None  # they have not answered to what it says now
        told.method, told.sequence, told.queued_at = message.method, message.sequence, now
        told.address, told.letters = message.address, letters
        self._db.flush()

    def compose(self, message: Message, *, for_reader: bool = True) -> Composed:
        """The letter, as its reader will have it; for others without the link that is theirs alone.

        Raises ValueError: it cannot be written.
        """
        session, person = self._sessions[message.session_id], self._people[message.person_id]
        told = self._told.get((message.session_id, message.person_id))
        language, zone = reader_of(person, self._accounts.get(person.id))
        cancelled = message.method == "CANCEL"
        settings: Settings = current_app.extensions["baraza.settings"]
        entry = entry_of(
            Shown(session, cancelled, message.sequence, message.changed_at, is_mine=True),
            language=language,
            zone=zone,
            public_url=settings.public_url,
        )
        tag = tag_of(person.id) if settings.mail_reply_tags and for_reader else ""
        organizer: Mailbox = sender(tag)
        words = render(
            "invitation",
            language=language,
            session=session,
            person=person,
            zone=zone,
            method=message.method,
            is_update=told is not None
            and told.method == "REQUEST"
            and told.sequence < message.since
            and not cancelled,
            role=next((place.role for place in session.team if place.person_id == person.id), None),
            entry=entry,
            give_up_path=(link_of(session, person.id) if for_reader else "/…")
            if _has_seat(session, person)
            else None,
        )
        calendar = write_invitation(
            entry,
            method=message.method,
            organizer=(organizer.name, organizer.address),
            attendee=(person.name, message.address),
        )
        return Composed(person, language, words, calendar, tag)


def due_in_hand(
    db: Session, *, version_id: int, session_ids: Collection[int], now: datetime
) -> list[Message]:
    """What is due of some sessions, which nobody else writes about until this unit of work ends."""
    in_order = (
        select(WorkshopSession.id).where(WorkshopSession.id.in_(session_ids)).order_by(WorkshopSession.id)
    )
    db.execute(in_order.with_for_update()).all()
    return due_after(db, version_id=version_id, now=now, session_ids=session_ids)


def write_again(db: Session, *, actor: Actor, session_id: int, person_id: int, now: datetime) -> None:
    """Send somebody once more what they were told last, as it is now, at the same SEQUENCE.

    Raises Forbidden, NotFound (they are not in the session, or cannot be reached).
    """
    require(actor.is_coordinator)
    session = db.get(WorkshopSession, session_id)
    if session is None:
        raise NotFound
    due_in_hand(db, version_id=session.version_id, session_ids=[session_id], now=now)
    wanted = [
        each
        for each in wanted_after(db, version_id=session.version_id, now=now, session_ids=[session_id])
        if each.person_id == person_id
    ]
    if not wanted:
        raise NotFound
    Post(db, wanted).queue(wanted[0], now=now)
    record(db, actor=actor, fact=InvitationWrittenAgain(session_id, person_id), now=now)


def reader_of(person: Person, account: Account | None) -> tuple[str, str]:
    """The language and zone a person reads in: their account's, else what they speak and where they live."""
    if account is not None:
        return account.language, account.timezone
    spoken = next((code for code in person.languages if code in LANGUAGES), "en")
    return spoken, person.place.timezone


def _has_seat(session: WorkshopSession, person: Person) -> bool:
    return not session.is_cancelled and any(seat.person_id == person.id for seat in session.seats)
