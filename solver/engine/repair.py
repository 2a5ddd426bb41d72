"""Repair: from a schedule that a change has broken to the best one near it, in rings around the breach.

0. What is not affected (`solver.affected`) stands; the rest is composed anew where it was and with whom.
1. The affected sessions anew, all others standing: exactly. Where many are affected, dates are kept at first.
2. The same with the sessions most related to them staffed anew: exactly.
3. A large neighbourhood around each affected workshop: a few workshops free, their surroundings staffed anew.

Each step starts from the best so far, and the board is never worse after it. What each alteration costs is
in the objective (`change`, `cancel`), hence in the models. After the last ring the search goes on over the
whole round (`search`), and the bound says when that is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic

import numpy as np

from solver.affected import affected
from solver.engine import adopt
from solver.engine.board import Board, Placement
from solver.engine.improve import related_workshops
from solver.engine.mip import Status
from solver.engine.staffing import best_sessions, reoptimise
from solver.schedule import Session

FEW, MANY = 6, 20  # affected sessions up to which dates are free at once, and at all
LARGEST = 100  # beyond, a model of them all would be no ring any more: the search staffs them in parts
AROUND = 15  # related sessions staffed anew
NEAR = 4  # related workshops whose dates are free, besides
SHARE = 0.5  # of the time left that one step may take
TURN = 4.0  # seconds that one neighbourhood of the last ring may take
STALE = 4  # neighbourhoods in a row that may bring nothing before the search takes over


def mend(
    board: Board,
    sessions: Sequence[Session],
    rng: np.random.Generator,
    deadline: float,
    *,
    over: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """Repair sessions on an empty board, ring by ring; yields after each step, when the board is whole.

    `deadline` is on the monotonic clock. Where pins demand what cannot be placed beside the sessions
    that stand, not even by the model, these are given up for it at the end; it may still be lacking then.
    """
    hurt = stand(board, sessions)
    adopt.keep(board, sessions)
    yield
    if hurt and len(hurt) <= LARGEST and not over():
        yield from _rings(board, sessions, hurt, deadline, over)
    if _lacking(board) and not over():
        adopt.repair(board, sessions, rng)
        yield


def _rings(
    board: Board, sessions: Sequence[Session], hurt: list[int], deadline: float, over: Callable[[], bool]
) -> Iterator[None]:
    """The steps after the first, as long as there is something to improve on."""

    def left() -> float:
        return SHARE * (deadline - monotonic())

    if len(hurt) > FEW:
        _anew(board, sessions, hurt, left(), over, dates_kept=True)
        yield
    if len(hurt) <= MANY and not over():
        _anew(board, sessions, hurt, left(), over, dates_kept=False)
        yield
    if over() or _lacking(board):
        return
    related = related_workshops(board)
    around = [w for w in _nearest(hurt, related) if board.placed[w] is not None][:AROUND]
    free, staffed = (hurt, around) if len(hurt) <= MANY else ([], [*hurt, *around])
    reoptimise(board, free, staffed, left(), meanwhile=over)
    yield
    stale = 0
    for w in hurt:
        if over() or stale == STALE:
            return
        close, objective = related[w].tolist(), board.objective
        free, staffed = [w, *close[:NEAR]], close[NEAR : NEAR + AROUND]
        reoptimise(board, free, staffed, min(TURN, left()), meanwhile=over)
        stale = 0 if board.objective > objective else stale + 1
        yield


def stand(board: Board, sessions: Sequence[Session]) -> list[int]:
    """Place what is not affected; the other workshops among the sessions, and what pins demand besides."""
    number = board.arrays.workshop_number
    broken = affected(board.arrays.round, sessions)
    wanted: list[Placement | None] = [None] * len(board.sets)
    for session in sessions:
        if session.workshop not in broken:
            wanted[number[session.workshop]] = adopt.placement_of(board, session)
    # What has no option left although no rule says so is affected too, with all that follows it.
    for w in sorted(range(len(wanted)), key=board.depth):
        if board.parent[w] >= 0 and wanted[board.parent[w]] is None:
            wanted[w] = None
    board.restore(wanted)
    told = {number[session.workshop] for session in sessions}
    demanded = {w for w, options in enumerate(board.sets) if options.must}
    return sorted(w for w in told | demanded if wanted[w] is None)


def _anew(
    board: Board,
    sessions: Sequence[Session],
    hurt: list[int],
    seconds: float,
    over: Callable[[], bool],
    *,
    dates_kept: bool,
) -> None:
    """The best sessions of the affected workshops, all others standing; the board is never worse.

    With `dates_kept` those that could be held as before keep their venue and start, so that whether and by
    whom they are held is almost a linear program; of the others the most important are free.
    """
    fixed: dict[int, int] = {}
    for session in sessions if dates_kept else ():
        w = board.arrays.workshop_number[session.workshop]
        o = adopt.option_of(board, session) if w in hurt else None
        if o is not None:
            fixed[w] = o
    free = [w for w in hurt if w not in fixed and len(board.sets[w])]
    if dates_kept:
        free = sorted(free, key=lambda w: (not board.sets[w].must, -board.sets[w].held_value))[:FEW]
    before, objective, lacking = board.placements(), board.objective, _lacking(board)
    for w in hurt:
        for each in reversed(board.with_followers(w)) if board.placed[w] is not None else ():
            board.take_out(each)
    gap = 1e-3 if dates_kept else 0.0
    found, status = best_sessions(board, set(free), fixed, monotonic() + seconds, gap=gap, meanwhile=over)
    for placement in found:
        board.place(placement)
    if status is Status.UNKNOWN or (board.objective < objective and not lacking):
        board.restore(before)


def _lacking(board: Board) -> bool:
    """Whether something that pins demand is not placed."""
    return any(options.must and board.placed[w] is None for w, options in enumerate(board.sets))


def _nearest(hurt: list[int], related: list[np.ndarray]) -> list[int]:
    """The workshops most related to the affected ones, each of these naming one in turn."""
    found: dict[int, None] = {}
    for rank in range(max((related[w].size for w in hurt), default=0)):
        found.update((int(related[w][rank]), None) for w in hurt if rank < related[w].size)
    return [w for w in found if w not in hurt]
