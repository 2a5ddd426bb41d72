"""A first schedule with nothing compiled, for the minute in which the kernels are made on a new machine.

The same moves as `construct`, with `pricing` in place of the kernels: some ten times slower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from solver.engine.board import Board
from solver.engine.construct import TRIES, demanded_order, insertion_order
from solver.engine.pricing import Wishes, best_session, price

GRADUATE = 1e5  # worth of a seat for somebody who could facilitate what pins demand after it


def fill(board: Board, rng: np.random.Generator, stop: Callable[[], bool]) -> Iterator[None]:
    """Insert what is not on the board, what pins demand first; yields after each insertion."""
    if not complete(board):
        lay_out_demanded(board, rng, stop)
    for w in insertion_order(board):
        if stop():
            return
        if board.placed[w] is None and insert(board, w):
            yield


def complete(board: Board) -> bool:
    """Whether all that pins demand is on the board; without that it is no schedule."""
    return all(board.placed[w] is not None for w, options in enumerate(board.sets) if options.must)


def lay_out_demanded(board: Board, rng: np.random.Generator, stop: Callable[[], bool]) -> bool:
    """Lay out anew what pins demand (`construct.place_demanded`); whether all of it could be placed."""
    demanded = [w for w, options in enumerate(board.sets) if options.must]
    blame = dict.fromkeys(demanded, 0.0)
    for _ in range(TRIES):
        for w in demanded:
            if board.placed[w] is not None:
                for each in reversed(board.with_followers(w)):
                    board.take_out(each)
        failed = [w for w in demanded_order(board, demanded, blame) if not insert(board, w)]
        if not failed or stop():
            return not failed
        for w in failed:
            blame[w] += 1.0 + rng.random()
    return False


def insert(board: Board, w: int) -> bool:
    """Place a workshop where it is worth most, if it is worth anything or demanded; whether it is placed."""
    options = board.sets[w]
    if board.placed[w] is not None or not len(options):
        return board.placed[w] is not None
    found = best_session(board, price(board, options, _wishes(board, w)))
    if found is None or (found[0] <= 0 and not options.must):
        return False
    board.place(found[1])
    return True


def _wishes(board: Board, w: int) -> Wishes:
    """Seats for those who could facilitate what is demanded after it."""
    options = board.sets[w]
    wanted = {
        person
        for v, follower in enumerate(board.sets)
        if follower.must and board.parent[v] == w
        for person in follower.team.people.tolist()
    }
    return Wishes(seats={row: GRADUATE for row, p in enumerate(options.seats.people.tolist()) if p in wanted})
