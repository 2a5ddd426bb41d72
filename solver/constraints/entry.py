"""Rule `entry`: nobody is sent to a country that they cannot enter by then.

`entry(p)` maps countries to the first day on which p may be there (a visa takes its time), or to
never. Who lives in a country may be there always; online nobody goes anywhere.

    c = country(place(s)) ∈ entry(p),  c ≠ country(home(p))  ⇒  first(B(s, p)) >= entry(p, c)

for each person p of each session s in person. B(s, p) is p's block, travel days included.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from solver.derived import block, country_entered, place_of
from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Violation

NAME = "entry"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions in a country that somebody in them may never enter, or not that early."""
    for session in schedule.sessions:
        place, start = place_of(round, session), session.start
        if place is None or not isinstance(start, date):
            continue
        never: list[str] = []
        too_early: list[str] = []
        for person in (round.people[id] for id in session.people):
            home = round.places[person.home]
            country = country_entered(home, place)
            if country is None or country not in person.entry:
                continue
            first = person.entry[country]
            if first is None:
                never.append(person.id)
            elif block(home, place, start, round.workshops[session.workshop].days).first < first:
                too_early.append(person.id)
        for breach, people in (("never", never), ("too_early", too_early)):
            if people:
                facts = {"country": place.country}
                yield Violation(NAME, breach, session.workshop, tuple(people), facts=facts)
