"""Rule `notice`: nobody is asked to come sooner than they can after being told.

    first(B(s, p)) >= not_before(p)                 for each person p of each session s in person
    first(L(s, p)) >= not_before(p)                 for each person p of each session s online

B(s, p) is p's block, L(s, p) the local dates at p's home.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from solver.derived import block, local_dates, place_of
from solver.round import Person, Round
from solver.schedule import Schedule, Session
from solver.violation import Violation

NAME = "notice"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions for which somebody in them would have to leave home too soon."""
    for session in schedule.sessions:
        people = [round.people[id] for id in session.people]
        hurried = tuple(
            p.id for p in people if p.not_before is not None and _leaves(round, session, p) < p.not_before
        )
        if hurried:
            yield Violation(NAME, "too_soon", session.workshop, hurried)


def _leaves(round: Round, session: Session, person: Person) -> date:
    """The first day that a session takes of a person."""
    workshop, home = round.workshops[session.workshop], round.places[person.home]
    if isinstance(session.start, datetime):
        return local_dates(home.timezone, session.start, workshop.minutes)[0]
    return block(home, place_of(round, session) or home, session.start, workshop.days).first
