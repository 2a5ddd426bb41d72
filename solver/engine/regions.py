"""Who works where: a round cut into groups of workshops that compete with each other.

Every searcher of a round, on whatever machine, cuts it alike; each begins most steps in its own region, so
that several of them do not mend the same place, and what they gain adds up (`merge`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from solver.engine.arrays import Ints
from solver.engine.kernels.ruin import FOCUS

EVERYWHERE: Ints = np.zeros(0, dtype=np.int64)
"""The region of who works alone."""

__all__ = ["EVERYWHERE", "FOCUS", "groups", "region"]

NEAREST = 8  # related workshops that a group grows by


def groups(related: Sequence[Ints], among: Iterable[int], size: int) -> list[list[int]]:
    """Some workshops in groups of up to `size`, each grown from its first member: nearest first."""
    waiting = dict.fromkeys(among)
    found: list[list[int]] = []
    while waiting:
        group = [next(iter(waiting))]
        del waiting[group[0]]
        for w in group:  # grows while we walk
            for near in related[w][:NEAREST].tolist():
                if near in waiting and len(group) < size:
                    del waiting[near]
                    group.append(near)
        found.append(group)
    return found


def region(related: Sequence[Ints], k: int, n: int) -> Ints:
    """The k-th of n parts of a round (k from 0), about equal; with one part `EVERYWHERE`."""
    if n <= 1:
        return EVERYWHERE
    size = max(1, -(-len(related) // n))
    in_order = [w for group in groups(related, range(len(related)), size) for w in group]
    return np.array(sorted(in_order[k * size : (k + 1) * size]), dtype=np.int64)
