"""The ledger of seats: who has one, is offered one, waits for one; and every count that a page shows.

Nothing else counts seats in force (a test sees to it): `counts` and `counts_of_organisations` do, from the
lines of the ledger and, for those who wait, from the nominations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor
from app.availability.queries import spans_for_planning
from app.errors import NotFound
from app.network.models import Person, Venue, Want
from app.nominations.models import Nomination
from app.schedule.commitments import days_taken
from app.schedule.models import Seat, TeamPlace, WorkshopSession
from app.seats.waiting import Bar, Candidate, WaitingList, waiting_list
from app.travel.queries import closed_borders, limits_for_planning
from app.workshops.models import Workshop

LINK = "seat"
"""The purpose of personal links to one's own seat in one session."""


# -- Counts


@dataclass(frozen=True, slots=True)
class SeatCounts:
    """The seats of one or more sessions.

    `planned`: what the published version gave. Of these `held` are taken now, `accepted` of them by
    people who took over one that was given up; `offered` wait for an answer; the rest is `free`.
    `waiting`: nominated, and without a seat.
    """

    planned: int = 0
    held: int = 0
    accepted: int = 0
    offered: int = 0
    given_up: int = 0
    declined: int = 0
    lapsed: int = 0
    waiting: int = 0

    @property
    def free(self) -> int:
        return max(0, self.planned - self.held - self.offered)

    @property
    def replaced(self) -> int:
        """Seats that were given up and are taken again."""
        return self.accepted


def counts(
    db: Session, *, session_ids: Collection[int], organisation_ids: Collection[int] | None = None
) -> dict[int, SeatCounts]:
    """Each session's seats, in two queries; of some organisations' people alone where these are given."""
    of_theirs: list[ColumnElement[bool]] = []
    if organisation_ids is not None:
        of_theirs.append(Person.organisation_id.in_(organisation_ids))
    figures: dict[int, Counter[str]] = {session_id: Counter() for session_id in session_ids}
    for session_id, state, planned, number in db.execute(
        select(Seat.session_id, Seat.state, Seat.planned, func.count())
        .join(Seat.person)
        .where(Seat.session_id.in_(session_ids), *of_theirs)
        .group_by(Seat.session_id, Seat.state, Seat.planned)
    ):
        figures[session_id][state] += number
        if planned:
            figures[session_id]["planned"] += number
        elif state == "held":
            figures[session_id]["accepted"] += number
    for session_id, number in db.execute(
        select(WorkshopSession.id, func.count())
        .join(Nomination, Nomination.workshop_id == WorkshopSession.workshop_id)
        .join(Nomination.person)
        .where(
            WorkshopSession.id.in_(session_ids),
            WorkshopSession.state == "confirmed",
            *of_theirs,
            *_waits(),
        )
        .group_by(WorkshopSession.id)
    ):
        figures[session_id]["waiting"] = number
    return {session_id: SeatCounts(**figure) for session_id, figure in figures.items()}


def counts_of_organisations(db: Session, *, organisation_ids: Collection[int], today: date) -> SeatCounts:
    """How the people of these organisations stand with the seats of all sessions to come."""
    found = counts(db, session_ids=coming(db, today=today), organisation_ids=organisation_ids).values()
    return SeatCounts(
        **{name: sum(getattr(each, name) for each in found) for name in SeatCounts.__dataclass_fields__}
    )


def coming(db: Session, *, today: date) -> Sequence[int]:
    """The sessions in force that are not over."""
    return db.scalars(
        select(WorkshopSession.id).where(WorkshopSession.state == "confirmed", _is_coming(today))
    ).all()


def with_free_seats(db: Session, *, today: date) -> list[int]:
    """The sessions to come of which a seat is free, neither taken nor offered."""
    given_up = db.scalars(
        select(Seat.session_id)
        .join(Seat.session)
        .where(Seat.state == "given_up", WorkshopSession.state == "confirmed", _is_coming(today))
        .distinct()
    ).all()
    return [session_id for session_id, each in counts(db, session_ids=given_up).items() if each.free]


