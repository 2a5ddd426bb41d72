"""Reading what has been published, and what a draft would change about it.

What is published is for everybody who signs in, but for what is sensitive (see `known_to`); who sits in a
session is not (see `seats_seen_by`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.access import Actor
from app.errors import NotFound
from app.network.models import Organisation, Person, Topic, Venue
from app.planning.models import Draft
from app.schedule.changes import PlannedSession, SessionChange, changes_between, planned_sessions
from app.schedule.models import Seat, TeamPlace, Version, WorkshopSession
from app.schedule.seating import Line, homes_in, room_in, seated
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which of the published sessions to list; what is empty does not filter."""

    region: str = ""
    topic_id: int | None = None
    month: date | None = None
    mine: bool = False
    group_id: int | None = None


def sessions(db: Session, *, actor: Actor, wanted: SessionFilter) -> Sequence[WorkshopSession]:
    """The published sessions that fit, in order of time, with all that a list shows."""
    query = (
        select(WorkshopSession)
        .join(Workshop, WorkshopSession.workshop_id == Workshop.id)
        .join(Organisation, Workshop.requested_by_id == Organisation.id)
        .where(known_to(actor))
        .options(*_shown())
    )
    if wanted.region:
        query = query.where(Organisation.region == wanted.region)
    if wanted.topic_id:
        query = query.where(Workshop.topic_id == wanted.topic_id)
    if wanted.month:
        query = query.where(_touches_month(wanted.month))
    if wanted.group_id:
        query = query.where(Workshop.group_id == wanted.group_id)
    if wanted.mine:
        query = query.where(_has_person(actor.person_id))
    return _in_order(db.scalars(query).unique())


def sessions_of_person(db: Session, *, person_id: int | None) -> Sequence[WorkshopSession]:
    """The published sessions in whose team or on whose seats a person is, in order of time."""
    query = (
        select(WorkshopSession)
        .where(_has_person(person_id), WorkshopSession.state == "confirmed")
        .options(*_shown())
    )
    return _in_order(db.scalars(query).unique())


def known_to(actor: Actor) -> ColumnElement[bool]:
    """Which sessions there are for a reader: of a sensitive workshop for those in it, for who asked, and for
    coordinators. A condition on `WorkshopSession` joined with `Workshop`."""
    if actor.is_coordinator:
        return true()
    return or_(
        Workshop.visibility != "sensitive",
        Workshop.requested_by_id.in_(actor.organisation_ids),
        _has_person(actor.person_id),
    )


def hidden_from(db: Session, *, actor: Actor, codes: Collection[str]) -> set[str]:
    """Those of these workshops (codes) whose sessions a reader may not know of, held or called off."""
    if actor.is_coordinator:
        return set()
    known = select(WorkshopSession.workshop_id).join(WorkshopSession.workshop).where(known_to(actor))
    return set(
        db.scalars(
            select(Workshop.code).where(
                Workshop.code.in_(codes),
                Workshop.visibility == "sensitive",
                Workshop.requested_by_id.not_in(actor.organisation_ids),
                Workshop.id.not_in(known),
            )
        )
    )


def session_ids(db: Session, *, actor: Actor, codes: Collection[str]) -> Mapping[str, int]:
    """Code of a workshop -> the id of its session, of those that a reader may open."""
    query = (
        select(Workshop.code, WorkshopSession.id)
        .join(WorkshopSession.workshop)
        .where(Workshop.code.in_(codes), known_to(actor))
    )
    return {row.code: row.id for row in db.execute(query)}


def session_for(db: Session, *, session_id: int, actor: Actor | None = None) -> WorkshopSession:
    """One published session with its people, as far as `actor` may know of it; without one the caller sees
    to that. Raises NotFound."""
    session = db.scalars(
        select(WorkshopSession)
        .join(WorkshopSession.workshop)
        .where(WorkshopSession.id == session_id, known_to(actor) if actor else true())
        .options(
            *_shown(),
            selectinload(WorkshopSession.seats).joinedload(Seat.person).joinedload(Person.organisation),
        )
    ).first()
    if session is None:
        raise NotFound
    return session


def seats_seen_by(actor: Actor, session: WorkshopSession) -> list[Person]:
    """Who of those seated this reader may know of.

    All of them: coordinators, the coalition that asked, the session's own team. Others see
    themselves and the people they look after; nobody ever sees an address here.
    """
    people = sorted((seat.person for seat in session.seats), key=lambda person: person.name)
    in_team = actor.person_id is not None and actor.person_id in {place.person_id for place in session.team}
    if in_team or actor.acts_for(session.workshop.requested_by_id):
        return people
    return [p for p in people if p.id == actor.person_id or p.organisation_id in actor.organisation_ids]


