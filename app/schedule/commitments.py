"""What published sessions mean for planning: who and what is taken, and what this round has announced."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.network.models import Person, Venue
from app.planning.commitments import Announced, Call, Commitments, Days, provide
from app.planning.models import PlanningRound
from app.planning.travel import days_away
from app.schedule.models import Seat, TeamPlace, Version, WorkshopSession
from app.schedule.seating import REFUSED


def published_commitments(db: Session, planning_round: PlanningRound) -> Commitments:
    """The sessions in force, as the planner of `planning_round` must see them; five queries."""
    own: list[WorkshopSession] = []
    others: list[WorkshopSession] = []
    for session in _confirmed(db):
        (own if session.version.round_id == planning_round.id else others).append(session)
    busy_people: dict[int, list[Days]] = defaultdict(list)
    busy_venues: dict[int, list[Days]] = defaultdict(list)
    for session in others:
        if session.venue_id is not None:
            busy_venues[session.venue_id].append((session.day, session.last))
        for person in _everybody(session):
            busy_people[person.id].append(days_taken(session, person))
    announced = (
        db.scalar(select(Version.id).where(Version.round_id == planning_round.id).limit(1)) is not None
    )
    return Commitments(
        busy_people={person: tuple(sorted(days)) for person, days in busy_people.items()},
        busy_venues={venue: tuple(sorted(days)) for venue, days in busy_venues.items()},
        published=tuple(_announced(session) for session in own) if announced else None,
        calls=tuple(_call(session) for session in others if session.is_online),
        refused=_refused(db),
    )


def _refused(db: Session) -> dict[int, frozenset[int]]:
    """By workshop, the people who gave up a seat in it or did not want one."""
    found: dict[int, set[int]] = defaultdict(set)
    for workshop_id, person_id in db.execute(
        select(WorkshopSession.workshop_id, Seat.person_id).join(Seat.session).where(Seat.state.in_(REFUSED))
    ):
        found[workshop_id].add(person_id)
    return {workshop_id: frozenset(people) for workshop_id, people in found.items()}


def _confirmed(db: Session) -> list[WorkshopSession]:
    return list(
        db.scalars(
            select(WorkshopSession)
            .where(WorkshopSession.state == "confirmed")
            .order_by(WorkshopSession.id)
            .options(
                joinedload(WorkshopSession.version),
                joinedload(WorkshopSession.venue).joinedload(Venue.place),
                selectinload(WorkshopSession.team).joinedload(TeamPlace.person).joinedload(Person.place),
                selectinload(WorkshopSession.seats).joinedload(Seat.person).joinedload(Person.place),
            )
        )
    )


def _everybody(session: WorkshopSession) -> tuple[Person, ...]:
    return (*(place.person for place in session.team), *(seat.person for seat in session.seats))


def _call(session: WorkshopSession) -> Call:
    assert session.starts_at is not None  # noqa: S101 - online, by the table's constraint
    assert session.ends_at is not None  # noqa: S101
    minutes = int((session.ends_at - session.starts_at).total_seconds()) // 60
    zones = {person.code: person.place.timezone for person in _everybody(session)}
    return Call(session.starts_at, minutes, zones)


def days_taken(session: WorkshopSession, person: Person) -> Days:
    """The days a session takes from somebody: with the journey, or the dates it touches at home."""
    if session.venue is not None:
        return days_away(person.place, session.venue.place, session.day, session.last)
    assert session.starts_at is not None  # noqa: S101 - online, by the table's constraint
    assert session.ends_at is not None  # noqa: S101
    home = ZoneInfo(person.place.timezone)
    return session.starts_at.astimezone(home).date(), session.ends_at.astimezone(home).date()


def _announced(session: WorkshopSession) -> Announced:
    return Announced(
        workshop_id=session.workshop_id,
        venue_id=session.venue_id,
        start=session.first_day or session.starts_at.astimezone(UTC),  # type: ignore[union-attr]
        team=tuple((place.person_id, place.role) for place in session.team),
        seats=tuple(seat.person_id for seat in session.seats),
    )


provide(published_commitments)