def nobody_to_ask(db: Session, *, today: date) -> list[tuple[int, Mapping[str, str], int]]:
    """Sessions to come with seats that stay free: id, titles and how many; what can be offered is, within
    a minute."""
    free = with_free_seats(db, today=today)
    figures = counts(db, session_ids=free)
    rows = db.execute(
        select(WorkshopSession.id, Workshop.titles)
        .join(WorkshopSession.workshop)
        .where(WorkshopSession.id.in_(free))
        .order_by(WorkshopSession.id)
    )
    return [(session_id, titles, figures[session_id].free) for session_id, titles in rows]


# -- One session


def session_with_ledger(db: Session, *, session_id: int) -> WorkshopSession:
    """A session with everybody who stands in its ledger. Raises NotFound."""
    session = db.scalars(
        select(WorkshopSession)
        .where(WorkshopSession.id == session_id)
        .options(
            joinedload(WorkshopSession.workshop).joinedload(Workshop.requested_by),
            joinedload(WorkshopSession.workshop).joinedload(Workshop.topic),
            joinedload(WorkshopSession.workshop).selectinload(Workshop.invited),
            joinedload(WorkshopSession.venue).joinedload(Venue.place),
            joinedload(WorkshopSession.version),
            selectinload(WorkshopSession.team),
            selectinload(WorkshopSession.ledger).joinedload(Seat.person).joinedload(Person.organisation),
        )
    ).first()
    if session is None:
        raise NotFound
    return session


def line_of(db: Session, *, session_id: int, person_id: int | None) -> Seat:
    """How somebody stands with the seats of a session. Raises NotFound: not at all."""
    line = db.scalars(
        select(Seat)
        .where(Seat.session_id == session_id, Seat.person_id == (person_id or 0))
        .options(
            joinedload(Seat.person).joinedload(Person.organisation),
            joinedload(Seat.person).joinedload(Person.place),
            joinedload(Seat.session).joinedload(WorkshopSession.workshop).joinedload(Workshop.topic),
            joinedload(Seat.session).joinedload(WorkshopSession.workshop).joinedload(Workshop.requested_by),
            joinedload(Seat.session).joinedload(WorkshopSession.venue).joinedload(Venue.place),
        )
    ).first()
    if line is None:
        raise NotFound
    return line


def is_about(actor: Actor, line: Seat) -> bool:
    """Whether the actor is who the line is about, signed in or by their link."""
    return (
        actor.person_id is not None
        and actor.person_id == line.person_id
        and (actor.is_signed_in or actor.came_by(LINK, line.session_id))
    )


def may_follow(actor: Actor, session: WorkshopSession) -> bool:
    """Whether somebody sees the whole order of a session's seats, though not everybody's name."""
    return actor.acts_for(session.workshop.requested_by_id)


def sees(actor: Actor, person: Person) -> bool:
    """Whether somebody may know who it is that waits or was asked: coordinators, themselves, and who looks
    after them; not another coalition."""
    return actor.acts_for(person.organisation_id) or (
        actor.person_id is not None and actor.person_id == person.id
    )


def open_offers(db: Session, *, person_id: int, now: datetime) -> Sequence[Seat]:
    """The seats that somebody may take now."""
    return db.scalars(
        select(Seat)
        .join(Seat.session)
        .where(
            Seat.person_id == person_id,
            Seat.state == "offered",
            Seat.until > now,
            WorkshopSession.state == "confirmed",
        )
        .options(joinedload(Seat.session).joinedload(WorkshopSession.workshop))
        .order_by(Seat.until)
    ).all()


def offers_over(db: Session, *, now: datetime) -> Sequence[Seat]:
    """The offers that nobody answered in time."""
    return db.scalars(select(Seat).where(Seat.state == "offered", Seat.until <= now)).all()


