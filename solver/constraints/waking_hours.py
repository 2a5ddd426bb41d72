"""Rule `waking_hours`: a session online lies, for everyone in it, between 06:00 and 22:00 at home.

[start(s), end(s)) ⊆ [06:00, 22:00) of one local day at home(p)
                                                for each person p of each session s online
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from solver.derived import in_waking_hours
from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Violation

NAME = "waking_hours"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions online that lie in the night of somebody in them."""
    for session in schedule.sessions:
        if not isinstance(session.start, datetime):
            continue
        minutes = round.workshops[session.workshop].minutes
        asleep = tuple(
            person
            for person in session.people
            if not in_waking_hours(round.places[round.people[person].home].timezone, session.start, minutes)
        )
        if asleep:
            yield Violation(NAME, "at_night", session.workshop, asleep, facts={"start": session.start})
