"""What each option could bring on an empty slate, at prices: an upper bound, and a good order."""

from __future__ import annotations

import numpy as np
from numba import njit

from solver.engine.kernels.seats import best_seats
from solver.engine.kernels.teams import NOTHING, TABLE, best_team
from solver.engine.kernels.typed import NONE

PIN = 1e9  # added to the worth of whom a pin names, so that they come first


@njit(cache=True)
def ranked(field, price, reach):
    """What each option could bring on an empty board at prices [C], and the options of each workshop in
    falling order of that: (bound [O], of it by seats [O], order [O])."""
    bound = np.full(len(field.options), NOTHING)
    by_seats = np.zeros(len(field.options))
    order = np.empty(len(field.options), np.int64)
    for w in range(len(field.workshops)):
        here = field.workshops[w]
        worth = np.empty(max(here.teams, here.seats) + 1)
        kind = np.empty(here.teams + 1, np.int64)
        group = np.empty(here.seats + 1, np.int64)
        bonus = np.full(here.seats + 1, reach)
        chosen = np.empty(max(here.team_max, here.seats_max) + 1, np.int64)
        begin, stop = here.option, here.option + here.options
        for o in range(begin, stop):
            option = field.options[o]
            count = NONE
            for n in range(here.teams):
                if field.ok[option.team + n]:
                    candidate = field.candidates[here.team + n]
                    worth[count] = field.value[option.team_value + n] - price[here.team + n]
                    if candidate.pinned:
                        worth[count] += PIN
                    kind[count] = candidate.words * 4 + candidate.lead * 2 + (candidate.in_parent >= 0)
                    count += 1
            words, graduates = here.words, here.graduates
            if (words + 1) * (here.leads + 1) * (graduates + 1) * (here.team_max + 1) > TABLE:
                words, graduates = NONE, NONE  # a greedy team is no bound: leave out what makes it greedy
            team, members = best_team(
                worth, kind, count, here.team_min, here.team_max, here.leads, graduates, words, chosen
            )
            if members < 0:
                continue
            count = NONE
            for n in range(here.seats):
                if field.ok[option.seat + n]:
                    candidate = field.candidates[here.seat + n]
                    worth[count] = field.value[option.seat_value + n] - price[here.seat + n]
                    if candidate.pinned:
                        worth[count] += PIN
                    group[count] = candidate.organisation
                    count += 1
            seats, taken = best_seats(
                worth,
                group,
                bonus,
                count,
                here.seats_min,
                min(option.room, here.seats_max),
                here.each,
                NONE,
                chosen,
            )
            if taken < 0:
                continue
            by_seats[o] = seats
            bound[o] = here.held + option.value + team + seats
        order[begin:stop] = np.argsort(-bound[begin:stop], kind="mergesort")
    return bound, by_seats, order
