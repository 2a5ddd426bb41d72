"""The best session of one workshop against what is placed."""

from __future__ import annotations

import numpy as np
from numba import njit

from solver.engine.kernels.placing import is_free, is_open, is_seated, money_left, put, take_out
from solver.engine.kernels.ranking import PIN
from solver.engine.kernels.seats import best_seats
from solver.engine.kernels.teams import NOTHING, best_team
from solver.engine.kernels.typed import NONE

FAILURES = 40  # times `looks` options are tried while none can be filled
GREEDS = 5  # how often money is priced higher before an option is given up


@njit(cache=True)
def compose(field, state, w, o, price, wish, balance, reach, by_seats, beat, greed, team, seats):
    """The best session of a workshop in one option against what is placed, money aside.

    `price` and `wish` [C] are subtracted from and added to what people are worth, `greed` is what a unit of
    money costs besides. A session that cannot be worth more than `beat` need not be finished.

    Gives its worth (NOTHING: none, or not worth it), members, seats taken, cost; `team` and `seats` tell who.
    """
    here, option = field.workshops[w], field.options[o]
    start, end = option.start, option.start + here.slots
    worth = np.empty(max(here.teams, here.seats) + 1)
    who = np.empty(max(here.teams, here.seats) + 1, np.int64)
    kind = np.empty(here.teams + 1, np.int64)
    count, pinned = NONE, 0
    for n in range(here.teams):
        if not field.ok[option.team + n]:
            continue
        c = here.team + n
        candidate = field.candidates[c]
        p = candidate.person
        if state.facilitates[p] >= field.max_workshops[p]:
            continue
        first, last = field.first[option.team + n], field.last[option.team + n]
        graduate = candidate.in_parent >= 0 and is_seated(state, here.parent, candidate.in_parent)
        if not (graduate or candidate.teaches):
            continue
        away = last - first + 1 if not here.online and first != option.first else 0
        if state.days_away[p] + away > field.max_days_away[p]:
            continue
        if not is_free(state, p, here.online, start, end, first, last):
            continue
        value = field.value[option.team_value + n] - balance * state.facilitates[p] - price[c] + wish[c]
        if greed > 0.0:
            value -= greed * field.cost[option.team_cost + n]
        if candidate.pinned:
            value += PIN
        worth[count] = value
        kind[count] = candidate.words * 4 + candidate.lead * 2 + graduate
        who[count] = c
        count += 1
    total, members = best_team(
        worth, kind, count, here.team_min, here.team_max, here.leads, here.graduates, here.words, team
    )
    if members < 0 or (greed == 0.0 and here.held + option.value + total + by_seats <= beat):
        return NOTHING, 0, 0, 0.0
    cost, total = option.cost, here.held + option.value
    for k in range(members):
        c = who[team[k]]
        n = c - here.team
        team[k] = c
        cost += field.cost[option.team_cost + n]
        p = field.candidates[c].person
        total += field.value[option.team_value + n] - balance * state.facilitates[p] - price[c] + wish[c]
        pinned += field.candidates[c].pinned
    group = np.empty(here.seats + 1, np.int64)
    bonus = np.empty(here.seats + 1)
    count = NONE
    for n in range(here.seats):
        if not field.ok[option.seat + n]:
            continue
        c = here.seat + n
        candidate = field.candidates[c]
        p = candidate.person
        if state.sits[p] >= field.max_seats[p] or state.topic_seat[p, here.topic]:
            continue
        at = option.seat + n
        if not is_free(state, p, here.online, start, end, field.first[at], field.last[at]):
            continue
        teaching = False
        for k in range(members):
            teaching |= field.candidates[team[k]].person == p
        if teaching:
            continue
        value = field.value[option.seat_value + n] - price[c] + wish[c]
        if greed > 0.0 and not here.online:
            value -= greed * field.cost[option.seat_cost + n]
        if candidate.pinned:
            value += PIN
        worth[count] = value
        who[count] = c
        group[count] = candidate.organisation
        bonus[count] = reach if state.reached[candidate.organisation, here.topic] == 0 else 0.0
        count += 1
    found, taken = best_seats(
        worth,
        group,
        bonus,
        count,
        here.seats_min,
        min(option.room, here.seats_max),
        here.each,
        here.organisations_min,
        seats,
    )
    if taken < 0:
        return NOTHING, 0, 0, 0.0
    total += found
    for k in range(taken):
        c = who[seats[k]]
        n = c - here.seat
        seats[k] = c
        pinned += field.candidates[c].pinned
        if field.candidates[c].pinned:
            total -= PIN
        if not here.online:
            cost += field.cost[option.seat_cost + n]
            if greed > 0.0:
                total += greed * field.cost[option.seat_cost + n]
    if pinned < here.pinned:
        return NOTHING, 0, 0, 0.0
    return total, members, taken, cost


