"""A first schedule: workshops inserted one by one, each where it is worth most.

Order: what pins demand comes first (with what it follows), the tightest first; then by priority and
need. A workshop that others follow is inserted with a wish to seat people who could facilitate those
(`graduate_wishes`), else its replications could rarely be held.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solver.engine.board import Board, Placement
from solver.engine.options import NOWHERE
from solver.engine.prices import Prices
from solver.engine.pricing import Wishes, best_session, price

FORCED_LOOKS = 200  # how many options of a demanded workshop are tried
TRIES = 60  # how often the demanded workshops are laid out anew
FORCED_WISH = 1e6  # a seat for somebody whom a demanded follower needs


def construct(
    board: Board,
    rng: np.random.Generator,
    *,
    prices: Prices | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> list[int]:
    """Fill an empty or partly filled board; the demanded workshops that could not be placed, if any."""
    failed = place_demanded(board, rng, stop=stop)
    for w in insertion_order(board):
        if stop():
            break
        if board.placed[w] is None:
            insert(board, w, rng, prices=prices)
    return failed


def place_demanded(
    board: Board, rng: np.random.Generator, *, stop: Callable[[], bool] = lambda: False
) -> list[int]:
    """Place what pins demand; those that could not be placed in the best of `TRIES` attempts.

    Each attempt starts afresh and lays out what failed before, with its chain, earlier: the squeaky
    wheel gets the grease (Joslin and Clements 1999).
    """
    demanded = [w for w, options in enumerate(board.sets) if options.must]
    if all(board.placed[w] is not None for w in demanded):
        return []
    blame = dict.fromkeys(demanded, 0.0)
    best: tuple[int, list[Placement | None], list[int]] | None = None
    for _ in range(TRIES):
        for w in demanded:
            if board.placed[w] is not None:
                for each in reversed(board.with_followers(w)):
                    board.take_out(each)
        failed = [w for w in _demanded_order(board, demanded, blame) if not insert(board, w, rng)]
        if best is None or len(failed) < best[0]:
            best = len(failed), board.placements(), failed
        if not failed or stop():
            break
        for w in failed:
            blame[w] += 1.0 + rng.random()
    if best is None:
        return demanded
    board.restore(best[1])
    return best[2]


def _demanded_order(board: Board, demanded: list[int], blame: dict[int, float]) -> list[int]:
    """The blamed first, then those whose people are pinned, then the tightest; parents before followers."""

    def chain(w: int) -> list[int]:
        return [*(chain(board.parent[w]) if board.parent[w] != NOWHERE else ()), w]

    def tightness(w: int) -> tuple[float, bool, int]:
        options = board.sets[w]
        return (-blame[w], not (options.pinned_team or options.pinned_seats), len(options))

    ordered: dict[int, None] = {}
    for w in sorted(demanded, key=tightness):
        ordered.update(dict.fromkeys(chain(w)))
    return list(ordered)


def insertion_order(board: Board) -> list[int]:
    """Parents before followers, then by what a session and its followers bring."""

    def key(w: int) -> tuple[int, float, int]:
        options = board.sets[w]
        followers = sum(board.sets[child].held_value for child in board.children[w])
        return (
            board.depth(w),
            -(options.held_value + 0.5 * followers) / max(1, options.workshop.team.min),
            w,
        )

    return sorted(range(len(board.sets)), key=key)


def insert(
    board: Board,
    w: int,
    rng: np.random.Generator,
    *,
    looks: int = 12,
    noise: float = 0.0,
    prices: Prices | None = None,
) -> bool:
    """Insert a workshop where it is worth most, if it is worth anything or demanded; whether it was."""
    options = board.sets[w]
    if not len(options):
        return False
    wishes = graduate_wishes(board, w, rng) if board.children[w] else None
    priced = price(board, options, wishes, prices=prices)
    variety = rng.normal(0.0, noise, len(options)) if noise else None
    found = best_session(board, priced, looks=FORCED_LOOKS if options.must else looks, noise=variety)
    if found is None or (found[0] <= 0 and prices is None and not options.must):
        return False
    before = board.objective
    board.place(found[1])
    # At prices most workshops come out near 0, as they should: they decide how it is held, not whether.
    if prices is not None and not options.must and wishes is None and board.objective <= before:
        board.take_out(w)
        return False
    return True


def graduate_wishes(board: Board, w: int, rng: np.random.Generator) -> Wishes:
    """Extra worth for seats whose holders could facilitate the workshops that follow `w`.

    Each unplaced follower names as many people as it needs graduates, the cheapest for it with some
    chance; a named seat is worth a part of what the follower is.
    """
    wishes = Wishes()
    options = board.sets[w]
    row_of = {p: row for row, p in enumerate(options.seats.people.tolist())}
    for child in board.children[w]:
        follower = board.sets[child]
        needed = follower.workshop.follows.graduates if follower.workshop.follows else 0
        if not needed or not len(follower) or board.placed[child] is not None:
            continue
        team = follower.team
        able = team.ok.any(axis=1) & (
            board.facilitates[team.people] < board.arrays.max_workshops[team.people]
        )
        worth = np.where(team.ok, team.worth(), -np.inf).max(axis=1)
        rows = [int(r) for r in np.flatnonzero(able) if int(team.people[r]) in row_of]
        if not rows:
            continue
        # Gumbel noise: the k best of noisy scores are a random draw that favours the good ones.
        scores = worth[rows] + rng.gumbel(0.0, 300.0, len(rows))
        bonus = FORCED_WISH if follower.must else 0.5 * follower.held_value / needed
        for k in np.argsort(-scores)[:needed].tolist():
            row = row_of[int(team.people[rows[k]])]
            wishes.seats[row] = wishes.seats.get(row, 0.0) + bonus
    return wishes
