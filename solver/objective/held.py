"""Term `held`: every session counts by its workshop's priority.

100 * held * Σ_s priority(w(s))
"""

from __future__ import annotations

from solver.round import Round
from solver.schedule import Schedule

NAME = "held"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point for the workshops held."""
    priorities = (round.workshops[session.workshop].priority for session in schedule.sessions)
    return 100 * round.rules.weights.held * sum(priorities)
