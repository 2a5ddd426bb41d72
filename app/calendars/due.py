"""What people have to hear: wanted against said, and how long it waits so that many changes are one letter.

What should have been said follows from the sessions in force; what has been said stands in `Invitation`. The
difference is at most one message per person and session: REQUEST to those who are in it and have not heard
of it as it is now, CANCEL to those who were asked and are not in it any more. Nothing of it is stored, so
that there is nothing to bring up to date: whoever asks twice finds nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.calendars.models import Invitation, RoundLetters
from app.mail.models import BouncingAddress
from app.network.models import Person
from app.schedule.models import FormerPlace, Seat, TeamPlace, Version, WorkshopSession

Method = Literal["REQUEST", "CANCEL"]

CLOSE = timedelta(days=7)
"""What is said of a session that begins within so many days waits for nothing: people are packing."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message that is due: to whom, about which session, at which SEQUENCE.

    `since` is the SEQUENCE from which on whoever was told knows what it says; `changed_at` when the session
    was last changed (DTSTAMP), `stirred_at` when this message came to be due.
    """

    session_id: int
    person_id: int
    method: Method
    sequence: int
    since: int
    changed_at: datetime
    stirred_at: datetime
    begins_on: date
    address: str


def due_after(
    db: Session, *, version_id: int, now: datetime, session_ids: Collection[int] | None = None
) -> list[Message]:
    """What people have to hear once this version is in force, in order of session and person; six queries.

    Of all sessions of its round, or of some. Who cannot be reached is left out (`wanted_after`): what they
    have not heard is due on the day that they can be.
    """
    told = _told(db, version_id, session_ids)
    wanted = wanted_after(db, version_id=version_id, now=now, session_ids=session_ids)
    return [each for each in wanted if is_due(each, told.get((each.session_id, each.person_id)))]


def wanted_after(
    db: Session, *, version_id: int, now: datetime, session_ids: Collection[int] | None = None
) -> list[Message]:
    """What everybody who can be reached should have been told of the sessions to come, heard or not.

    People without an address, and those whose address letters come back from, cannot.
    """
    coming = {
        each.id: each
        for each in db.scalars(
            select(WorkshopSession)
            .where(_of(version_id, WorkshopSession.id, session_ids))
            .execution_options(populate_existing=True)
        )
        if not _is_over(each, now)
    }
    wanted: dict[tuple[int, int], Message] = {}
    for session_id, person_id, address, since in _present(db, version_id, session_ids):
        if session := coming.get(session_id):
            wanted[session_id, person_id] = Message(
                session_id,
                person_id,
                "CANCEL" if session.is_cancelled else "REQUEST",
                session.sequence,
                session.told_since,
                session.changed_at,
                max(since or session.changed_at, session.changed_at),
                session.day,
                address,
            )
    for place, address in _left(db, version_id, session_ids):
        if session := coming.get(place.session_id):
            wanted[place.session_id, place.person_id] = Message(
                place.session_id,
                place.person_id,
                "CANCEL",
                place.sequence,
                place.sequence,
                place.left_at,
                place.left_at,
                session.day,
                address,
            )
    bouncing = set(db.scalars(select(BouncingAddress.address)))
    return [each for _, each in sorted(wanted.items()) if each.address.casefold() not in bouncing]


def is_due(wanted: Message, told: Invitation | None) -> bool:
    """Whether a message says something that its reader has not been told."""
    if told is None:
        return wanted.method == "REQUEST"  # who was never asked need not be told that it is off
    if wanted.method != told.method:
        return wanted.method == "REQUEST" or told.address != ""
    return wanted.method == "REQUEST" and (
        told.sequence < wanted.since or told.address.casefold() != wanted.address.casefold()
    )


# -- Waiting until things are quiet


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is due of one session, and when it goes; `None`: somebody holds the letters of its round."""

    session_id: int
    messages: tuple[Message, ...]
    goes_at: datetime | None


def waiting(
    messages: Iterable[Message], letting: RoundLetters | None, *, wait: timedelta, today: date
) -> list[Waiting]:
    """When the messages of each session go: all together, once nothing has changed about it for `wait`.

    At once go those of a session that begins soon, and what was changed before a coordinator let it go.
    """
    by_session: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        by_session[message.session_id].append(message)
    return [
        Waiting(session_id, tuple(each), _goes_at(each, letting, wait, today))
        for session_id, each in sorted(by_session.items())
    ]


def _goes_at(
    messages: list[Message], letting: RoundLetters | None, wait: timedelta, today: date
) -> datetime | None:
    stirred = max(message.stirred_at for message in messages)
    if letting is not None and letting.held_at is not None:
        return None
    let_go = letting is not None and letting.let_go_at is not None and stirred <= letting.let_go_at
    return stirred if let_go or messages[0].begins_on <= today + CLOSE else stirred + wait


# -- Parts


def _of(
    version_id: int, column: InstrumentedAttribute[int], session_ids: Collection[int] | None
) -> ColumnElement[bool]:
    """Of the sessions of a version's round, or of some of them.

    The version itself is not loaded: its documents take megabytes, and a portion of letters no time.
    """
    if session_ids is not None:
        return column.in_(session_ids)
    round_id = select(Version.round_id).where(Version.id == version_id).scalar_subquery()
    return column.in_(
        select(WorkshopSession.id).join(WorkshopSession.version).where(Version.round_id == round_id)
    )


def _told(
    db: Session, version_id: int, session_ids: Collection[int] | None
) -> Mapping[tuple[int, int], Invitation]:
    rows = select(Invitation).where(_of(version_id, Invitation.session_id, session_ids))
    fresh = db.scalars(rows.execution_options(populate_existing=True))
    return {(row.session_id, row.person_id): row for row in fresh}


def _present(
    db: Session, version_id: int, session_ids: Collection[int] | None
) -> Iterator[Row[int, int, str, datetime | None]]:
    """Session, person, address, and since when they are in it, of everybody who can be written to."""
    reached, address = Person.email.is_not(None), func.coalesce(Person.email, "")
    yield from db.execute(
        select(TeamPlace.session_id, TeamPlace.person_id, address, Version.published_at)
        .join(TeamPlace.person)
        .join(TeamPlace.session)
        .join(WorkshopSession.version)
        .where(_of(version_id, TeamPlace.session_id, session_ids), reached)
    )
    yield from db.execute(
        select(Seat.session_id, Seat.person_id, address, Seat.since)
        .join(Seat.person)
        .where(_of(version_id, Seat.session_id, session_ids), Seat.state == "held", reached)
    )


def _left(
    db: Session, version_id: int, session_ids: Collection[int] | None
) -> Iterator[Row[FormerPlace, str]]:
    yield from db.execute(
        select(FormerPlace, func.coalesce(Person.email, ""))
        .join(FormerPlace.person)
        .where(_of(version_id, FormerPlace.session_id, session_ids), Person.email.is_not(None))
        .execution_options(populate_existing=True)
    )


def _is_over(session: WorkshopSession, now: datetime) -> bool:
    return session.last < (now - timedelta(days=1)).date()
