"""What the pages about letters show: what waits, who cannot be reached, what people were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.calendars.due import Message, Waiting, due_after, waiting
from app.calendars.models import Invitation
from app.calendars.queries import letting_of
from app.errors import NotFound
from app.mail.models import BouncingAddress, OutboxLetter
from app.network.models import Person
from app.schedule.models import Seat, TeamPlace, Version, WorkshopSession


@dataclass(frozen=True, slots=True)
class SessionLetters:
    """What waits to be written about one session: how many first invitations, changes and cancellations."""

    session: WorkshopSession
    goes_at: datetime | None
    invitations: int
    changes: int
    cancellations: int

    @property
    def letters(self) -> int:
        return self.invitations + self.changes + self.cancellations


@dataclass(frozen=True, slots=True)
class PersonLetters:
    """One person of a session: what waits for them, what they were told last, and what they answered."""

    person: Person
    message: Message | None
    told: Invitation | None
    letter: OutboxLetter | None
    is_reached: bool

    @property
    def is_in(self) -> bool:
        """Whether there is something to send once more."""
        return self.told is not None and self.told.method == "REQUEST"


def what_waits(
    db: Session,
    *,
    version: Version,
    wait: timedelta,
    now: datetime,
    session_ids: Sequence[int] | None = None,
) -> list[Waiting]:
    """What is due of a version's round, by session, and when it goes; the first to go first."""
    due = due_after(db, version_id=version.id, now=now, session_ids=session_ids)
    found = waiting(due, letting_of(db, version_id=version.id), wait=wait, today=now.date())
    return sorted(found, key=lambda each: (each.goes_at or now, each.session_id))


def sessions_of(db: Session, found: Sequence[Waiting]) -> list[SessionLetters]:
    """The sessions that these letters are about, in the same order; two queries."""
    ids = [each.session_id for each in found]
    sessions = {
        each.id: each
        for each in db.scalars(
            select(WorkshopSession)
            .where(WorkshopSession.id.in_(ids))
            .options(joinedload(WorkshopSession.workshop))
        )
    }
    asked = {
        (row.session_id, row.person_id)
        for row in db.execute(
            select(Invitation.session_id, Invitation.person_id).where(
                Invitation.session_id.in_(ids), Invitation.method == "REQUEST"
            )
        )
    }
    shown = []
    for each in found:
        kinds = Counter(_kind(message, asked) for message in each.messages)
        shown.append(
            SessionLetters(
                sessions[each.session_id],
                each.goes_at,
                kinds["invitation"],
                kinds["change"],
                kinds["cancellation"],
            )
        )
    return shown


def _kind(message: Message, asked: set[tuple[int, int]]) -> str:
    if message.method == "CANCEL":
        return "cancellation"
    return "change" if (message.session_id, message.person_id) in asked else "invitation"


def session_for(db: Session, *, session_id: int) -> WorkshopSession:
    """Raises NotFound."""
    session = db.scalars(
        select(WorkshopSession)
        .where(WorkshopSession.id == session_id)
        .options(joinedload(WorkshopSession.workshop), joinedload(WorkshopSession.version))
    ).first()
    if session is None:
        raise NotFound
    return session


def people_of(db: Session, *, session: WorkshopSession, now: datetime) -> list[PersonLetters]:
    """Everybody who is in a session or was told of it, by name; nine queries."""
    due = {
        each.person_id: each
        for each in due_after(db, version_id=session.version_id, now=now, session_ids=[session.id])
    }
    told = {
        each.person_id: each
        for each in db.scalars(select(Invitation).where(Invitation.session_id == session.id))
    }
    present = set(db.scalars(select(TeamPlace.person_id).where(TeamPlace.session_id == session.id)))
    present |= set(
        db.scalars(select(Seat.person_id).where(Seat.session_id == session.id, Seat.state == "held"))
    )
    people = db.scalars(select(Person).where(Person.id.in_(present | told.keys() | due.keys()))).all()
    threads = [f"{session.uid}/{person.id}" for person in people]
    letters: dict[str | None, OutboxLetter] = {
        letter.thread: letter
        for letter in db.scalars(
            select(OutboxLetter).where(OutboxLetter.thread.in_(threads)).order_by(OutboxLetter.id)
        )
    }
    bouncing = set(db.scalars(select(BouncingAddress.address)))
    return [
        PersonLetters(
            person,
            due.get(person.id),
            told.get(person.id),
            letters.get(f"{session.uid}/{person.id}"),
            person.email is not None and person.email.casefold() not in bouncing,
        )
        for person in sorted(people, key=lambda each: each.name)
    ]


def not_reached(db: Session, *, version: Version, now: datetime) -> Sequence[tuple[Person, str]]:
    """People in sessions of a version's round who have no address, or one that letters come back from, and
    the reason that was given; fifty at most."""
    coming = (
        select(WorkshopSession.id)
        .join(WorkshopSession.version)
        .where(
            Version.round_id == version.round_id,
            WorkshopSession.state == "confirmed",
            or_(WorkshopSession.last_day >= now.date(), WorkshopSession.ends_at >= now),
        )
    )
    rows = db.execute(
        select(Person, BouncingAddress.reason)
        .outerjoin(BouncingAddress, BouncingAddress.address == func.lower(Person.email))
        .where(
            or_(
                Person.id.in_(select(TeamPlace.person_id).where(TeamPlace.session_id.in_(coming))),
                Person.id.in_(
                    select(Seat.person_id).where(and_(Seat.session_id.in_(coming), Seat.state == "held"))
                ),
            ),
            or_(Person.email.is_(None), BouncingAddress.address.is_not(None)),
        )
        .options(joinedload(Person.organisation))
        .order_by(Person.name)
        .limit(50)
    )
    return [(person, reason or "") for person, reason in rows]
