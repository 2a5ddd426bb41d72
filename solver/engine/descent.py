"""Lowering the Lagrangian bound: deflected subgradient steps.

A step follows a running average of the subgradients (Camerini, Fratta and Maffioli 1975), since one alone
zigzags: the average has what workshops use over many ways to hold them, the volume algorithm's estimate of a
primal solution (Barahona and Anbil 2000). Its length is Polyak's (1969) towards the best schedule known; when
the bound has not been lowered for a while, steps become shorter and start again from the best multipliers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from solver.engine.arrays import Floats
from solver.engine.bound import Lagrangian
from solver.engine.kernels.oracle import move, turn

SHARE, STEADIER = 0.3, 0.94  # of the newest subgradient in the direction; it falls as steps become shorter
LENGTH = 0.3  # of a step, as a part of Polyak's
SHORTEST = 5e-4  # where the descent ends


@dataclass(frozen=True, slots=True)
class Pace:
    """How many steps without a lower bound make them shorter, by how much, and the least share."""

    patience: int
    shorter: float
    least_share: float


HASTY = Pace(12, 0.7, 0.1)
PATIENT = Pace(50, 0.8, 0.05)  # five times as many steps, for the last tenths of a per cent


def lowered(
    relaxation: Lagrangian, start: Floats, target: Callable[[], float], pace: Pace = HASTY
) -> Iterator[tuple[float, Floats]]:
    """After each step the lowest bound so far and the multipliers it holds at, until steps are of no use.

    `target` is the objective of the best schedule known. The multipliers are overwritten by later steps.
    """
    x, use, unit = start.copy(), np.zeros(relaxation.size), relaxation.unit
    bound = relaxation.at(x, use)
    best, best_x, stale, length, share = bound, x.copy(), 0, LENGTH, SHARE
    direction = use * unit
    norm = turn(direction, use, unit, 0.0, x)
    yield best, best_x
    while length > SHORTEST and norm > 1e-12:
        step = length * max(bound - target(), 1e-4 * abs(bound)) / norm
        move(x, direction, unit, relaxation.upper, step)
        bound = relaxation.at(x, use)
        norm = turn(direction, use, unit, share, x)
        stale += 1
        if bound < best:
            stale = 0 if bound < best - 1e-6 * abs(best) else stale
            best, best_x[:] = bound, x
        if stale >= pace.patience:
            length, stale, x[:] = length * pace.shorter, 0, best_x
            share = max(pace.least_share, share * STEADIER)
        yield best, best_x
