"""Which online starts another one makes superfluous.

Online, a start is dropped when another of the same UTC dates is at least as good for every candidate on the
same local dates. That is exact as long as nobody is in two online sessions on one day, and a relaxation
otherwise: it never cuts off a bound from above.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from solver.engine.arrays import SLOT_MINUTES, SLOTS_PER_DAY, Arrays, Bools, Ints
from solver.round import Workshop


def undominated(arrays: Arrays, workshop: Workshop, homes: Ints, start: Ints) -> Ints:
    """Online starts that no other of the same dates is at least as good as, for people of these homes.

    Start a gives way to b when both touch the same UTC dates and, at every home where one is awake
    and at work for a, one is so for b, on the same local date and with no more hours of discomfort;
    of equals the first stays. (Whoever is unavailable is so by local date, hence for both.)
    """
    length = workshop.minutes // SLOT_MINUTES
    shape = (len(homes), len(start))
    awake, day, hours = np.zeros(shape, np.bool_), np.zeros(shape, np.int64), np.zeros(shape, np.int8)
    for n, home in enumerate(homes):
        clock = arrays.clock(arrays.place_list[home].timezone, workshop.minutes)
        awake[n], day[n], hours[n] = (table[start] for table in clock)
        awake[n] &= arrays.works[home, day[n]]
    shift = np.where(awake, day - start // SLOTS_PER_DAY, 0).astype(np.int8)
    hours[~awake] = 0
    crosses = (start + length - 1) // SLOTS_PER_DAY - start // SLOTS_PER_DAY
    dates = start // SLOTS_PER_DAY * 4 + crosses
    table = np.concatenate([awake.view(np.int8)[None], hours[None], shift[None]])
    kept: list[Ints] = []
    edges = np.flatnonzero(np.diff(dates, prepend=-1, append=-1))
    for first, stop in pairwise(edges.tolist()):
        here = np.ascontiguousarray(table[:, :, first:stop].transpose(1, 0, 2))
        patterns = b"".join(sorted({row.tobytes() for row in here}))
        kept.append(first + np.flatnonzero(~_beaten(patterns, stop - first)))
    return np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)


@lru_cache(maxsize=4096)
def _beaten(patterns: bytes, slots: int) -> Bools:
    """Which slots of one day give way to another (or to nobody being there).

    `patterns` are the distinct rows of int8 [3, slots] (awake, hours, shift of the date), one or
    more homes each; most days of most workshops have the same.
    """
    rows = np.frombuffer(patterns, dtype=np.int8).reshape(-1, 3, slots)
    up, hours, shift = rows[:, 0] > 0, rows[:, 1], rows[:, 2]
    as_good = up[:, None, :] & (hours[:, :, None] >= hours[:, None, :])
    as_good &= shift[:, :, None] == shift[:, None, :]
    gives_way = (~up[:, :, None] | as_good).all(axis=0)
    equal = gives_way & gives_way.T
    beaten: Bools = np.any(gives_way & ~equal, axis=1)
    beaten |= np.any(np.tril(equal, -1), axis=1)
    beaten |= ~np.any(up, axis=0)
    return beaten
