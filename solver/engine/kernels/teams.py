"""The best team for one session: leads, graduates, languages, size (rules 5, 6, 7, 13)."""

from __future__ import annotations

import numpy as np
from numba import njit

TABLE = 4_096  # states of the dynamic program; where there are more, a team is chosen greedily
PICKED = 96  # candidates that it looks at
NOTHING = -np.inf


@njit(cache=True)
def best_team(worth, kind, count, least, most, leads, graduates, words, chosen):
    """The best team among `count` candidates: its worth, and their indices in `chosen`; its size, or -1.

    `worth` and `kind` [count]; kind is languages * 4 + lead * 2 + graduate.
    """
    wanted = words if words & (words - 1) else 0  # one language is spoken by everybody
    if wanted == 0 and graduates == 0:
        return _plain_team(worth, kind, count, least, most, leads, chosen)
    states = (wanted + 1) * (leads + 1) * (graduates + 1) * (most + 1)
    if states > TABLE:
        return _greedy_team(worth, kind, count, least, most, leads, graduates, wanted, chosen)
    return _exact_team(worth, kind, count, least, most, leads, graduates, wanted, chosen)


@njit(cache=True)
def _plain_team(worth, kind, count, least, most, leads, chosen):
    total, size = 0.0, 0
    used = np.zeros(count, np.bool_)
    while size < most:
        best = -1
        for n in range(count):
            if used[n] or (size < leads and kind[n] & 2 == 0):
                continue
            if best < 0 or worth[n] > worth[best]:
                best = n
        if best < 0 or (size >= leads and size >= least and worth[best] <= 0.0):
            break
        used[best] = True
        total += worth[best]
        chosen[size] = best
        size += 1
    if size < least or size < leads:
        return NOTHING, -1
    return total, size


@njit(cache=True)
def _exact_team(worth, kind, count, least, most, leads, graduates, wanted, chosen):
    """Dynamic program over (languages spoken, leads, graduates, members).

    Of those who fulfil the same, only the best `most` can be wanted: at most `PICKED` candidates.
    """
    picked = np.empty(PICKED, np.int64)
    kinds = np.empty(PICKED, np.int64)
    often = np.zeros(PICKED, np.int64)
    used = np.zeros(count, np.bool_)
    kinds_met, size = 0, 0
    while size < PICKED:
        best = -1
        for n in range(count):
            if not used[n] and (best < 0 or worth[n] > worth[best]):
                best = n
        if best < 0:
            break
        used[best] = True
        k = 0
        mine = (kind[best] >> 2 & wanted) * 4 + (kind[best] & 3)
        while k < kinds_met and kinds[k] != mine:
            k += 1
        if k == kinds_met:
            kinds[k] = mine
            kinds_met += 1
        if often[k] < most:
            often[k] += 1
            picked[size] = best
            size += 1
    a, b, c = (leads + 1) * (graduates + 1) * (most + 1), (graduates + 1) * (most + 1), most + 1
    states = (wanted + 1) * a
    table = np.full(states, NOTHING)
    came = np.full((size, states), -1, np.int32)
    table[0] = 0.0
    for i in range(size):
        n = picked[i]
        spoken = kind[n] >> 2 & wanted
        lead, graduate = kind[n] >> 1 & 1, kind[n] & 1
        for members in range(min(i, most - 1), -1, -1):
            for mask in range(wanted + 1):
                for led in range(leads + 1):
                    for g in range(graduates + 1):
                        s = mask * a + led * b + g * c + members
                        if table[s] == NOTHING:
                            continue
                        t = (mask | spoken) * a + min(led + lead, leads) * b
                        t += min(g + graduate, graduates) * c + members + 1
                        if table[s] + worth[n] > table[t]:
                            table[t] = table[s] + worth[n]
                            came[i, t] = s
    best, at = NOTHING, -1
    for members in range(least, most + 1):
        t = wanted * a + leads * b + graduates * c + members
        if table[t] > best:
            best, at = table[t], t
    if at < 0:
        return NOTHING, -1
    members = 0
    for i in range(size - 1, -1, -1):
        if came[i, at] >= 0:
            chosen[members] = picked[i]
            members += 1
            at = came[i, at]
    return best, members


@njit(cache=True)
def _greedy_team(worth, kind, count, least, most, leads, graduates, wanted, chosen):
    """Whoever adds most of what is missing, then the best: for requirements beyond any table."""
    total, size, spoken, led, alumni = 0.0, 0, 0, 0, 0
    used = np.zeros(count, np.bool_)
    while size < most:
        best, most_added = -1, -1
        for n in range(count):
            if used[n]:
                continue
            added = 0
            fresh = (kind[n] >> 2 & wanted) & ~spoken
            while fresh:
                added += fresh & 1
                fresh >>= 1
            if led < leads and kind[n] & 2:
                added += 1
            if alumni < graduates and kind[n] & 1:
                added += 1
            if added > most_added or (added == most_added and worth[n] > worth[best]):
                best, most_added = n, added
        complete = spoken == wanted and led >= leads and alumni >= graduates
        if best < 0 or (complete and size >= least and worth[best] <= 0.0):
            break
        used[best] = True
        spoken |= kind[best] >> 2 & wanted
        led += kind[best] >> 1 & 1
        alumni += kind[best] & 1
        total += worth[best]
        chosen[size] = best
        size += 1
    if size < least or spoken != wanted or led < leads or alumni < graduates:
        return NOTHING, -1
    return total, size
