"""What becomes of approved requests, for the stage that they come from: see `app.workshops.life`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from app.facts import AuditEntry
from app.network.models import Venue
from app.planning.models import PlanningRound, RoundEntry
from app.schedule.models import Version, WorkshopSession
from app.workshops.life import Course, LaterEvent, provide
from app.workshops.models import Workshop

_IN_FORCE = WorkshopSession.state == "confirmed"


class KnownBySchedule:
    """Answers from the rounds' entries and the sessions in force."""

    def courses(self, db: Session, workshop_ids: Collection[int]) -> Mapping[int, Course]:
        found = {
            workshop_id: Course(round_id, title)
            for workshop_id, round_id, title in db.execute(
                select(RoundEntry.workshop_id, PlanningRound.id, PlanningRound.title)
                .join(RoundEntry.planning_round)
                .where(RoundEntry.workshop_id.in_(workshop_ids))
            )
        }
        sessions = db.execute(
            select(WorkshopSession, PlanningRound.id, PlanningRound.title, PlanningRound.currency)
            .join(WorkshopSession.version)
            .join(Version.planning_round)
            .where(WorkshopSession.workshop_id.in_(workshop_ids), _IN_FORCE)
        )
        for session, round_id, title, currency in sessions:
            found[session.workshop_id] = Course(
                round_id, title, session.day, session.last, ends_at(session), session.cost, currency
            )
        return found

    def events(self, db: Session, workshop_id: int) -> Sequence[LaterEvent]:
        return [*_gathered(db, workshop_id), *_told(db, workshop_id)]

    def in_a_round(self) -> ColumnElement[bool]:
        return Workshop.id.in_(select(RoundEntry.workshop_id))

    def planned(self) -> ColumnElement[bool]:
        return Workshop.id.in_(select(WorkshopSession.workshop_id).where(_IN_FORCE))

    def over(self, now: datetime) -> ColumnElement[bool]:
        today = now.astimezone(UTC).date()
        over = or_(WorkshopSession.last_day < today, WorkshopSession.ends_at <= now)
        return Workshop.id.in_(select(WorkshopSession.workshop_id).where(_IN_FORCE, over))


def ends_at(session: WorkshopSession) -> datetime:
    """When a session is over; in person, at the end of its last day in UTC."""
    if session.ends_at is not None:
        return session.ends_at
    return datetime.combine(session.last + timedelta(days=1), time(), UTC)


def _gathered(db: Session, workshop_id: int) -> Iterator[LaterEvent]:
    """When rounds took the request in or let it go."""
    entries = db.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == "round", AuditEntry.fact.in_(("RequestsTakenIn", "RequestTakenOut"))
        )
        .order_by(AuditEntry.id)
    ).all()
    about = [
        entry
        for entry in entries
        if workshop_id in entry.facts.get("workshop_ids", ()) or entry.facts.get("workshop_id") == workshop_id
    ]
    rounds = select(PlanningRound.id, PlanningRound.title)
    titles = {
        row.id: row.title
        for row in db.execute(rounds.where(PlanningRound.id.in_({entry.subject_id for entry in about})))
    }
    for entry in about:
        kind = "taken_in" if entry.fact == "RequestsTakenIn" else "taken_out"
        values = {"round": titles.get(entry.subject_id, "")}
        yield LaterEvent(entry.happened_at, kind, entry.actor_name, values)


def _told(db: Session, workshop_id: int) -> Iterator[LaterEvent]:
    """When people were first told of the session, when it last changed, and when it was over."""
    session = db.scalars(
        select(WorkshopSession)
        .where(WorkshopSession.workshop_id == workshop_id)
        .options(
            joinedload(WorkshopSession.version).load_only(Version.round_id),
            joinedload(WorkshopSession.venue).joinedload(Venue.place),
        )
    ).first()
    if session is None:
        return
    versions = {
        row.published_at: (row.number, row.published_by)
        for row in db.execute(
            select(Version.published_at, Version.number, Version.published_by).where(
                Version.round_id == session.version.round_id
            )
        )
    }

    def event(moment: datetime, kind: str) -> LaterEvent:
        number, who = versions.get(moment, (None, ""))
        return LaterEvent(moment, kind, who, {"version": number})

    yield event(session.created_at, "planned")
    if session.changed_at > session.created_at:
        yield event(session.changed_at, "called_off" if session.is_cancelled else "moved")
    if not session.is_cancelled:
        place = session.venue.place.name if session.venue else ""
        values = {"first": session.day, "last": session.last, "place": place}
        yield LaterEvent(ends_at(session), "held", values=values)


provide(KnownBySchedule())
