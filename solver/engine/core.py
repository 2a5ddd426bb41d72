"""The core of a round: at the prices of the bound, what good schedules are made of, solved as one model.

Of a thousand candidates in a hundred options few are worth nearly as much as the best of their workshop at
prices near the best: the rest is left out (`Thinning.core`; Balas and Zemel 1980), and of what is left the
strong model chooses dates, teams and seats of a hundred workshops at once. Larger rounds are solved part by
part, each a group of workshops that compete, the others standing.
"""

from __future__ import annotations

from collections.abc import Collection
from time import monotonic
from typing import TYPE_CHECKING

from solver.engine import adopt
from solver.engine.board import Placement
from solver.engine.clashes import clashing_pairs
from solver.engine.improve import related_workshops
from solver.engine.merge import merge
from solver.engine.messages import Found, Phase
from solver.engine.regions import groups
from solver.engine.staffing import apart, settle
from solver.engine.strong_model import StrongModel

if TYPE_CHECKING:
    from solver.engine.thinning import Thinned, Thinning
    from solver.engine.worker import Worker

BELOW = 300.0  # hundredths of a point that what is in the core may be worth less than the best
ENTRIES = 7_000  # candidates in options for each second there is
MOST, LEAST = 320_000, 60_000  # ... at most, and at least: smaller parts are what the search solves
SOLVING = 0.8  # share of the time for the model; the rest is for what clashes in its solution
LONGEST = 60.0  # seconds for one part
MERGING = 3.0  # seconds
GAP = 1e-3  # at which a solution is good enough
LAST = 1.5  # seconds before the end at which others are to hear of it


def budget(seconds: float) -> float:
    """Entries of the core that can be solved in so many seconds."""
    return min(MOST, ENTRIES * SOLVING * seconds)


def solve_cores(worker: Worker, thinning: Thinning) -> None:
    """Improve the best schedule known by the core, part by part, for as long as there is time for a part."""
    board, over = worker.board, worker.over
    related = related_workshops(worker.slate)
    best: list[Placement | None] = []
    if budget(worker.task.deadline - LAST - monotonic()) >= LEAST:
        worker.say(Phase("staffing"))
    while not over():
        until = min(worker.task.deadline - LAST, monotonic() + LONGEST)
        entries = budget(until - monotonic())
        if entries < LEAST:
            return
        offered = [found for each in worker.offered if (found := adopt.placements_of(board, each.sessions))]
        known = [*offered, best] if best else offered
        merged = merge(board, known, MERGING, meanwhile=over) if known else None
        if merged is None:
            return  # nobody has a schedule yet
        board.restore(merged)
        core = thinning.core(BELOW, merged)
        workshops = list(range(len(board.sets)))
        share = entries / max(1, core.entries())
        if share < 1.0:
            worker.rng.shuffle(workshops)
            workshops = groups(related, workshops, max(1, int(share * len(workshops))))[0]
        improved = solve_core(worker, core, workshops, until)
        best = board.placements()
        if improved:
            worker.say(Found(board.sessions()))
        if share >= 1.0:
            return


def solve_core(worker: Worker, core: Thinned, workshops: Collection[int], until: float) -> bool:
    """The best sessions of some workshops in the core, the others standing; whether the board is better."""
    board, over = worker.board, worker.over
    before, objective = board.placements(), board.objective
    free, fixed = set(workshops), dict[int, int]()
    for w in workshops:
        for follower in board.with_followers(w):
            placement = board.placed[follower]
            if placement is not None:
                board.take_out(follower)
                if follower not in free:
                    fixed[follower] = placement.option
    strong = StrongModel(board, free, fixed, thinned=core)
    seconds = SOLVING * (until - monotonic())
    answer = None if strong.impossible else strong.model.solve(seconds, gap=GAP, meanwhile=over)
    if answer is not None and answer.values is not None:
        found = strong.placements(answer)
        pairs = clashing_pairs(board, found)
        if pairs:
            mended = apart(board, found, pairs, 0.5 * (monotonic() + until), thinned=core, meanwhile=over)
            found = mended or settle(board, found, until, meanwhile=over)[0]
        for placement in found:
            board.place(placement)
    if board.objective > objective and not over():
        return True
    board.restore(before)
    return False
