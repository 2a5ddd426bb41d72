"""Term `cost`: what is spent counts against the schedule.

- cost * Σ_s cost(s)                            one hundredth per unit of money and weight
"""

from __future__ import annotations

from solver.derived import total_cost
from solver.round import Round
from solver.schedule import Schedule

NAME = "cost"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point lost to cost."""
    return -round.rules.weights.cost * total_cost(round, schedule)
