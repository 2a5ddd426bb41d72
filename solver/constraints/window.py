"""Rule `window`: every day of a session lies in the workshop's window and the round's horizon.

    D(s) ⊆ window(w) ∩ [first_day, last_day]        for each session s of workshop w

D(s) are the days of the session in person, its UTC dates online.
"""

from __future__ import annotations

from collections.abc import Iterator

from solver.derived import days_of
from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Facts, Violation

NAME = "window"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions with a day outside the workshop's window or the horizon."""
    for session in schedule.sessions:
        workshop = round.workshops[session.workshop]
        days = days_of(workshop, session.start)
        for breach, limits in (("outside_window", workshop.window), ("outside_horizon", round.horizon)):
            if not (limits.first <= days.first and days.last <= limits.last):
                facts: Facts = {
                    "first_day": days.first,
                    "last_day": days.last,
                    "earliest": limits.first,
                    "latest": limits.last,
                }
                yield Violation(NAME, breach, session.workshop, facts=facts)
