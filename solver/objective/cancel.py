"""Term `cancel`: what has been published should be held.

- 100 * cancel * |{q: published, and its workshop has no session}|
"""

from __future__ import annotations

from solver.round import Round
from solver.schedule import Schedule

NAME = "cancel"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point lost to published sessions no longer held."""
    held = {session.workshop for session in schedule.sessions}
    cancelled = sum(told.workshop not in held for told in round.published or ())
    return -100 * round.rules.weights.cancel * cancelled
