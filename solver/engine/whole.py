"""The whole round by the strong model, less what no schedule near the bound can have (`thinning`).

Its optimum is the round's if its sessions clash nowhere; a few workshops anew mostly mend clashes at no loss.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from solver.engine.board import Board
from solver.engine.bound import rounded_down
from solver.engine.clashes import clashing_pairs, separate
from solver.engine.messages import Bounded, Found, Phase
from solver.engine.mip import Status
from solver.engine.staffing import apart, settle
from solver.engine.strong_model import StrongModel
from solver.engine.thinning import Thinned, Thinning

if TYPE_CHECKING:
    from solver.engine.worker import Worker

WHOLE = 100_000  # candidates times options up to which the whole model is solved
NEAR = 0.002  # how far below its bound the optimum is looked for first
ENTRIES = 5_000  # candidates in options that are solved in a second, about
SOLVABLE = 300_000  # ... up to so many
LOOSE = 0.006  # a gap from which on the cuts of a larger model are worth a worker's time
LAST = 1.0  # seconds before the end at which a solver is to stop, so that its bound is heard


def too_large(board: Board) -> bool:
    """Whether the whole model is not worth a try."""
    return size(board) > WHOLE


def size(board: Board) -> int:
    """Candidates times options."""
    return sum(options.team.ok.size + options.seats.ok.size for options in board.sets)


def solve_near(worker: Worker, thinning: Thinning, *, half: bool = False) -> bool:
    """Solve what could be in a schedule near the bound; if there is none, in one as good as the best known.

    A small round is solved in any case, others only if what is left of them could be solved in time; or by
    half, where the bound is so loose that the cuts of a larger model are worth more than the search. Returns
    whether it was.
    """
    bound = thinning.bound
    thinned = thinning.down_to(max(worker.best_known, bound - NEAR * abs(bound)))
    if too_large(worker.board):
        entries = thinned.entries()
        loose = half and bound - worker.best_known > LOOSE * abs(bound)
        in_time = entries <= ENTRIES * (worker.task.deadline - monotonic())
        if not in_time or (entries > SOLVABLE and not loose):
            return False
    found = solve_whole(worker, thinned)
    if found < thinned.least and not worker.over():
        least = max(worker.best_known, found)
        solve_whole(worker, thinning.down_to(least) if least > -np.inf else None)
    return True


def solve_whole(worker: Worker, thinned: Thinned | None = None) -> float:
    """Solve the strong model of the whole round, separating clashes until there are none.

    Returns what its optimum is worth, -inf if it found none.
    """
    board, task = Board(worker.arrays, worker.board.sets), worker.task
    constant = board.objective  # of an empty board: what cancelling everything costs
    strong = StrongModel(board, range(len(board.sets)), thinned=thinned)
    least = -np.inf if thinned is None else thinned.least
    exact = True
    if thinned is None and not strong.impossible:
        bound_relaxed(worker, strong, worker.over)
    while not worker.over() and not strong.impossible:
        worker.say(Phase("proving"))
        left = task.deadline - monotonic()
        answer = strong.model.solve(left - min(LAST, 0.1 * left), meanwhile=worker.over)
        if answer.status is Status.INFEASIBLE:
            break
        if exact and answer.bound < np.inf:
            worker.say(Bounded(rounded_down(max(least, answer.bound + constant))))
        if answer.values is None:
            return -np.inf
        placements = strong.placements(answer)
        pairs = clashing_pairs(board, placements)
        if pairs:
            settled = apart(board, placements, pairs, task.deadline, thinned=thinned, meanwhile=worker.over)
            if not settled:
                settled, _ = settle(board, placements, task.deadline, meanwhile=worker.over)
        else:
            settled = placements
        if settled:
            worker.say(Found(tuple(board.session(placement) for placement in settled)))
        if not pairs or answer.status is not Status.OPTIMAL:
            return -np.inf if pairs else answer.objective + constant
        for a, b in pairs:
            separate(strong, a, b)
            # Options that another dominates were dropped as if calls of one person never met.
            exact &= not (board.sets[a].online and board.sets[b].online)
    if exact and thinned is not None and not worker.over():
        worker.say(Bounded(rounded_down(least)))  # nothing is worth as much
    return -np.inf


def bound_relaxed(worker: Worker, strong: StrongModel, enough: Callable[[], bool]) -> None:
    """The bound of the linear relaxation of a model of the whole round, by interior points."""
    answer = strong.model.solve(worker.task.deadline - monotonic(), relaxed=True, meanwhile=enough)
    if answer.duals is not None:
        nothing = Board(worker.arrays, worker.board.sets).objective  # what cancelling everything costs
        worker.say(Bounded(rounded_down(strong.model.proven_bound(answer.duals) + nothing)))
