"""Rule `working_days`: nobody meets on a weekend day or a holiday.

In person: no day of a session is a weekend day or holiday of its place. Online: no local
date of a session is one at the home of anyone in its team or seats.

    D(s) ∩ off(place(s)) = ∅                        for each session s in person
    L(s, p) ∩ off(home(p)) = ∅                      for each person p of each session s online

L(s, p) are the session's local dates at p's home.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from solver.derived import dates_between, days_of, local_dates, place_of
from solver.round import Place, Round
from solver.schedule import Schedule, Session
from solver.violation import Violation

NAME = "working_days"


def is_off(place: Place, day: date) -> bool:
    """Whether a date is a weekend day or a holiday of a place."""
    return day.isoweekday() in place.weekend or day in place.holidays


def _off_days(place: Place, days: Iterable[date]) -> tuple[date, ...]:
    return tuple(day for day in days if is_off(place, day))


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions in person on days off of their place, sessions online on days off of somebody's home."""
    for session in schedule.sessions:
        if isinstance(session.start, datetime):
            yield from _online(round, session, session.start)
        else:
            yield from _in_person(round, session)


def _in_person(round: Round, session: Session) -> Iterator[Violation]:
    place = place_of(round, session)
    if place is None:
        return
    taken = days_of(round.workshops[session.workshop], session.start)
    off = _off_days(place, dates_between(taken.first, taken.last))
    if off:
        yield Violation(NAME, "off_at_place", session.workshop, facts={"days": off, "place": place.id})


def _online(round: Round, session: Session, start: datetime) -> Iterator[Violation]:
    minutes = round.workshops[session.workshop].minutes
    off: dict[str, tuple[date, ...]] = {}
    for person in session.people:
        home = round.places[round.people[person].home]
        days = _off_days(home, local_dates(home.timezone, start, minutes))
        if days:
            off[person] = days
    if off:
        all_days = tuple(sorted({day for days in off.values() for day in days}))
        yield Violation(NAME, "off_at_home", session.workshop, tuple(off), facts={"days": all_days})
