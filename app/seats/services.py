"""What people do with seats: give one up, and take, or not, the one that they are offered.

Everything about the seats of one session first locks the session: of two who want the last seat in the
same instant one comes first, and the other is told. Whatever changes who sits in it follows the rules
of calendars for those who leave and come back (`app.schedule.services.note_who_left`).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require, system
from app.errors import Conflict
from app.facts import record
from app.network.models import Person
from app.schedule.models import FormerPlace, Seat, WorkshopSession
from app.schedule.services import note_who_left
from app.seats import queries
from app.seats.facts import SeatAccepted, SeatDeclined, SeatGivenUp, SeatLapsed, SeatOffered
from app.seats.waiting import Waiting

OFFER_STANDS = timedelta(days=5)
"""So long somebody may think about a seat that they are offered."""

BEFORE_IT_BEGINS = timedelta(days=2)
"""So long before a session the last offers end: later nobody can still arrange the journey."""

LEAST_TIME = timedelta(hours=24)
"""An offer that could not stand so long is not made: it is for the secretariat to telephone."""

SYSTEM = system("waiting list")


def give_up(db: Session, *, actor: Actor, line: Seat, now: datetime) -> None:
    """Give a seat back, as the person or for them; doing it twice does nothing twice.

    Raises Forbidden, Conflict("session_over" | "no_seat").
    """
    require(queries.is_about(actor, line) or actor.acts_for(line.person.organisation_id))
    session = _lock(db, line.session_id)
    db.refresh(line)
    if line.state == "given_up":
        return
    _require_coming(session, now)
    if line.state != "held":
        raise Conflict("no_seat")
    line.state, line.since = "given_up", now
    note_who_left(session, {line.person_id}, set(), {}, now)
    db.flush()
    record(
        db,
        actor=actor,
        fact=SeatGivenUp(session.id, line.person_id),
        now=now,
        before={"state": "held"},
        after={"state": "given_up"},
    )


def accept(db: Session, *, actor: Actor, line: Seat, now: datetime) -> None:
    """Take the seat that one is offered; doing it twice does nothing twice.

    Raises Forbidden, Conflict("session_over" | "offer_over" | "elsewhere").
    """
    require(queries.is_about(actor, line))
    session = _lock(db, line.session_id)
    db.refresh(line)
    if line.state == "held":
        return
    _require_coming(session, now)
    if line.state != "offered" or line.until is None or line.until <= now:
        raise Conflict("offer_over")
    if queries.days_elsewhere(db, session=session, person=line.person):
        raise Conflict("elsewhere")
    line.state, line.since, line.until = "held", now, None
    former = db.get(FormerPlace, (session.id, line.person_id))
    places = {(session.id, line.person_id): former} if former else {}
    note_who_left(session, set(), {line.person_id}, places, now)
    db.flush()
    _answered(db, actor, SeatAccepted(session.id, line.person_id), "held", now)


def decline(db: Session, *, actor: Actor, line: Seat, now: datetime) -> None:
    """Not take it; the next in order is asked. Doing it twice does nothing twice.

    Raises Forbidden, Conflict("offer_over").
    """
    require(queries.is_about(actor, line) or actor.acts_for(line.person.organisation_id))
    session = _lock(db, line.session_id)
    db.refresh(line)
    if line.state == "declined":
        return
    if line.state != "offered":
        raise Conflict("offer_over")
    line.state, line.since, line.until = "declined", now, None
    db.flush()
    _answered(db, actor, SeatDeclined(session.id, line.person_id), "declined", now)


def lapse(db: Session, *, line: Seat, now: datetime) -> None:
    """End an offer that nobody answered in time, unless it was answered meanwhile."""
    session = _lock(db, line.session_id)
    db.refresh(line)
    if line.state != "offered" or line.until is None or line.until > now:
        return
    line.state, line.since, line.until = "lapsed", now, None
    db.flush()
    _answered(db, SYSTEM, SeatLapsed(session.id, line.person_id), "lapsed", now)


def offer_next(db: Session, *, session_id: int, now: datetime) -> list[Seat]:
    """Offer each free seat of a session to the next in order; returns the offers made.

    None is made where nobody is left to ask, and none so late that there would be no time to think.
    """
    _lock(db, session_id)
    session = queries.session_with_ledger(db, session_id=session_id)
    db.refresh(session, ["ledger", "team"])
    until = offer_until(session, now)
    offers: list[Seat] = []
    if session.is_cancelled or until is None:
        return offers
    while queries.free_seats(session):
        found, people = queries.waiting_for(db, session=session, today=now.date())
        if not found.order:
            break
        offers.append(_offer(db, session, found.order[0], people, until, now))
    return offers


def offer_until(session: WorkshopSession, now: datetime) -> datetime | None:
    """Until when an offer made now stands; `None` when it is too late to make one."""
    until = min(now + OFFER_STANDS, begins_at(session) - BEFORE_IT_BEGINS)
    return until if until >= now + LEAST_TIME else None


def begins_at(session: WorkshopSession) -> datetime:
    """When a session begins; in person, the midnight (UTC) before its first day."""
    return session.starts_at or datetime.combine(session.day, time(), UTC)


# -- Parts


def _offer(
    db: Session,
    session: WorkshopSession,
    next_one: Waiting,
    people: dict[int, Person],
    until: datetime,
    now: datetime,
) -> Seat:
    freed = queries.freed_by(session)
    person = people[next_one.candidate.person_id]
    line = Seat(
        session=session,
        person=person,
        state="offered",
        planned=False,
        since=now,
        until=until,
        in_place_of_id=freed.id if freed else None,
    )
    db.add(line)
    db.flush()
    record(
        db,
        actor=SYSTEM,
        fact=SeatOffered(session.id, person.id),
        now=now,
        after={"until": until, "place": next_one.candidate.place, "first": next_one.comes_first},
    )
    return line


def _lock(db: Session, session_id: int) -> WorkshopSession:
    return db.scalars(
        select(WorkshopSession)
        .where(WorkshopSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _require_coming(session: WorkshopSession, now: datetime) -> None:
    if session.is_cancelled or session.last < now.date():
        raise Conflict("session_over")


def _answered(
    db: Session, actor: Actor, fact: SeatAccepted | SeatDeclined | SeatLapsed, state: str, now: datetime
) -> None:
    record(db, actor=actor, fact=fact, now=now, before={"state": "offered"}, after={"state": state})
