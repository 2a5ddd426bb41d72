"""What makes one schedule better than another: the objective's terms, one module each, by name.

The objective is maximised. It is a whole number in hundredths of a point: the sum of the terms,
those that count against a schedule being negative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from solver.objective import (
    balance,
    cancel,
    change,
    cost,
    discomfort,
    held,
    need,
    preferred,
    reach,
    reluctance,
)
from solver.round import Round
from solver.schedule import Schedule

Term = Callable[[Round, Schedule], int]

TERMS: Mapping[str, Term] = {
    held.NAME: held.value,
    need.NAME: need.value,
    reach.NAME: reach.value,
    preferred.NAME: preferred.value,
    cost.NAME: cost.value,
    discomfort.NAME: discomfort.value,
    balance.NAME: balance.value,
    change.NAME: change.value,
    cancel.NAME: cancel.value,
    reluctance.NAME: reluctance.value,
}


def terms(round: Round, schedule: Schedule) -> dict[str, int]:
    """What each term adds to the objective, or takes from it, in hundredths of a point."""
    return {name: value(round, schedule) for name, value in TERMS.items()}


def objective(round: Round, schedule: Schedule) -> int:
    """The objective of a schedule, in hundredths of a point."""
    return sum(terms(round, schedule).values())
