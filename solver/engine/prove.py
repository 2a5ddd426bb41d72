"""The proving worker's strategy: bounds first, then the optimum where the model that is left is small enough.

The Lagrangian bound, whose prices help the search as well; at its prices most options and people cannot be in
any schedule as good as the best one known (`thinning`). The strong model of what is left is solved to the end
where there is time for it: its optimum is the round's if its sessions clash nowhere, and a few workshops anew
usually mend the clashes at no loss.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from solver.engine import kernels
from solver.engine.arrays import Floats
from solver.engine.board import Board, Placement
from solver.engine.bound import Lagrangian
from solver.engine.clashes import clashing_pairs, separate
from solver.engine.descent import HASTY, PATIENT, Pace, lowered
from solver.engine.kernels.ahead import compile_all
from solver.engine.messages import Bounded, Found, Phase, Priced
from solver.engine.mip import Status
from solver.engine.pricing import PIN, price
from solver.engine.staffing import settle
from solver.engine.strong_model import StrongModel
from solver.engine.thinning import Thinned, Thinning

if TYPE_CHECKING:
    from solver.engine.worker import Worker

WHOLE = 100_000  # candidates times options up to which the whole model is solved
LOWERING = 0.85  # share of the time left that lowering the bound may take; alone, as one worker of one
ALONE = 0.5
THINS = "worths.all_worths"  # what must be compiled for a small round to be thinned
NEAR = 0.002  # how far below its bound the optimum is looked for first
ENTRIES = 5_000  # candidates in options that are solved in a second, about
SOLVABLE = 300_000  # ... up to so many
THINNER = 5  # times as many can be hoped to be thinned to that
LOOSE = 0.006  # a gap from which on the cuts of a larger model are worth a worker's time
PLAINLY = 400  # workshops up to which they are priced before anything is compiled
LAST = 1.0  # seconds before the end at which a solver is to stop, so that its bound is heard
MENDING = 3  # rounds of keeping clashing workshops apart before all are solved anew
PLENTY = 10  # times as long as one descent took must be left for another, more patient one
PACE, SLOW = 25, 1e-4  # steps, and by how much they must lower the bound, once a third of that is over
FIRST_PRICES = 50  # steps of it until others are told of prices; then at 100, 200, ...
TELL_EVERY = 0.2  # seconds between bounds


def prove(worker: Worker) -> None:
    """Bound, and solve if possible; returns when there is nothing more to prove this way."""
    if too_large(worker.board):
        bounded = bound_whole(worker)
        if not worker.task.improve:
            solve_near(worker, *bounded)
    elif kernels.compiled(THINS):
        solve_near(worker, *bound_whole(worker))
    else:
        solve_whole(worker)


def too_large(board: Board) -> bool:
    """Whether the whole model is not worth a try."""
    return size(board) > WHOLE


def size(board: Board) -> int:
    """Candidates times options."""
    return sum(options.team.ok.size + options.seats.ok.size for options in board.sets)


def bound_whole(worker: Worker) -> tuple[Lagrangian, Floats, float]:
    """Bound a round by the Lagrangian relaxation, and tell the others what its prices have come to.

    Returns the relaxation, the multipliers [n] of the lowest bound, and that.
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
    return relaxation, at, best


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


def bound_relaxed(worker: Worker, strong: StrongModel, enough: Callable[[], bool]) -> None:
    """The bound of the linear relaxation of a model of the whole round, by interior points."""
    answer = strong.model.solve(worker.task.deadline - monotonic(), relaxed=True, meanwhile=enough)
    if answer.duals is not None:
        nothing = Board(worker.arrays, worker.board.sets).objective  # what cancelling everything costs
        worker.say(Bounded(rounded_down(strong.model.proven_bound(answer.duals) + nothing)))


def plain_bound(board: Board) -> float:
    """Every workshop alone at no prices; needs nothing compiled. The board must be empty."""
    total = board.objective
    for options in board.sets:
        best = price(board, options, ignoring=frozenset({"follows"})).bound.max(initial=0.0)
        pinned = len(options.pinned_team) + len(options.pinned_seats)
        total += max(0.0, float(best) - PIN * pinned)
    return total


def solve_near(worker: Worker, relaxation: Lagrangian, at: Floats, bound: float) -> None:
    """Solve what could be in a schedule near the bound; if there is none, in one as good as the best known.

    A small round is solved in any case, others only if what is left of them could be solved in time,
    or where the bound is so loose that the cuts of a model half solved are worth more than the search.
    """
    entries = np.inf
    if too_large(worker.board):
        entries = ENTRIES * (worker.task.deadline - monotonic())
        if bound - worker.best_known < LOOSE * abs(bound):
            entries = min(entries, SOLVABLE)
    if size(worker.board) > THINNER * entries:
        return
    thinning = Thinning(relaxation, at)
    thinned = thinning.down_to(max(worker.best_known, bound - NEAR * abs(bound)))
    if thinned.entries() > entries:
        return
    found = solve_whole(worker, thinned)
    if found < thinned.least and not worker.over():
        least = max(worker.best_known, found)
        solve_whole(worker, thinning.down_to(least) if least > -np.inf else None)


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
            settled = apart(worker, board, placements, pairs, thinned)
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


def apart(
    worker: Worker,
    board: Board,
    placements: list[Placement],
    pairs: list[tuple[int, int]],
    thinned: Thinned | None,
) -> list[Placement]:
    """Clashing workshops anew with all their dates open, the others on theirs; none if they clash still."""
    kept_apart = set(pairs)
    for _ in range(MENDING):
        free = {w for pair in kept_apart for w in pair}
        fixed = {p.w: p.option for p in placements if p.w not in free}
        model = StrongModel(board, free, fixed, thinned=thinned)
        for a, b in kept_apart:
            separate(model, a, b)
        answer = model.model.solve(worker.task.deadline - monotonic(), meanwhile=worker.over)
        if answer.values is None:
            return []
        found = model.placements(answer)
        clashing = clashing_pairs(board, found)
        if not clashing:
            return found
        kept_apart.update(clashing)
    return []


def rounded_down(bound: float) -> int:
    """A bound as a whole number: objectives are whole, and half a unit covers floating-point tolerances."""
    return int(np.floor(bound + 0.5))
