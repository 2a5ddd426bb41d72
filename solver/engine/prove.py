"""The proving worker's strategy: bounds first, then the optimum where the model that is left is small enough.

The Lagrangian bound, whose prices help the search as well; at its prices most options and people cannot be in
any schedule as good as the best one known, and what is left may be small enough to be solved (`whole`).
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from solver.engine import kernels
from solver.engine.arrays import Floats
from solver.engine.board import Board
from solver.engine.bound import Lagrangian, rounded_down
from solver.engine.core import solve_cores
from solver.engine.descent import HASTY, PATIENT, Pace, lowered
from solver.engine.kernels.ahead import compile_all
from solver.engine.messages import Bounded, Phase, Priced
from solver.engine.pricing import PIN, price
from solver.engine.thinning import Thinning
from solver.engine.whole import size, solve_near, solve_whole, too_large

if TYPE_CHECKING:
    from solver.engine.worker import Worker

LOWERING = 0.85  # share of the time left that lowering the bound may take; alone, as one worker of one
ALONE = 0.5
THINS = "worths.all_worths"  # what must be compiled for a small round to be thinned
THINNING = 100_000  # candidates in options to thin for each second there is: a tenth of what can be
PLAINLY = 400  # workshops up to which they are priced before anything is compiled
PLENTY = 10  # times as long as one descent took must be left for another, more patient one
PACE, SLOW = 25, 1e-4  # steps, and by how much they must lower the bound, once a third of that is over
FIRST_PRICES = 50  # steps of it until others are told of prices; then at 100, 200, ...
TELL_EVERY = 0.2  # seconds between bounds


def prove(worker: Worker) -> None:
    """Bound, and solve if possible; returns when there is nothing more to prove this way."""
    if not too_large(worker.board):
        if kernels.compiled(THINS):
            relaxation, at = bound_whole(worker)
            solve_near(worker, Thinning(relaxation, at))
        else:
            solve_whole(worker)
        return
    relaxation, at = bound_whole(worker)
    left = worker.task.deadline - monotonic()
    if worker.task.improve or size(worker.board) > THINNING * left:
        return
    thinning = Thinning(relaxation, at)
    if not solve_near(worker, thinning):
        solve_cores(worker, thinning)
        solve_near(worker, thinning, half=True)


def bound_whole(worker: Worker) -> tuple[Lagrangian, Floats]:
    """Bound a round by the Lagrangian relaxation, and tell the others what its prices have come to.

    Returns the relaxation and the multipliers [n] of the lowest bound.
    """
    task = worker.task
    worker.say(Phase("bounding"))
    if not kernels.compiled("oracle.best_options"):
        compile_first(worker)
    relaxation = Lagrangian(worker.board, worker.slate.field)
    begun = monotonic()
    until = begun + (ALONE if task.improve else LOWERING) * (task.deadline - begun)
    best, at = descend(worker, relaxation, HASTY, until)
    tell(worker, relaxation, best, at)
    if not task.improve and monotonic() + PLENTY * (monotonic() - begun) < until and too_large(worker.board):
        lower, there = descend(worker, relaxation, PATIENT, until, told=best)
        if lower < best:
            best, at = lower, there
            tell(worker, relaxation, best, at)
    return relaxation, at


def descend(
    worker: Worker, relaxation: Lagrangian, pace: Pace, until: float, told: float = np.inf
) -> tuple[float, Floats]:
    """Lower the bound from no prices at all, telling of what is below `told`; the lowest, and where it is."""
    begun, told_at, priced, before = monotonic(), -np.inf, FIRST_PRICES, np.inf
    for step, (best, at) in enumerate(lowered(relaxation, np.zeros(relaxation.size), worker.target, pace)):
        if best < told and monotonic() - told_at >= TELL_EVERY:
            told, told_at = best, monotonic()
            worker.say(Bounded(rounded_down(best)))
        if pace is HASTY and step == priced:
            priced *= 2
            worker.prices = relaxation.prices(at)
            worker.say(Priced(worker.prices))
        if worker.over() or monotonic() >= until:
            break
        if pace is HASTY and step % PACE == 0:
            if before - best < SLOW * abs(best) and 3 * (monotonic() - begun) > until - begun:
                break  # what is left is better spent on the search
            before = best
    return best, at


def tell(worker: Worker, relaxation: Lagrangian, bound: float, at: Floats) -> None:
    """Tell the others of a bound, and of the prices at which it holds."""
    worker.say(Bounded(rounded_down(bound)))
    worker.prices = relaxation.prices(at)
    worker.say(Priced(worker.prices))


def compile_first(worker: Worker) -> None:
    """Compile what everybody waits for; before it, a bound at no prices where that is soon found."""
    if len(worker.board.sets) <= PLAINLY:
        tell_plain_bound(worker)
    compile_all()


def tell_plain_bound(worker: Worker) -> None:
    """A bound that needs nothing compiled."""
    worker.say(Bounded(rounded_down(plain_bound(Board(worker.arrays, worker.board.sets)))))


def plain_bound(board: Board) -> float:
    """Every workshop alone at no prices; needs nothing compiled. The board must be empty."""
    total = board.objective
    for options in board.sets:
        best = price(board, options, ignoring=frozenset({"follows"})).bound.max(initial=0.0)
        pinned = len(options.pinned_team) + len(options.pinned_seats)
        total += max(0.0, float(best) - PIN * pinned)
    return total
