"""What an opening is worth by itself when everything scarce has a price: a Lagrangian bound and a ranking.

With any prices >= 0 for the linking rows (a need, a platform's turns, a facilitator's load, the money …),
the whole is worth at most what is scarce at its price, plus for each opening the best that it could be
alone. What an opening is worth alone is found exactly: groups by dynamic programming over seats, teams
greedily, since "at least so many of these" is a matroid. (Where a kind wants leads and givers both,
leads are forgotten, which only raises the bound.)
"""

from __future__ import annotations

import numpy as np

from solver.engine.arrays import Floats
from solver.propositions.call import Kind, Limits
from solver.propositions.model import Model, gives, leading
from solver.propositions.openings import Opening


def priced(model: Model, duals: Floats) -> tuple[float, Floats]:
    """An upper bound on the objective, and what each opening is worth alone (below 0: it does not pay)."""
    low, high = np.array(model.linear.low), np.array(model.linear.high)
    y = np.zeros(model.linear.rows)
    y[model.linking] = duals[model.linking]
    y = np.where(np.isinf(high), np.minimum(y, 0.0), y)
    y = np.where(np.isinf(low), np.maximum(y, 0.0), y)
    reduced = model.linear.reduced(y)
    scarce = y > 0
    bound = float((y[scarce] * high[scarce]).sum() + (y[y < 0] * low[y < 0]).sum())
    bound += float(np.maximum(reduced[model.z], 0.0).sum())
    worth = np.array([_worth(model, o, each, reduced) for o, each in enumerate(model.openings)])
    return bound + float(np.maximum(worth, 0.0).sum()), worth


def _worth(model: Model, o: int, each: Opening, reduced: Floats) -> float:
    kind = model.call.kinds[each.kind]
    group = _best_group(reduced[model.x[o]], each, model.call.limits)
    team = _best_team(reduced[model.f[o]], float(reduced[model.m[o]]), each, kind)
    return float(reduced[model.y[o]]) + group + team


def _best_group(worth: Floats, each: Opening, limits: Limits) -> float:
    """The best platforms_min to platforms_max learners that the seats hold."""
    least, most, room = limits.platforms_min, limits.platforms_max, each.seats
    order = np.argsort(-worth)
    best = [n for rank, n in enumerate(order.tolist()) if rank < least or (rank < most and worth[n] > 0)]
    if sum(each.learners[n].seats for n in best) <= room:
        return float(worth[best].sum())
    table = np.full((most + 1, room + 1), -np.inf)  # by number of learners and seats taken
    table[0, 0] = 0.0
    for n, learner in enumerate(each.learners):
        if 0 < learner.seats <= room:
            table[1:, learner.seats :] = np.maximum(
                table[1:, learner.seats :], table[:-1, : -learner.seats] + worth[n]
            )
    return float(table[least:].max())


def _best_team(worth: Floats, missing: float, each: Opening, kind: Kind) -> float:
    """The best team of teachers and people yet to be found, with as many leads, or givers, as it needs."""
    pool = [*worth.tolist(), *[missing] * kind.team]
    unknown = [True] * kind.team
    if kind.givers:
        wanted, of_these = kind.givers, [*gives(each), *[False] * kind.team]
    else:
        wanted, of_these = kind.leads, [*leading(each), *unknown]
    order = sorted(range(len(pool)), key=pool.__getitem__, reverse=True)
    first = [t for t in order if of_these[t]][:wanted]
    rest = [t for t in order if t not in first][: kind.team - len(first)]
    return float(sum(pool[t] for t in (*first, *rest)))
