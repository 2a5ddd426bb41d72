"""Term `reluctance`: what people do if need be is asked of them as little as possible.

- 100 * reluctance * Σ_s Σ_p (|D(s) ∩ if_need_be(p)| + [c(s, p) ∈ rather_not(p)] * days(s))       s in person
- 100 * reluctance * Σ_s Σ_p [L(s, p) ∩ if_need_be(p) ≠ ∅]                                        s online

over the people p in team and seats of s; c(s, p) is the country that p has to enter, if any.
"""

from __future__ import annotations

from datetime import datetime

from solver.derived import country_entered, dates_between, days_of, local_dates, place_of
from solver.round import Person, Round
from solver.schedule import Schedule, Session

NAME = "reluctance"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point lost by days on which people come only if need be; never positive."""
    if not round.rules.weights.reluctance:
        return 0
    days = sum(
        _reluctant_days(round, session, round.people[person])
        for session in schedule.sessions
        for person in session.people
    )
    return -100 * round.rules.weights.reluctance * days


def _reluctant_days(round: Round, session: Session, person: Person) -> int:
    if not person.if_need_be and not person.rather_not:
        return 0
    workshop, home = round.workshops[session.workshop], round.places[person.home]
    if isinstance(session.start, datetime):
        dates = local_dates(home.timezone, session.start, workshop.minutes)
        return int(any(day in span for span in person.if_need_be for day in dates))
    days = days_of(workshop, session.start)
    there = sum(
        any(day in span for span in person.if_need_be) for day in dates_between(days.first, days.last)
    )
    place = place_of(round, session)
    if place is not None and country_entered(home, place) in person.rather_not:
        there += workshop.days
    return there
