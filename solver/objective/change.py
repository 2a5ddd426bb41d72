"""Term `change`: what people have been told should stay so.

    - 100 * change * Σ_q ( [start or venue differs] + |team(q) \\ team(s)| + |seats(q) \\ seats(s)| )

over each published session q whose workshop still has a session s. Another role is no change.
"""

from __future__ import annotations

from solver.round import Round
from solver.schedule import Schedule

NAME = "change"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point lost to changes of published sessions."""
    held = {session.workshop: session for session in reversed(schedule.sessions)}
    changes = 0
    for told in round.published or ():
        session = held.get(told.workshop)
        if session is not None:
            changes += (session.start, session.venue) != (told.start, told.venue)
            changes += len(set(told.team).difference(session.facilitators))
            changes += len(set(told.seats).difference(session.seats))
    return -100 * round.rules.weights.change * changes
