"""Term `preferred`: team members work on days they prefer.

100 * preferred * Σ_s Σ_{p ∈ team(s)} |D(s) ∩ preferred(p)|              s in person
100 * preferred * Σ_s Σ_{p ∈ team(s)} [L(s, p) ∩ preferred(p) ≠ ∅]       s online
"""

from __future__ import annotations

from datetime import datetime

from solver.derived import dates_between, days_of, local_dates
from solver.round import Person, Round
from solver.schedule import Schedule, Session

NAME = "preferred"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point for sessions on preferred days."""
    days = sum(
        _preferred_days(round, session, round.people[person])
        for session in schedule.sessions
        for person in session.facilitators
    )
    return 100 * round.rules.weights.preferred * days


def _preferred_days(round: Round, session: Session, person: Person) -> int:
    if not person.preferred:
        return 0
    workshop = round.workshops[session.workshop]
    if isinstance(session.start, datetime):
        timezone = round.places[person.home].timezone
        dates = local_dates(timezone, session.start, workshop.minutes)
        return int(any(day in span for span in person.preferred for day in dates))
    days = days_of(workshop, session.start)
    return sum(any(day in span for span in person.preferred) for day in dates_between(days.first, days.last))