def freed_by(session: WorkshopSession) -> Person | None:
    """Whose seat is the next to be handed on: of those given up and not taken over, the last."""
    taken_over = {line.in_place_of_id for line in session.ledger if line.state in ("held", "offered")}
    free = [line for line in session.ledger if line.state == "given_up" and line.person_id not in taken_over]
    latest = max(free, key=lambda line: (line.since is not None, line.since, line.person_id), default=None)
    return latest.person if latest else None


def free_seats(session: WorkshopSession) -> int:
    """How many seats can be handed on; the ledger is loaded and the session locked."""
    states = Counter(line.state for line in session.ledger)
    planned = sum(line.planned for line in session.ledger)
    return max(0, planned - states["held"] - states["offered"])


# -- Who waits


def waiting_for(
    db: Session, *, session: WorkshopSession, today: date
) -> tuple[WaitingList, dict[int, Person]]:
    """The waiting list of a session as it stands, and the people on it; in a constant number of queries."""
    named = _named(db, session)
    people = {each.person_id: each.person for each in named}
    asked = {each.organisation_id for each in named} | _organisations_that_named(db, session)
    others = _who_want_it(db, session, leaving_out=asked)
    people |= {person.id: person for person, _ in others}
    bars = _bars(db, session, list(people.values()), today)
    nominees = Counter(each.organisation_id for each in named if not each.is_substitute)
    candidates = [
        Candidate(
            each.person_id,
            each.organisation_id,
            (each.rank or 0) + (nominees[each.organisation_id] if each.is_substitute else 0),
            each.is_substitute,
            each.need,
            each.created_at,
            bars[each.person_id],
        )
        for each in named
    ] + [
        Candidate(
            person.id,
            person.organisation_id,
            None,
            False,
            weight,
            session.workshop.created_at,
            bars[person.id],
        )
        for person, weight in others
    ]
    freed = freed_by(session)
    seats = Counter(
        line.person.organisation_id for line in session.ledger if line.state in ("held", "offered")
    )
    found = waiting_list(
        candidates,
        freed_by=freed.organisation_id if freed else None,
        seats=seats,
        per_organisation=session.workshop.seats_per_organisation,
    )
    return found, people


def _waits() -> tuple[ColumnElement[bool], ...]:
    """Nominated for the session's workshop, and neither in its ledger nor in its team."""
    return (
        Nomination.state == "nominated",
        ~exists().where(Seat.session_id == WorkshopSession.id, Seat.person_id == Nomination.person_id),
        ~exists().where(
            TeamPlace.session_id == WorkshopSession.id, TeamPlace.person_id == Nomination.person_id
        ),
    )


def _named(db: Session, session: WorkshopSession) -> Sequence[Nomination]:
    return db.scalars(
        select(Nomination)
        .join(WorkshopSession, WorkshopSession.workshop_id == Nomination.workshop_id)
        .where(WorkshopSession.id == session.id, *_waits())
        .options(
            joinedload(Nomination.person).joinedload(Person.organisation),
            joinedload(Nomination.person).joinedload(Person.place),
        )
        .order_by(Nomination.id)
    ).all()


def _organisations_that_named(db: Session, session: WorkshopSession) -> set[int]:
    return set(
        db.scalars(
            select(Nomination.organisation_id)
            .where(Nomination.workshop_id == session.workshop_id, Nomination.state == "nominated")
            .distinct()
        )
    )


def _who_want_it(
    db: Session, session: WorkshopSession, *, leaving_out: Collection[int]
) -> Sequence[tuple[Person, int]]:
    """People of invited organisations that named nobody, who want the topic and are not in the ledger."""
    known = {line.person_id for line in session.ledger} | {place.person_id for place in session.team}
    homes = [each.id for each in session.workshop.invited if each.id not in leaving_out]
    rows = db.execute(
        select(Person, Want.weight)
        .join(Want, and_(Want.person_id == Person.id, Want.topic_id == session.workshop.topic_id))
        .where(
            Person.organisation_id.in_(homes),
            Person.email.is_not(None),
            or_(Person.left_on.is_(None), Person.left_on > session.last),
        )
        .options(joinedload(Person.organisation), joinedload(Person.place))
        .order_by(Person.id)
    )
    return [(person, weight) for person, weight in rows if person.id not in known]


