"""Repair: from a schedule that a change has broken to the best one near it, in rings around the breach.

1. What is not affected (`solver.affected`) stands; the rest is composed anew where it was and with whom.
2. The affected sessions, dates and people free, everything else standing: exactly.
3. The same with the sessions most related to them staffed anew: exactly.
4. A large neighbourhood around each affected workshop: a few workshops free, their surroundings staffed anew.

Each ring contains the last but one and starts from the best so far, so that the board is never worse than
before. What each alteration costs is in the objective (`change`, `cancel`), hence in the models. After the
last ring the search goes on over the whole round (`search`), and the bound says when that is enough.
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

FREE = 8  # affected sessions whose dates are all free at once
AROUND = 15  # related sessions staffed anew
NEAR = 4  # related workshops whose dates are free, besides
SHARE = 0.5  # of the time left that one step may take
TURNS = 24  # neighbourhoods in the last ring


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
    that stand, these are given up for it; if that does not help either, the board lacks it at the end.
    """
    hurt = stand(board, sessions)
    adopt.repair(board, sessions, rng)
    yield

    def left() -> float:
        return SHARE * (deadline - monotonic())

    if hurt and not over():
        _anew(board, sessions, hurt, left(), over)
        yield
    if not hurt or over():
        return
    related = related_workshops(board)
    near = _nearest(hurt, related)
    around = [w for w in near if board.placed[w] is not None][:AROUND]
    if len(hurt) <= FREE:
        reoptimise(board, hurt, around, left(), meanwhile=over)
    else:
        reoptimise(board, (), [*hurt, *around], left(), meanwhile=over)
    yield
    for w in hurt[:TURNS]:
        if over():
            return
        close = related[w].tolist()
        reoptimise(board, [w, *close[:NEAR]], close[NEAR : NEAR + AROUND], left(), meanwhile=over)
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
    board: Board, sessions: Sequence[Session], hurt: list[int], seconds: float, over: Callable[[], bool]
) -> None:
    """The best sessions of the affected workshops, all others standing; the board is never worse.

    Where many are affected (a fund is cut), those that could be held as before keep their dates at first:
    whether and by whom they are held is then almost a linear program.
    """
    if len(hurt) <= FREE:
        reoptimise(board, hurt, (), seconds, gap=0.0, meanwhile=over)
        return
    fixed: dict[int, int] = {}
    for session in sessions:
        w = board.arrays.workshop_number[session.workshop]
        o = adopt.option_of(board, session) if w in hurt else None
        if o is not None:
            fixed[w] = o
    before, objective = board.placements(), board.objective
    for w in hurt:
        if board.placed[w] is not None:
            for each in reversed(board.with_followers(w)):
                board.take_out(each)
    free = {w for w in hurt if w not in fixed and len(board.sets[w])}
    if len(free) > FREE:
        free = set(sorted(free, key=lambda w: -board.sets[w].held_value)[:FREE])
    found, status = best_sessions(board, free, fixed, monotonic() + seconds, gap=1e-4, meanwhile=over)
    for placement in found:
        board.place(placement)
    if status is Status.UNKNOWN or board.objective < objective:
        board.restore(before)


def _nearest(hurt: list[int], related: list[np.ndarray]) -> list[int]:
    """The workshops most related to the affected ones, each of these naming one in turn."""
    found: dict[int, None] = {}
    for rank in range(max((related[w].size for w in hurt), default=0)):
        found.update((int(related[w][rank]), None) for w in hurt if rank < related[w].size)
    return [w for w in found if w not in hurt]
