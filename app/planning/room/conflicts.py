"""What of a plan does not hold: rules that it breaks in its own round, and in the network as it is now.

A draft is right for the round that it was planned for. Since then somebody fell out, a venue closed, a
request was taken back: the sessions are held against the round as it would be built now. That takes a moment
for a large network, so the answer is kept until something happens there, and for `KEPT_FOR` at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Database

from app.facts import AuditEntry
from app.planning.models import Draft
from app.planning.room.opened import Opened
from app.planning.round_builder import build_round
from solver import Round, Schedule
from solver.constraints import violations
from solver.violation import Violation

KEPT_FOR = timedelta(minutes=5)
GONE, LEFT = "gone", "left"
"""Not rules of the solver: a request that is not planned any more, people who are no candidates any more."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that is wrong with some sessions: a rule, `GONE` or `LEFT`."""

    rule: str
    workshops: tuple[str, ...]
    people: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The conflicts of a plan, and when the network was last looked at."""

    conflicts: tuple[Conflict, ...]
    at: datetime

    def of(self, workshop: str) -> list[Conflict]:
        return [each for each in self.conflicts if workshop in each.workshops]


def conflicts_of(db: Database, draft: Draft, state: Opened, *, now: datetime) -> Found:
    """What of a draft does not hold, in its own round or in the network as it is now."""
    happened = db.scalar(select(func.max(AuditEntry.id))) or 0
    known: tuple[int, Found] | None = state.kept.get("conflicts")
    if known and known[0] == happened and now - known[1].at < KEPT_FOR:
        return known[1]
    current = build_round(db, draft.planning_round, now.date()).round
    found = Found(tuple(dict.fromkeys((*_broken(state.violations()), *_since(current, state)))), now)
    state.kept["conflicts"] = (happened, found)
    return found


def conflicts_within(state: Opened, *, now: datetime) -> Found:
    """What of a plan does not hold in the round that it was made for: for versions, which never change."""
    return Found(tuple(dict.fromkeys(_broken(state.violations()))), now)


def _since(current: Round, state: Opened) -> Iterator[Conflict]:
    """What does not hold in the round as it is now."""
    fitting, missing = fit(current, state.schedule)
    yield from missing
    yield from _broken(violations(current, fitting))


def fit(current: Round, schedule: Schedule) -> tuple[Schedule, list[Conflict]]:
    """A schedule as far as another round knows its requests, venues and people, and what it does not know."""
    sessions, missing = [], []
    for session in schedule.sessions:
        workshop = current.workshops.get(session.workshop)
        if workshop is None or (session.venue is None) != workshop.online:
            missing.append(Conflict(GONE, (session.workshop,)))
            continue
        unknown = tuple(each for each in session.people if each not in current.people)
        if unknown:
            missing.append(Conflict(LEFT, (session.workshop,), unknown))
        venue = session.venue if session.venue in current.venues else None
        team = tuple(member for member in session.team if member.person in current.people)
        seats = tuple(each for each in session.seats if each in current.people)
        sessions.append(replace(session, venue=venue, team=team, seats=seats))
    unscheduled = tuple(each for each in schedule.unscheduled if each.workshop in current.workshops)
    return replace(schedule, round=current.id, sessions=tuple(sessions), unscheduled=unscheduled), missing


def _broken(found: tuple[Violation, ...] | Iterator[Violation]) -> Iterator[Conflict]:
    for each in found:
        if each.workshop is not None:
            yield Conflict(each.rule, (each.workshop,), each.people, each.workshops)
        else:
            yield Conflict(each.rule, each.workshops, each.people)