def _bars(
    db: Session, session: WorkshopSession, people: Sequence[Person], today: date
) -> dict[int, frozenset[Bar]]:
    """Why each of these people cannot be offered a seat in this session today, if so; nine queries."""
    ids = [person.id for person in people]
    days = {person.id: days_taken(session, person) for person in people}
    first = min((span[0] for span in days.values()), default=session.day)
    last = max((span[1] for span in days.values()), default=session.last)
    said = spans_for_planning(db, ids, first, last)
    country = session.venue.place.country if session.venue else ""
    limits = limits_for_planning(db, ids, {country}, today)
    closed = closed_borders(db, first, last) if country else ()
    busy, seats = _elsewhere(db, session, people)
    spoken = set(session.workshop.languages)
    bars: dict[int, frozenset[Bar]] = {}
    for person in people:
        own_first, own_last = days[person.id]
        found: set[Bar] = set()
        if spoken.isdisjoint(person.languages):
            found.add("language")
        if person.online_only and not session.is_online:
            found.add("online_only")
        if any(s.first <= own_last and s.last >= own_first for s in said[person.id].unavailable):
            found.add("unavailable")
        if (bound := limits.get(person.id)) is not None:
            if bound.not_before is not None and own_first < bound.not_before:
                found.add("notice")
            if country != person.place.country and country in bound.entry:
                opens = bound.entry[country]
                if opens is None or own_first < opens:
                    found.add("entry")
        if country != person.place.country and any(
            border.country in (country, person.place.country)
            and border.first_day <= own_last
            and border.last_day >= own_first
            for border in closed
        ):
            found.add("entry")
        if any(one <= own_last and other >= own_first for one, other in busy.get(person.id, ())):
            found.add("elsewhere")
        if seats[person.id] >= person.max_seats:
            found.add("seats_enough")
        bars[person.id] = frozenset(found)
    return bars


def days_elsewhere(db: Session, *, session: WorkshopSession, person: Person) -> bool:
    """Whether somebody is in another session on the days of this one."""
    busy, _ = _elsewhere(db, session, [person])
    first, last = days_taken(session, person)
    return any(one <= last and other >= first for one, other in busy.get(person.id, ()))


def _elsewhere(
    db: Session, session: WorkshopSession, people: Sequence[Person]
) -> tuple[dict[int, list[tuple[date, date]]], Counter[int]]:
    """The days that other sessions take from these people, and how many seats of this round they have."""
    known = {person.id: person for person in people}
    other = (
        select(WorkshopSession)
        .where(WorkshopSession.state == "confirmed", WorkshopSession.id != session.id)
        .options(
            joinedload(WorkshopSession.venue).joinedload(Venue.place), joinedload(WorkshopSession.version)
        )
    )
    seated = select(Seat.session_id, Seat.person_id).where(
        Seat.person_id.in_(known), Seat.state == "held", Seat.session_id != session.id
    )
    in_team = select(TeamPlace.session_id, TeamPlace.person_id).where(TeamPlace.person_id.in_(known))
    seats_of = db.execute(seated).all()
    team_of = db.execute(in_team).all()
    ids = {row.session_id for row in (*seats_of, *team_of)}
    sessions = {each.id: each for each in db.scalars(other.where(WorkshopSession.id.in_(ids)))}
    busy: dict[int, list[tuple[date, date]]] = {}
    for row in (*seats_of, *team_of):
        if row.session_id in sessions:
            days = days_taken(sessions[row.session_id], known[row.person_id])
            busy.setdefault(row.person_id, []).append(days)
    seats = Counter(
        row.person_id
        for row in seats_of
        if row.session_id in sessions
        and sessions[row.session_id].version.round_id == session.version.round_id
    )
    return busy, seats


def _is_coming(today: date) -> ColumnElement[bool]:
    return or_(
        WorkshopSession.last_day >= today,
        WorkshopSession.ends_at >= datetime.combine(today, time(), UTC),
    )
