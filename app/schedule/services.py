"""Publishing: a draft becomes a version, and the sessions in force become what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, object_session, selectinload

from app.access import Actor, require
from app.errors import Conflict
from app.facts import record
from app.network.models import Person, Venue
from app.planning.costs import session_costs
from app.planning.models import Draft, PlanningRound
from app.schedule.changes import PlannedSession
from app.schedule.facts import SchedulePublished
from app.schedule.models import FormerPlace, Seat, TeamPlace, Version, WorkshopSession
from app.schedule.queries import (
    agreed_sessions,
    changes_by_publishing,
    latest_version,
    ledger_by_workshop,
    planned_codes,
)
from app.schedule.seating import with_seats
from app.workshops.models import Workshop


def publish_draft(
    db: Session, *, actor: Actor, draft: Draft, note: str, now: datetime, seen: int | None = None
) -> Version:
    """Publish a draft as the next version of its round.

    Sessions keep their UID for life; SEQUENCE rises for each whose day, hour, place or state
    is another now (RFC 5546, 2.1.4). Who else is in the team is no change for those who stay:
    they are not written to. What a session of this round is for may be gone from the draft
    altogether (its request was withdrawn, or taken out of the horizon): it is cancelled like one
    that the planner left out, unless it is over.

    `seen` is the draft's revision of which the actor was shown what it changes.

    Raises Forbidden, Conflict("round_closed" | "nothing_changed" | "request_not_approved" | "draft_changed").
    """
    require(actor.is_coordinator)
    db.refresh(draft, ["revision"], with_for_update=True)
    if seen is not None and draft.revision != seen:
        raise Conflict("draft_changed")
    return _publish(db, actor=actor, source=draft, draft_id=draft.id, note=note, now=now)


def publish_again(db: Session, *, actor: Actor, version: Version, note: str, now: datetime) -> Version:
    """Go back to an older version: what it said becomes the next version of its round.

    Nothing is undone and no number falls: sessions keep their UID, SEQUENCE rises for what is another
    now. What people said about their seats meanwhile holds, as it does against an older draft.

    Raises Forbidden, Conflict("round_closed" | "nothing_changed" | "request_not_approved").
    """
    return _publish(db, actor=actor, source=version, draft_id=version.draft_id, note=note, now=now)


def _publish(
    db: Session, *, actor: Actor, source: Draft | Version, draft_id: int | None, note: str, now: datetime
) -> Version:
    require(actor.is_coordinator)
    planning_round = db.get_one(PlanningRound, source.round_id, with_for_update=True)
    if planning_round.state != "open":
        raise Conflict("round_closed")
    codes = planned_codes(source)
    _lock_sessions(db, round_id=source.round_id, codes=codes)
    previous = latest_version(db, round_id=source.round_id)
    if previous is not None and not changes_by_publishing(db, draft=source):
        raise Conflict("nothing_changed")
    planned = agreed_sessions(source, ledger_by_workshop(db, codes=codes))
    version = Version(
        round_id=source.round_id,
        number=_next_number(db, source.round_id),
        note=note.strip(),
        published_at=now,
        published_by=actor.name,
        draft_id=draft_id,
        round_document=source.round_document,
        schedule_document=with_seats(source.schedule_document, planned),
    )
    db.add(version)
    db.flush()
    _bring_into_force(db, version, planned, session_costs(source), now)
    after: dict[str, object] = {"round": planning_round.title, "number": version.number, "note": version.note}
    if isinstance(source, Version):
        after["again"] = source.number
    fact = SchedulePublished(version.id, round_id=version.round_id)
    record(db, actor=actor, fact=fact, now=now, after=after)
    return version


def _lock_sessions(db: Session, *, round_id: int, codes: Collection[str]) -> None:
    """Let nobody else change the sessions that a publication may change until this unit of work ends.

    Else two changes read one SEQUENCE and raise it to the same number, and one of them is never told.
    """
    ids = select(WorkshopSession.id).where(_concerned(round_id, codes)).order_by(WorkshopSession.id)
    db.execute(ids.with_for_update(of=WorkshopSession)).all()


def _concerned(round_id: int, codes: Collection[str]) -> ColumnElement[bool]:
    """The sessions of a round, and of these workshops wherever they were planned before."""
    of_round = select(Version.id).where(Version.round_id == round_id)
    of_workshops = select(Workshop.id).where(Workshop.code.in_(codes))
    return or_(WorkshopSession.version_id.in_(of_round), WorkshopSession.workshop_id.in_(of_workshops))


def _next_number(db: Session, round_id: int) -> int:
    highest = db.scalar(select(func.max(Version.number)).where(Version.round_id == round_id))
    return (highest or 0) + 1


def _bring_into_force(
    db: Session,
    version: Version,
    planned: Mapping[str, PlannedSession],
    costs: Mapping[str, int],
    now: datetime,
) -> None:
    """Make the rows of the present what the version says, touching only what differs."""
    codes = set(planned)
    people_codes = {code for session in planned.values() for code in (*session.team, *session.seats)}
    workshops = {w.code: w for w in db.scalars(select(Workshop).where(Workshop.code.in_(codes)))}
    if any(workshop.state != "approved" for workshop in workshops.values()):
        raise Conflict("request_not_approved")
    venue_codes = {session.venue for session in planned.values() if session.venue}
    venues = {v.code: v.id for v in db.scalars(select(Venue).where(Venue.code.in_(venue_codes)))}
    people = {p.code: p.id for p in db.scalars(select(Person).where(Person.code.in_(people_codes)))}
    in_force = {
        session.workshop_id: session
        for session in db.scalars(
            select(WorkshopSession)
            .where(_concerned(version.round_id, codes))
            .options(selectinload(WorkshopSession.team), selectinload(WorkshopSession.ledger))
            .execution_options(populate_existing=True)
        )
    }
    former = {
        (place.session_id, place.person_id): place
        for place in db.scalars(
            select(FormerPlace).where(
                FormerPlace.session_id.in_([session.id for session in in_force.values()])
            )
        )
    }
    kept = {workshop.id for workshop in workshops.values()}
    for gone in in_force.values():
        if gone.workshop_id not in kept and not gone.is_cancelled and gone.last >= now.date():
            gone.state = "cancelled"
            _tell_all(gone, version, now)
    for code, workshop in workshops.items():
        session = in_force.get(workshop.id)
        if session is None:
            session = WorkshopSession(
                workshop_id=workshop.id,
                uid=str(uuid4()),
                sequence=-1,
                state="",
                created_at=now,
                changed_at=now,
            )
            db.add(session)
        session.cost = costs.get(code, 0)
        _apply(session, planned[code], version, venues, people, former, now)
    db.flush()
    for session in in_force.values():
        db.expire(session, ["seats"])


def _apply(
    session: WorkshopSession,
    plan: PlannedSession,
    version: Version,
    venues: Mapping[str, int],
    people: Mapping[str, int],
    former: dict[tuple[int, int], FormerPlace],
    now: datetime,
) -> None:
    """Make one session what the plan says; note those who left it."""
    session.version_id = version.id
    team = {people[code]: role for code, role in plan.roles.items()}
    seats = {people[code] for code in plan.seats}
    wanted = {
        "state": "confirmed",
        "venue_id": venues[plan.venue] if plan.venue else None,
        "first_day": plan.first_day,
        "last_day": plan.last_day,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
    }
    held = {line.person_id for line in session.ledger if line.state == "held"}
    there = {place.person_id for place in session.team} | held
    if any(getattr(session, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(session, name, value)
        _tell_all(session, version, now)
    session.team = [place for place in session.team if team.get(place.person_id) == place.role]
    kept = {place.person_id for place in session.team}
    session.team += [
        TeamPlace(person_id=person, role=role) for person, role in team.items() if person not in kept
    ]
    _seat(session, seats, now)
    note_who_left(session, there - (set(team) | seats), set(team) | seats, former, now)


def _seat(session: WorkshopSession, seats: set[int], now: datetime) -> None:
    """Begin the ledger of a session anew: these have the seats that the version gives, nobody's is free.

    What people said stays: who gave up or declined is not asked again, and what is offered stays promised.
    """
    session.ledger = [line for line in session.ledger if line.person_id in seats or line.state != "held"]
    for line in session.ledger:
        line.planned, line.in_place_of_id = False, None
    lines = {line.person_id: line for line in session.ledger}
    for person_id in sorted(seats - lines.keys()):
        session.ledger.append(Seat(person_id=person_id, state="held", planned=True, since=now))
    for person_id in seats & lines.keys():
        line = lines[person_id]
        if line.state != "held":
            line.state, line.since, line.until = "held", now, None
        line.planned = True


def note_who_left(
    session: WorkshopSession,
    left: set[int],
    present: set[int],
    former: dict[tuple[int, int], FormerPlace],
    now: datetime,
) -> None:
    """Keep for each who left at which SEQUENCE they are told so; forget it for those who are back."""
    db = object_session(session)
    assert db is not None  # noqa: S101 - the row was read from or added to a session
    for person_id in present:
        if place := former.pop((session.id, person_id), None):
            session.sequence, session.changed_at = max(session.sequence, place.sequence + 1), now
            db.delete(place)
    for person_id in left:
        db.add(FormerPlace(session=session, person_id=person_id, left_at=now, sequence=session.sequence + 1))


def _tell_all(session: WorkshopSession, version: Version, now: datetime) -> None:
    """Mark that day, hour, place or state are others now: everybody in the session is to hear of it."""
    session.sequence += 1
    session.told_since, session.changed_at, session.version_id = session.sequence, now, version.id
