"""Rule `available`: nobody is asked for when they cannot come.

No date of a person's block, and no local date of a person's session online, is in
`unavailable`; a person who is `online_only` is in no session in person away from home.

    B(s, p) ∩ unavailable(p) = ∅                    for each person p of each session s in person
    L(s, p) ∩ unavailable(p) = ∅                    for each person p of each session s online
    online_only(p)  ⇒  home(p) = place(s)           for each person p of each session s in person

B(s, p) is p's block: the session's days and p's travel days around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from solver.derived import block, local_dates, place_of
from solver.round import Person, Round
from solver.schedule import Schedule, Session
from solver.violation import Violation

NAME = "available"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions that somebody in them is not available for."""
    for session in schedule.sessions:
        absent = tuple(p for p in session.people if not _is_free(round, session, round.people[p]))
        if absent:
            yield Violation(NAME, "unavailable", session.workshop, absent)
        place = place_of(round, session)
        if place is not None:
            people = [round.people[p] for p in session.people]
            staying = tuple(p.id for p in people if p.online_only and p.home != place.id)
            if staying:
                yield Violation(NAME, "online_only", session.workshop, staying, facts={"place": place.id})


def _is_free(round: Round, session: Session, person: Person) -> bool:
    if not person.unavailable:
        return True
    workshop = round.workshops[session.workshop]
    home = round.places[person.home]
    if isinstance(session.start, datetime):
        dates = local_dates(home.timezone, session.start, workshop.minutes)
        return not any(day in away for away in person.unavailable for day in dates)
    place = place_of(round, session) or home
    taken = block(home, place, session.start, workshop.days)
    return not any(taken.overlaps(away) for away in person.unavailable)
