"""The best seats for one session: number and mix (rules 8, 9), with the bonus for reach."""

from __future__ import annotations

import numpy as np
from numba import njit

from solver.engine.kernels.typed import NO, NONE, YES

NOTHING = -np.inf


@njit(cache=True)
def best_seats(worth, organisation, bonus, count, least, most, each, organisations, chosen):
    """The best seats among `count` candidates, sorted by organisation; worth and number (-1: impossible).

    `bonus` [count] is the reward for the first seat of the candidate's organisation.
    """
    if most <= 0 or each <= 0:
        return (0.0, 0) if least <= 0 and organisations <= 0 else (NOTHING, -1)
    pool = np.empty(count, np.int64)  # the best `each` of every organisation
    value = np.empty(count)
    first_of = np.zeros(count, np.bool_)
    size, met, n = NONE, 0, 0
    while n < count:
        begin, group = size, organisation[n]
        while n < count and organisation[n] == group:
            v = worth[n]
            k = size if size < begin + each else size - 1
            if size < begin + each:
                size += 1
            elif v <= value[k]:
                n += 1
                continue
            while k > begin and value[k - 1] < v:
                value[k], pool[k] = value[k - 1], pool[k - 1]
                k -= 1
            value[k], pool[k] = v, n
            n += 1
        value[begin] += bonus[pool[begin]]
        for k in range(begin, size):
            first_of[k] = k == begin
        met += 1
    if met < organisations or most < organisations:
        return NOTHING, -1
    top = np.empty(min(most, size) + 1, np.int64)
    total, firsts = 0.0, 0
    taken = _top(value, first_of, size, least, most, top, NO)
    for k in range(taken):
        total += value[top[k]]
        firsts += first_of[top[k]]
    if firsts < organisations:
        used = np.zeros(size, np.bool_)
        taken = _top(value, first_of, size, organisations, organisations, top, YES)
        if taken < organisations:
            return NOTHING, -1
        total = 0.0
        for k in range(taken):
            used[top[k]] = True
        for k in range(size):
            if used[k]:
                total += value[k]
                value[k] = NOTHING
        rest = np.empty(max(0, min(most, size) - taken) + 1, np.int64)
        more = _top(value, first_of, size, max(0, least - taken), most - taken, rest, NO)
        for k in range(more):
            if value[rest[k]] > NOTHING:
                total += value[rest[k]]
                top[taken] = rest[k]
                taken += 1
    if taken < least:
        return NOTHING, -1
    for k in range(taken):
        chosen[k] = pool[top[k]]
    return total, taken


@njit(cache=True)
def _top(value, first_of, size, least, most, top, firsts_only):
    """Indices of the largest values, at most `most`, beyond `least` only while they are positive."""
    taken = NONE
    for n in range(size):
        if firsts_only and not first_of[n]:
            continue
        v = value[n]
        if v == NOTHING:
            continue
        if taken < most:
            k = taken
            taken += 1
        elif taken > 0 and v > value[top[taken - 1]]:
            k = taken - 1
        else:
            continue
        while k > 0 and value[top[k - 1]] < v:
            top[k] = top[k - 1]
            k -= 1
        top[k] = n
    while taken > least and value[top[taken - 1]] <= 0.0:
        taken -= 1
    return taken
