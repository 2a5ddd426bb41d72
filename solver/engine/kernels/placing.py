"""Placing a session and taking it out, and who and what is taken meanwhile."""

from __future__ import annotations

from numba import njit

from solver.engine.kernels.typed import ONE

BLOCK = 256  # in `State.taken`: a block; calls count one each


@njit(cache=True)
def is_free(state, p, online, start, end, first, last):
    """Whether a person is nowhere else (rule `one_place_at_a_time`)."""
    if state.engaged[p] == 0:
        return True
    if online:
        if state.taken[p, first] >= BLOCK:
            return False
        at = state.call[p]
        for k in range(at, at + state.ringing[p]):
            if state.calls[k] < end and start < state.call_ends[k]:
                return False
        return True
    for day in range(first, last + 1):
        if state.taken[p, day]:
            return False
    return True


@njit(cache=True)
def is_seated(state, w, c):
    for k in range(state.seated[w]):
        if state.seats[w, k] == c:
            return True
    return False


@njit(cache=True)
def _mark(field, state, w, sign, balance, reach):
    """Count what a session takes, or give it back; its worth is added to the objective or taken off."""
    here = field.workshops[w]
    option = field.options[here.option + state.option[w]]
    gain = here.held + option.value
    if not here.online:
        for day in range(option.first, option.last + 1):
            state.venue_taken[option.venue, day] = sign > 0
    for k in range(state.members[w]):
        c = state.team[w, k]
        n = c - here.team
        p = field.candidates[c].person
        first, last = field.first[option.team + n], field.last[option.team + n]
        gain += field.value[option.team_value + n]
        if sign < 0:
            state.facilitates[p] -= 1
        gain -= balance * state.facilitates[p]
        if sign > 0:
            state.facilitates[p] += 1
        if not here.online and first != option.first:
            state.days_away[p] += sign * (last - first + 1)
        _occupy(state, p, here.online, option.start, option.start + here.slots, first, last, sign)
    for k in range(state.seated[w]):
        c = state.seats[w, k]
        n = c - here.seat
        candidate = field.candidates[c]
        p, group = candidate.person, candidate.organisation
        gain += field.value[option.seat_value + n]
        state.sits[p] += sign
        state.topic_seat[p, here.topic] = sign > 0
        state.reached[group, here.topic] += sign
        if state.reached[group, here.topic] == (1 if sign > 0 else 0):
            gain += reach
        at = option.seat + n
        first, last = field.first[at], field.last[at]
        _occupy(state, p, here.online, option.start, option.start + here.slots, first, last, sign)
    for k in range(field.fund[w], field.fund[w + 1]):
        state.spent[field.funds[k]] += sign * state.spent_on[w]
    state.objective[0] += sign * gain


@njit(cache=True)
def _occupy(state, p, online, start, end, first, last, sign):
    state.engaged[p] += sign
    if not online:
        for day in range(first, last + 1):
            state.taken[p, day] += sign * BLOCK
        return
    state.taken[p, first] += sign
    begin, count = state.call[p], state.ringing[p]
    if sign > 0:
        state.calls[begin + count] = start
        state.call_ends[begin + count] = end
        state.ringing[p] = count + 1
        return
    for k in range(begin, begin + count):
        if state.calls[k] == start:
            state.calls[k] = state.calls[begin + count - 1]
            state.call_ends[k] = state.call_ends[begin + count - 1]
            state.ringing[p] = count - 1
            return


@njit(cache=True)
def put(field, state, w, o, team, members, seats, taken, cost, balance, reach):
    """Place a workshop (not held now) in its option number `o` (of its own) with these candidates."""
    state.option[w] = o
    state.members[w], state.seated[w], state.spent_on[w] = members, taken, cost
    for k in range(members):
        state.team[w, k] = team[k]
    for k in range(taken):
        state.seats[w, k] = seats[k]
    _mark(field, state, w, ONE, balance, reach)


@njit(cache=True)
def take_out(field, state, w, balance, reach):
    """Take a workshop out; its record stays readable until it is placed again."""
    _mark(field, state, w, -ONE, balance, reach)
    state.option[w] = -1


@njit(cache=True)
def money_left(field, state, w):
    """The most that a workshop may cost now: its budget and what its funds have left."""
    left = field.workshops[w].budget
    for k in range(field.fund[w], field.fund[w + 1]):
        f = field.funds[k]
        left = min(left, field.amount[f] - state.spent[f])
    return left


@njit(cache=True)
def is_open(field, state, w, o):
    """Whether an option's venue is free and its dates fit the workshop followed."""
    here, option = field.workshops[w], field.options[o]
    if not here.online:
        for day in range(option.first, option.last + 1):
            if state.venue_taken[option.venue, day]:
                return False
    if here.parent >= 0:
        placed = state.option[here.parent]
        if placed < 0:
            return False
        after = option.first - field.options[field.workshops[here.parent].option + placed].last
        return here.min_days <= after <= here.max_days
    return True