def latest_version(db: Session, *, round_id: int) -> Version | None:
    return db.scalars(
        select(Version).where(Version.round_id == round_id).order_by(Version.number.desc()).limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class PublishedAs:
    """A version that was published from a draft."""

    id: int
    number: int
    is_in_force: bool


def published_drafts(db: Session, *, round_id: int) -> dict[int, list[PublishedAs]]:
    """Draft id -> the versions published from it, the newest first."""
    rows = db.execute(
        select(Version.draft_id, Version.id, Version.number)
        .where(Version.round_id == round_id)
        .order_by(Version.number.desc())
    ).all()
    found: dict[int, list[PublishedAs]] = {}
    for position, (draft_id, version_id, number) in enumerate(rows):
        if draft_id is not None:
            found.setdefault(draft_id, []).append(PublishedAs(version_id, number, position == 0))
    return found


def versions(db: Session) -> Sequence[Version]:
    """All published versions with their rounds, newest first."""
    return db.scalars(
        select(Version)
        .options(joinedload(Version.planning_round))
        .order_by(Version.published_at.desc(), Version.id.desc())
    ).all()


def version_for(db: Session, *, version_id: int) -> Version:
    """One version. Raises NotFound."""
    version = db.get(Version, version_id, options=[joinedload(Version.planning_round)])
    if version is None:
        raise NotFound
    return version


def draft_for(db: Session, *, draft_id: int) -> Draft:
    """One draft with its round. Raises NotFound."""
    draft = db.get(Draft, draft_id, options=[joinedload(Draft.planning_round)])
    if draft is None:
        raise NotFound
    return draft


def changes_by_publishing(db: Session, *, draft: Draft | Version) -> tuple[SessionChange, ...]:
    """What publishing a draft, or an older version again, would change against the round's latest."""
    latest = latest_version(db, round_id=draft.round_id)
    before = planned_sessions(latest.round_document, latest.schedule_document) if latest else {}
    ledger = ledger_by_workshop(db, codes={*before, *planned_codes(draft)})
    return changes_between(in_force(before, ledger), agreed_sessions(draft, ledger))


def planned_codes(draft: Draft | Version) -> set[str]:
    """The codes of the workshops that a draft, or a version, holds."""
    return {session["workshop"] for session in draft.schedule_document["sessions"]}


Ledger = Mapping[str, Sequence[Line]]
"""The lines about each workshop's session, by the workshop's code."""


def ledger_by_workshop(db: Session, *, codes: Collection[str]) -> Ledger:
    """How everybody stands with the seats of these workshops' sessions, in one query."""
    found: dict[str, list[Line]] = {}
    rows = db.execute(
        select(
            Workshop.code, Person.code, Person.name, Organisation.code, Seat.state, Seat.planned, Seat.since
        )
        .select_from(Seat)
        .join(Seat.session)
        .join(WorkshopSession.workshop)
        .join(Seat.person)
        .join(Person.organisation)
        .where(Workshop.code.in_(codes))
        .order_by(Person.code)
    )
    for workshop, code, name, organisation, state, planned, since in rows:
        found.setdefault(workshop, []).append(Line(code, name, organisation, state, planned, since))
    return found


def agreed_sessions(draft: Draft | Version, ledger: Ledger) -> dict[str, PlannedSession]:
    """A draft's sessions with the seats that people will have once it is published; see `seating`."""
    document = draft.round_document
    homes = homes_in(document)
    agreed = {}
    for code, plan in planned_sessions(document, draft.schedule_document).items():
        room, per_organisation = room_in(document, plan)
        agreed[code] = seated(
            plan,
            ledger.get(code, ()),
            planned_from=draft.knows_seats_of,
            room=room,
            per_organisation=per_organisation,
            homes=homes,
        )
    return agreed


def in_force(sessions: Mapping[str, PlannedSession], ledger: Ledger) -> dict[str, PlannedSession]:
    """A version's sessions with those on their seats who sit there now."""
    return {
        code: replace(
            session, seats={line.code: line.name for line in ledger.get(code, ()) if line.state == "held"}
        )
        for code, session in sessions.items()
    }


def changes_between_versions(older: Version | None, newer: Version) -> tuple[SessionChange, ...]:
    """What a version changed against an older one (`None`: against nothing)."""
    before = planned_sessions(older.round_document, older.schedule_document) if older else {}
    return changes_between(before, planned_sessions(newer.round_document, newer.schedule_document))


def regions(db: Session) -> Sequence[str]:
    """The regions in which something has been published."""
    return db.scalars(
        select(Organisation.region)
        .join(Workshop, Workshop.requested_by_id == Organisation.id)
        .join(WorkshopSession, WorkshopSession.workshop_id == Workshop.id)
        .where(Organisation.region != "")
        .distinct()
        .order_by(Organisation.region)
    ).all()


def topics(db: Session) -> Sequence[Topic]:
    """The topics on which something has been published."""
    return db.scalars(
        select(Topic)
        .where(Topic.id.in_(select(Workshop.topic_id).join(WorkshopSession)))
        .order_by(Topic.code)
    ).all()


def _shown() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(WorkshopSession.workshop).joinedload(Workshop.topic),
        joinedload(WorkshopSession.workshop).joinedload(Workshop.requested_by),
        joinedload(WorkshopSession.venue).joinedload(Venue.place),
        selectinload(WorkshopSession.team).joinedload(TeamPlace.person),
    )


def _has_person(person_id: int | None) -> ColumnElement[bool]:
    return or_(
        WorkshopSession.id.in_(select(TeamPlace.session_id).where(TeamPlace.person_id == person_id)),
        WorkshopSession.id.in_(
            select(Seat.session_id).where(Seat.person_id == person_id, Seat.state == "held")
        ),
    )


def _in_order(sessions: Iterable[WorkshopSession]) -> list[WorkshopSession]:
    """By their first day: dates and instants, which no database compares alike."""
    return sorted(sessions, key=lambda session: (session.day, session.id))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _touches_month(first: date) -> ColumnElement[bool]:
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return or_(
        (WorkshopSession.first_day <= last) & (WorkshopSession.last_day >= first),
        WorkshopSession.starts_at.between(_midnight(first), _midnight(last + timedelta(days=1))),
    )
