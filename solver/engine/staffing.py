"""Teams and seats anew, exactly: dates of some sessions fixed, of a few others free, the rest standing.

With dates and venues fixed the strong model is almost a linear program (the study measured a gap of
0.04 %), so HiGHS re-staffs a hundred sessions in seconds. With the dates of a few related workshops free
as well this is a large neighbourhood search (Shaw 1998) whose moves are optimal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING

from solver.engine.board import Board, Placement
from solver.engine.clashes import clashing_pairs, separate
from solver.engine.mip import Answer, Status
from solver.engine.strong_model import StrongModel

if TYPE_CHECKING:
    from solver.engine.thinning import Thinned

MENDING = 3  # rounds of keeping clashing workshops apart
ROUNDS = 4  # how often clashing pairs are separated before dates are fixed


def reoptimise(
    board: Board,
    free: Iterable[int],
    restaffed: Iterable[int],
    seconds: float,
    *,
    gap: float = 1e-4,
    meanwhile: Callable[[], bool] = lambda: False,
) -> Status:
    """Put the best sessions of some workshops on the board, the others standing.

    `free` may move, be held or not; `restaffed` keep their option; placed followers of both are restaffed
    too. The board is never worse afterwards. UNKNOWN: the time was up or `meanwhile` true; OPTIMAL: no
    better sessions of these workshops exist (within `gap`); FEASIBLE otherwise.
    """
    until = monotonic() + seconds
    loose = {w for w in free if len(board.sets[w])}
    kept = {w for w in restaffed if board.placed[w] is not None} - loose
    for w in [*loose, *kept]:
        kept.update(set(board.with_followers(w)) - loose)
    before, objective = board.placements(), board.objective
    fixed: dict[int, int] = {}
    for w in loose | kept:
        placement = board.placed[w]
        if placement is not None:
            board.take_out(w)
            if w in kept:
                fixed[w] = placement.option
    found, status = best_sessions(board, loose, fixed, until, gap=gap, meanwhile=meanwhile)
    for placement in found:
        board.place(placement)
    if board.objective < objective or status is Status.UNKNOWN:
        board.restore(before)
    return status


def best_sessions(
    board: Board,
    free: set[int],
    fixed: dict[int, int],
    until: float,
    *,
    gap: float,
    meanwhile: Callable[[], bool],
) -> tuple[list[Placement], Status]:
    """The best sessions of some workshops that are not on the board; none with UNKNOWN if none were found."""
    strong = StrongModel(board, free, fixed)
    if strong.impossible:
        return [], Status.UNKNOWN
    for _ in range(ROUNDS):
        answer: Answer = strong.model.solve(until - monotonic(), gap=gap, meanwhile=meanwhile)
        if answer.values is None:
            return [], Status.UNKNOWN
        placements = strong.placements(answer)
        pairs = clashing_pairs(board, placements)
        if not pairs:
            return placements, answer.status
        for a, b in pairs:
            separate(strong, a, b)
    return settle(board, placements, until, meanwhile=meanwhile)


def settle(
    board: Board, placements: list[Placement], until: float, *, meanwhile: Callable[[], bool]
) -> tuple[list[Placement], Status]:
    """Staff anew the dates of placements that clash, so that nobody is in two places."""
    strong = StrongModel(board, (), {placement.w: placement.option for placement in placements})
    if strong.impossible:
        return [], Status.UNKNOWN
    answer = strong.model.solve(until - monotonic(), meanwhile=meanwhile)
    if answer.values is None:
        return [], Status.UNKNOWN
    return strong.placements(answer), Status.FEASIBLE


def apart(
    board: Board,
    placements: list[Placement],
    pairs: Iterable[tuple[int, int]],
    until: float,
    *,
    thinned: Thinned | None = None,
    meanwhile: Callable[[], bool],
) -> list[Placement]:
    """Clashing workshops anew with all their dates open, the others on theirs; none if they clash still."""
    kept_apart = set(pairs)
    for _ in range(MENDING):
        free = {w for pair in kept_apart for w in pair}
        fixed = {p.w: p.option for p in placements if p.w not in free}
        strong = StrongModel(board, free, fixed, thinned=thinned)
        for a, b in kept_apart:
            separate(strong, a, b)
        answer = strong.model.solve(until - monotonic(), meanwhile=meanwhile)
        if answer.values is None:
            return []
        found = strong.placements(answer)
        clashing = clashing_pairs(board, found)
        if not clashing:
            return found
        kept_apart.update(clashing)
    return []
