"""The repair that needs no search: who cannot come any more is replaced or left out, and all else stays.

    schedule = stitched_up(round, told)        # right, or None

Plain Python, there at once; the planner goes on from it. A session that cannot be mended so is called off,
with what follows it: the planner will find it another day, if there is one.
"""

from __future__ import annotations

from dataclasses import replace

from solver import Round, Schedule, substitutes
from solver.constraints import violations
from solver.schedule import Session
from solver.violation import Violation

PERSONAL = frozenset({"available", "entry", "notice", "working_days", "waking_hours"})
"""Rules that somebody breaks by being there."""

ROUNDS = 20
"""So often what follows a session called off is looked for."""


def stitched_up(round: Round, told: Schedule) -> Schedule | None:
    """What people have been told, mended where it breaks a rule of the round; `None` if that will not do."""
    schedule = Schedule(round.id, told.sessions)
    for workshop, people in _who_is_out(round, schedule).items():
        schedule = _without(round, schedule, workshop, people)
    for _ in range(ROUNDS):
        broken = {id for each in violations(round, schedule) for id in _about(each)}
        if not broken:
            return schedule
        kept = tuple(each for each in schedule.sessions if each.workshop not in broken)
        if len(kept) == len(schedule.sessions):
            return None
        schedule = replace(schedule, sessions=kept)
    return None


def _who_is_out(round: Round, schedule: Schedule) -> dict[str, set[str]]:
    """Workshop -> who cannot be in its session."""
    found: dict[str, set[str]] = {}
    for each in violations(round, schedule):
        if each.rule in PERSONAL and each.workshop is not None and each.people:
            found.setdefault(each.workshop, set()).update(each.people)
    return found


def _without(round: Round, schedule: Schedule, workshop: str, people: set[str]) -> Schedule:
    """A session without some of its people; whoever facilitated it is replaced by the best there is."""
    session = next(each for each in schedule.sessions if each.workshop == workshop)
    seats = tuple(seat for seat in session.seats if seat not in people)
    schedule = _with(schedule, replace(session, seats=seats))
    for person in session.facilitators:
        if person in people:
            best = next(iter(substitutes(round, schedule, workshop, person)), None)
            if best is None:
                continue  # it will be found broken, and called off
            schedule = _with(schedule, best.session)
    return schedule


def _with(schedule: Schedule, session: Session) -> Schedule:
    sessions = (session if each.workshop == session.workshop else each for each in schedule.sessions)
    return replace(schedule, sessions=tuple(sessions))


def _about(violation: Violation) -> tuple[str, ...]:
    """The session that breaks a rule; of several that share somebody or a fund the last one named."""
    if violation.workshop is not None:
        return (violation.workshop,)
    return violation.workshops[-1:]
