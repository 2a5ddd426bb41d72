"""Term `discomfort`: nobody likes to sit in a webinar early or late.

    - 100 * discomfort * Σ_s Σ_p hours(s, p)        s online, p in team or seats

hours(s, p): the minutes of s before 08:00 and after 18:00 at p's home, in started hours.
"""

from __future__ import annotations

from datetime import datetime

from solver.derived import discomfort_hours
from solver.round import Round
from solver.schedule import Schedule

NAME = "discomfort"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point lost to early and late hours online."""
    hours = 0
    for session in schedule.sessions:
        if isinstance(session.start, datetime):
            minutes = round.workshops[session.workshop].minutes
            for person in session.people:
                timezone = round.places[round.people[person].home].timezone
                hours += discomfort_hours(timezone, session.start, minutes)
    return -100 * round.rules.weights.discomfort * hours