@njit(cache=True)
def within_means(field, state, w, o, price, wish, balance, reach, by_seats, beat, rate, team, seats):
    """As `compose`, at most for the money left; `rate` is the objective's weight of a unit of money."""
    left = money_left(field, state, w)
    greed = 0.0
    for _ in range(GREEDS):
        worth, members, taken, cost = compose(
            field, state, w, o, price, wish, balance, reach, by_seats, beat, greed, team, seats
        )
        if worth == NOTHING or cost <= left:
            return worth, members, taken, cost
        greed = greed * 3.0 if greed > 0.0 else max(1.0, rate)
    return NOTHING, 0, 0, 0.0


@njit(cache=True)
def insert(field, state, w, hint, price, bound, by_seats, order, wish, wished, noise, looks, priced, rates):
    """Insert a workshop where it is worth most, if it is worth anything or demanded; whether it was.

    `bound`, `by_seats`, `order` as from `ranked` at `price`; `wish` [C], of which `wished` is the most that
    one session can get; up to `noise` is added to each option for the sake of variety. `hint` is an option
    (among all) to look at first, or -1. `looks` limits the options composed after the first success.
    `priced`: whether worth at prices decides only how it is held, and the objective whether. `rates`:
    (balance, reach, cost) in hundredths of a point.
    """
    here = field.workshops[w]
    balance, reach = rates[0], rates[1]
    team = np.empty(here.team_max + 1, np.int64)
    seats = np.empty(here.seats_max + 1, np.int64)
    best_team, best_seats = np.empty_like(team), np.empty_like(seats)
    best, best_o, best_members, best_taken, best_cost = NOTHING, -1, NONE, NONE, 0.0
    pins = PIN * here.pinned
    looked = 0
    for k in range(here.option - (hint >= 0), here.option + here.options):
        o = here.option + order[k] if k >= here.option else hint
        if bound[o] == NOTHING or bound[o] - pins + wished + noise <= best or looked >= FAILURES * looks:
            break
        if not is_open(field, state, w, o):
            continue
        more = np.random.random() * noise if noise > 0.0 else 0.0
        if bound[o] - pins + wished + more <= best:
            continue
        looked += 1
        worth, members, taken, cost = within_means(
            field,
            state,
            w,
            o,
            price,
            wish,
            balance,
            reach,
            by_seats[o] + wished,
            best - more,
            rates[2],
            team,
            seats,
        )
        if worth > NOTHING and worth + more > best:
            best, best_o, best_members, best_taken, best_cost = worth + more, o, members, taken, cost
            best_team[:], best_seats[:] = team, seats
            looked = max(looked, (FAILURES - 1) * looks)  # `looks` more from here
    if best_o < 0 or (best <= 0.0 and not priced and not here.must):
        return False
    before = state.objective[0]
    put(
        field,
        state,
        w,
        best_o - here.option,
        best_team,
        best_members,
        best_seats,
        best_taken,
        best_cost,
        balance,
        reach,
    )
    if priced and not here.must and wished == 0.0 and state.objective[0] <= before:
        take_out(field, state, w, balance, reach)
        return False
    return True
