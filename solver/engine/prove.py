"""The proving worker's strategy: bounds first, the optimum where the whole model is small enough.

Small rounds: the whole strong model, solved to the end; its optimum is the round's if its sessions clash
nowhere, and with its dates fixed a staffing usually mends the clashes at no loss. Others: a linear program
without calendar gives prices, from which the Lagrangian bound starts.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from solver.engine.board import Board
from solver.engine.bound import Lagrangian, lowered
from solver.engine.clashes import clashing_pairs, separate
from solver.engine.coarse import coarse_model, prices_from
from solver.engine.messages import Bounded, Found, Phase, Priced
from solver.engine.mip import Status
from solver.engine.prices import Prices
from solver.engine.staffing import settle
from solver.engine.strong_model import StrongModel

if TYPE_CHECKING:
    from solver.engine.worker import Worker

COARSE = 0.5  # share of the time for the linear program without calendar
ACCURACIES = (1e-2, 1e-3)  # to which it is solved, one after the other
WHOLE = 60_000  # candidates times options up to which the whole model is solved
STALE = 12  # subgradient steps that must bring 3 parts in 10,000 together, else the search goes on
LOWERING = 0.3  # share of the time left that they may take


def prove(worker: Worker) -> None:
    """Bound, and solve if possible; returns when there is nothing more to prove this way."""
    board = worker.board
    size = sum(options.team.ok.size + options.seats.ok.size for options in board.sets)
    if size <= WHOLE:
        solve_whole(worker)
    else:
        bound_whole(worker)


def bound_whole(worker: Worker) -> None:
    """Bound a round: the linear program without calendar, then the Lagrangian with it from those prices."""
    board, task = Board(worker.arrays, worker.board.sets), worker.task
    worker.say(Phase("bounding"))
    relaxation = Lagrangian(board)
    best, best_prices = np.inf, Prices.none(board.arrays, board.sets)

    def note(bound: float, prices: Prices) -> None:
        nonlocal best, best_prices
        if bound < best:
            best, best_prices = bound, prices
            worker.say(Bounded(rounded_down(bound)))

    note(relaxation.value(best_prices), best_prices)  # loose, but at once
    coarse = coarse_model(board)
    for accuracy in () if coarse.impossible else ACCURACIES:
        at = monotonic()
        answer = coarse.model.approximate(COARSE * (task.deadline - at), accuracy, meanwhile=worker.over)
        if worker.over():
            return
        if answer.duals is not None:
            prices = prices_from(coarse, answer.duals, board.arrays, board.sets)
            note(relaxation.value(prices), prices)
            # Where what has no price is tight (days away, languages), the linear program is the lower one.
            proven = coarse.model.proven_bound(answer.duals) + board.objective
            worker.say(Bounded(rounded_down(proven)))
            worker.prices = best_prices
            worker.say(Priced(best_prices))
        if 8 * (monotonic() - at) > task.deadline - monotonic():
            break  # the next accuracy takes several times as long
    until = monotonic() + LOWERING * (task.deadline - monotonic())
    recent = [best]
    for bound, at_prices in lowered(relaxation, best_prices, worker.target):
        note(bound, at_prices)
        recent = [*recent[-STALE:], best]
        stale = len(recent) > STALE and recent[0] - best < 3e-4 * abs(best)
        if worker.over() or stale or monotonic() >= until:
            return


def solve_whole(worker: Worker) -> None:
    """Solve the strong model of the whole round, separating clashes until there are none."""
    board, task = Board(worker.arrays, worker.board.sets), worker.task
    strong = StrongModel(board, range(len(board.sets)))
    if strong.impossible:
        return
    constant = board.objective  # of an empty board: what cancelling everything costs
    relaxed = strong.model.solve(task.deadline - monotonic(), relaxed=True, meanwhile=worker.over)
    if relaxed.duals is not None:
        worker.say(Bounded(rounded_down(strong.model.proven_bound(relaxed.duals) + constant)))
    exact = True
    while not worker.over():
        worker.say(Phase("proving"))
        answer = strong.model.solve(task.deadline - monotonic(), meanwhile=worker.over)
        if exact and answer.bound < np.inf:
            worker.say(Bounded(rounded_down(answer.bound + constant)))
        if answer.values is None:
            return
        placements = strong.placements(answer)
        pairs = clashing_pairs(board, placements)
        if pairs:
            settled, _ = settle(board, placements, task.deadline, meanwhile=worker.over)
        else:
            settled = placements
        if settled:
            worker.say(Found(tuple(board.session(placement) for placement in settled)))
        if not pairs or answer.status is not Status.OPTIMAL:
            return
        for a, b in pairs:
            separate(strong, a, b)
            # Options that another dominates were dropped as if calls of one person never met.
            exact &= not (board.sets[a].online and board.sets[b].online)


def rounded_down(bound: float) -> int:
    """A bound as a whole number: objectives are whole, and half a unit covers floating-point tolerances."""
    return int(np.floor(bound + 0.5))
