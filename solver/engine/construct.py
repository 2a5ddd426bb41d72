"""A first schedule: workshops inserted one by one, each where it is worth most.

Order: what pins demand comes first (with what it follows), the tightest first; then the large before the
small, in days of the team, as in packing bins (first fit decreasing, Johnson 1973): where many people have
to be free for many days there is no room later. A workshop that others follow is inserted with a wish to
seat people who could facilitate those (`kernels.ruin.wish_for_graduates`), else its replications could
rarely be held.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solver.engine.board import Board
from solver.engine.field import State
from solver.engine.options import NOWHERE
from solver.engine.slate import Slate

FORCED_LOOKS = 200  # how many options of a demanded workshop are tried
TRIES = 60  # how often the demanded workshops are laid out anew


def construct(
    slate: Slate, rng: np.random.Generator, *, stop: Callable[[], bool] = lambda: False
) -> list[int]:
    """Fill an empty or partly filled slate; the demanded workshops that could not be placed, if any.

    Insertions respect the slate's prices, if it has any.
    """
    failed = place_demanded(slate, rng, stop=stop)
    for w in insertion_order(slate):
        if stop():
            break
        if not slate.holds(w):
            slate.insert(w, level=int(slate.priced))
    return failed


def place_demanded(
    slate: Slate, rng: np.random.Generator, *, stop: Callable[[], bool] = lambda: False
) -> list[int]:
    """Place what pins demand; those that could not be placed in the best of `TRIES` attempts.

    Each attempt starts afresh and lays out what failed before, with its chain, earlier: the squeaky
    wheel gets the grease (Joslin and Clements 1999).
    """
    demanded = [w for w, options in enumerate(slate.sets) if options.must]
    if all(slate.holds(w) for w in demanded):
        return []
    blame = dict.fromkeys(demanded, 0.0)
    best: tuple[int, State, list[int]] | None = None
    for _ in range(TRIES):
        for w in demanded:
            if slate.holds(w):
                for each in reversed(slate.with_followers(w)):
                    slate.take_out(each)
        failed = [
            w for w in demanded_order(slate, demanded, blame) if not slate.insert(w, looks=FORCED_LOOKS)
        ]
        if best is None or len(failed) < best[0]:
            best = len(failed), slate.copy(), failed
        if not failed or stop():
            break
        for w in failed:
            blame[w] += 1.0 + rng.random()
    if best is None:
        return demanded
    slate.back_to(best[1])
    return best[2]


def demanded_order(slate: Slate | Board, demanded: list[int], blame: dict[int, float]) -> list[int]:
    """The blamed first, then those whose people are pinned, then the tightest; parents before followers."""

    def chain(w: int) -> list[int]:
        return [*(chain(slate.parent[w]) if slate.parent[w] != NOWHERE else ()), w]

    def tightness(w: int) -> tuple[float, bool, int]:
        options = slate.sets[w]
        return (-blame[w], not (options.pinned_team or options.pinned_seats), len(options))

    ordered: dict[int, None] = {}
    for w in sorted(demanded, key=tightness):
        ordered.update(dict.fromkeys(chain(w)))
    return list(ordered)


def insertion_order(slate: Slate | Board) -> list[int]:
    """Parents before followers, then the large before the small, then by what a session brings."""

    def key(w: int) -> tuple[int, int, float, int]:
        options = slate.sets[w]
        workshop = options.workshop
        size = max(1, workshop.days) * max(1, workshop.team.min)
        return slate.depth(w), -size, -options.held_value, w

    return sorted(range(len(slate.sets)), key=key)
