"""What is proposed in a round now: by the draft that is being asked about, else by the sessions in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.confirmations.models import Asking, ProposedPlace
from app.network.models import Venue
from app.schedule.changes import PlannedSession, planned_sessions
from app.schedule.models import TeamPlace, Version, WorkshopSession
from app.schedule.queries import latest_version
from app.workshops.models import Workshop

Terms = Mapping[str, Any]
"""What an answer is about, as JSON keeps it: role, venue (code), first_day, last_day, starts_at, ends_at."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A session as it is proposed: in person with days and a venue, online with instants.

    `team` maps a person's code to the role. `session_id` is that of the session in force, if people have
    been told of one, and `announced` the codes of those who are in its team as announced.
    """

    workshop: str
    venue: Venue | None
    first_day: date | None
    last_day: date | None
    starts_at: datetime | None
    ends_at: datetime | None
    team: Mapping[str, str]
    session_id: int | None = None
    announced: frozenset[str] = frozenset()

    @property
    def begins_at(self) -> datetime:
        """Its beginning; in person the midnight (UTC) before its first day."""
        return self.starts_at or datetime.combine(self.first_day or date.min, time(), UTC)

    @property
    def day(self) -> date:
        """The first day; online, the UTC date of the start."""
        return self.begins_at.date()

    @property
    def last(self) -> date:
        """The last day; online, the UTC date of the last minute."""
        if self.last_day is not None:
            return self.last_day
        assert self.ends_at is not None  # noqa: S101 - one of the two is set
        return (self.ends_at - timedelta(minutes=1)).date()

    def terms(self, role: str) -> dict[str, Any]:
        """What somebody in this role would say yes or no to."""
        return {
            "role": role,
            "venue": self.venue.code if self.venue else None,
            "first_day": self.first_day.isoformat() if self.first_day else None,
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "starts_at": self.starts_at.isoformat() if self.starts_at else None,
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
        }

    def terms_for(self, place: ProposedPlace, code: str) -> dict[str, Any] | None:
        """What this is to the person (by code) who has the place; `None` where they are out of it."""
        if place.part == "team":
            return self.terms(self.team[code]) if code in self.team else None
        if self.venue is None or self.venue.code != place.told.get("venue", self.venue.code):
            return None  # another room is taken
        return self.terms("host")


def digest(terms: Terms) -> str:
    """A short stand-in for what was shown on a page, to see whether it is still so when the answer comes."""
    return hashlib.sha256(json.dumps(terms, sort_keys=True).encode()).hexdigest()[:16]


def open_asking(db: Session, *, round_id: int) -> Asking | None:
    """The asking of a round that is not closed."""
    return db.scalars(
        select(Asking)
        .where(Asking.round_id == round_id, Asking.closed_at.is_(None))
        .order_by(Asking.id.desc())
        .limit(1)
    ).first()


def is_ahead(db: Session, asking: Asking) -> bool:
    """Whether the asking's draft is to be published yet, and no newer version has overtaken it."""
    if asking.draft_id is None:
        return False
    latest = latest_version(db, round_id=asking.round_id)
    return latest is None or asking.draft_since > latest.published_at


def proposals(db: Session, *, round_id: int, codes: Collection[str] | None = None) -> dict[str, Proposal]:
    """Workshop code -> what is proposed of it in this round now; with `codes` only of these."""
    told = in_force(db, round_id=round_id, codes=codes)
    asking = open_asking(db, round_id=round_id)
    if asking is None or not is_ahead(db, asking):
        return told
    return drafted(db, asking, told, codes)


def drafted(
    db: Session, asking: Asking, told: Mapping[str, Proposal], codes: Collection[str] | None = None
) -> dict[str, Proposal]:
    """The sessions of an asking's draft; `told` are those in force."""
    assert asking.draft is not None  # noqa: S101 - whoever asks has looked
    return of_draft(db, asking.draft.round_document, asking.draft.schedule_document, told, codes)


def of_draft(
    db: Session,
    round_document: Mapping[str, Any],
    schedule_document: Mapping[str, Any],
    told: Mapping[str, Proposal],
    codes: Collection[str] | None = None,
) -> dict[str, Proposal]:
    """The sessions of two documents as proposals, in order of time; one query."""
    planned = {
        code: plan
        for code, plan in planned_sessions(round_document, schedule_document).items()
        if codes is None or code in codes
    }
    wanted = {plan.venue for plan in planned.values() if plan.venue}
    venues = {
        venue.code: venue
        for venue in db.scalars(select(Venue).where(Venue.code.in_(wanted)).options(joinedload(Venue.place)))
    }
    return {code: _of_plan(plan, venues, told.get(code)) for code, plan in planned.items()}


def in_force(db: Session, *, round_id: int, codes: Collection[str] | None = None) -> dict[str, Proposal]:
    """Workshop code -> the session that people were told of, unless it was called off."""
    query = (
        select(WorkshopSession)
        .join(WorkshopSession.version)
        .join(WorkshopSession.workshop)
        .where(Version.round_id == round_id, WorkshopSession.state == "confirmed")
        .options(
            joinedload(WorkshopSession.workshop),
            joinedload(WorkshopSession.venue).joinedload(Venue.place),
            selectinload(WorkshopSession.team).joinedload(TeamPlace.person),
        )
    )
    if codes is not None:
        query = query.where(Workshop.code.in_(codes))
    found = sorted(db.scalars(query).unique(), key=lambda session: (session.day, session.id))
    return {session.workshop.code: _of_session(session) for session in found}


def _of_plan(plan: PlannedSession, venues: Mapping[str, Venue], told: Proposal | None) -> Proposal:
    return Proposal(
        workshop=plan.workshop,
        venue=venues.get(plan.venue) if plan.venue else None,
        first_day=plan.first_day,
        last_day=plan.last_day,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        team=plan.roles,
        session_id=told.session_id if told else None,
        announced=told.announced if told else frozenset(),
    )


def _of_session(session: WorkshopSession) -> Proposal:
    team = {place.person.code: place.role for place in session.team}
    return Proposal(
        workshop=session.workshop.code,
        venue=session.venue,
        first_day=session.first_day,
        last_day=session.last_day,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        team=team,
        session_id=session.id,
        announced=frozenset(team),
    )
