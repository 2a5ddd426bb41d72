"""The set that answers most, then the cheapest such, with proof: the core of the model is enough.

Of all openings a few dozen are worth looking at. Prices of what is scarce (the duals of the linear
relaxation) give a bound, and for each opening what it lacks to pay: with it, no set is better than bound +
that. So the model is solved with the openings that lack little; if what it finds is no worse than that for
every other, it is the best of all, else the openings for which it is worse come in, and then it is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from solver.engine.arrays import Floats
from solver.propositions.call import Call
from solver.propositions.figures import points_of_all, total_cost
from solver.propositions.model import Model
from solver.propositions.openings import openings
from solver.propositions.prices import priced
from solver.propositions.proposition import Proposition
from solver.propositions.whole import UNLIMITED, WHOLE, solve_whole

CORE = 0.004
"""The core at first: openings that lack at most this share of the bound."""

LEAST_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Chosen:
    """A right set; none answers more than `bound` points, none as good costs below `least_cost`."""

    propositions: tuple[Proposition, ...]
    points: int
    bound: int
    cost: int
    least_cost: int


def choose(call: Call, *, seconds: float) -> Chosen:
    """The set that answers most, then the cheapest such, as far as `seconds` allow."""
    until = time.monotonic() + seconds
    opened = list(openings(call))
    if not opened:
        return Chosen((), 0, 0, 0, 0)
    model = Model(call, opened)
    most = best_of(model, until)
    best = model.read(most.values)
    points = points_of_all(call, best)
    bound, least = most.bound, 0
    if points == bound:
        model.prefer_cheap(points)
        cheapest = best_of(model, until, known=most.values)
        best, least = model.read(cheapest.values), -cheapest.bound
    cost = total_cost(call, best)
    return Chosen(best, points, bound, cost, least)


@dataclass(frozen=True, slots=True)
class Best:
    """Values of all columns, if any were found, and what no values whatever exceed."""

    values: Floats | None
    bound: int


def best_of(model: Model, until: float, *, known: Floats | None = None) -> Best:
    """The best values of the model by way of its core; `known` are some values to begin from."""
    relaxed = model.linear.solve(_left(until), relaxed=True)
    prices = np.zeros(model.linear.rows) if relaxed.duals is None else relaxed.duals
    highest, worth = priced(model, prices)
    lack = np.maximum(0.0, -worth)
    bound, width, values = _whole(highest), max(1.0, CORE * abs(highest)), known
    if relaxed.duals is None:  # tiny models, now and then
        width = float(lack.max())
    value = -UNLIMITED if known is None else round(float(model.value @ known))
    while bound > value:
        core = lack <= width
        found = solve_whole(model.linear, model.columns_of(core), seconds=_left(until), hint=values)
        if found.values is not None and found.objective > value:
            values, value = found.values, found.objective
        beyond = _whole(highest - lack[~core].min()) if not core.all() else -UNLIMITED
        bound = min(bound, max(found.bound, beyond))
        if core.all() or time.monotonic() >= until:
            break
        enough = highest - value - 1 + WHOLE
        width = max(width, enough) if found.values is not None else min(width * 4, enough)
    return Best(values, max(bound, value))


def _left(until: float) -> float:
    return max(LEAST_SECONDS, until - time.monotonic())


def _whole(bound: float) -> int:
    """The highest whole number that a bound leaves."""
    return int(np.floor(bound + WHOLE))
