"""Ruin and recreate (Schrimpf et al. 2000), compiled: see `solver.engine.improve`."""

from __future__ import annotations

import numpy as np
from numba import njit

from solver.engine.kernels.placing import put, take_out
from solver.engine.kernels.sessions import insert
from solver.engine.kernels.teams import NOTHING
from solver.engine.kernels.typed import NONE

FORCED_WISH = 1e6  # a seat for somebody whom a demanded follower needs
IDLE = 4  # workshops not held that are tried in a step
MAKING_ROOM = 0.15  # chance of a step that clears the way for one of them
NEAR = 4  # days around an option within which journeys may meet
UNPRICED = 0.2  # share of steps that respect no prices, once there are some
CROWD = 12  # sessions at which no more are taken out for another
FOCUS = 0.8  # chance of a step in the searcher's own region, where it has one


@njit(cache=True)
def seed(number: int) -> None:
    np.random.seed(number)


@njit(cache=True)
def copy(state, into):
    """Remember all placements."""
    into.option[:] = state.option
    into.members[:] = state.members
    into.seated[:] = state.seated
    into.spent_on[:] = state.spent_on
    into.team[:] = state.team
    into.seats[:] = state.seats
    into.objective[0] = state.objective[0]


@njit(cache=True)
def remember(state, into, w):
    into.option[w] = state.option[w]
    into.members[w] = state.members[w]
    into.seated[w] = state.seated[w]
    into.spent_on[w] = state.spent_on[w]
    into.team[w] = state.team[w]
    into.seats[w] = state.seats[w]


@njit(cache=True)
def put_back(field, state, kept, w, rates):
    """Make one workshop what it was when `kept` was copied."""
    if state.option[w] >= 0:
        take_out(field, state, w, rates[0], rates[1])
    if kept.option[w] >= 0:
        put(
            field,
            state,
            w,
            kept.option[w],
            kept.team[w],
            kept.members[w],
            kept.seats[w],
            kept.seated[w],
            kept.spent_on[w],
            rates[0],
            rates[1],
        )


@njit(cache=True)
def wish_for_graduates(field, state, w, most, wish):
    """Extra worth for seats whose holders could facilitate what follows `w`; the sum of it.

    Each follower not held names as many people as it needs graduates, by Gumbel noise a random draw that
    favours who is worth most to it (`most` [C]); a seat named is worth a part of what the follower is.
    """
    total = 0.0
    for k in range(field.child[w], field.child[w + 1]):
        child = field.workshops[field.children[k]]
        if child.graduates == 0 or child.options == 0 or state.option[field.children[k]] >= 0:
            continue
        bonus = FORCED_WISH if child.must else 0.5 * child.held / child.graduates
        score = np.full(child.teams, NOTHING)
        for n in range(child.teams):
            candidate = field.candidates[child.team + n]
            p = candidate.person
            able = candidate.in_parent >= 0 and state.facilitates[p] < field.max_workshops[p]
            if able and most[child.team + n] > NOTHING:
                score[n] = most[child.team + n] - 300.0 * np.log(-np.log(np.random.random() + 1e-300))
        for _ in range(child.graduates):
            n = np.argmax(score) if child.teams else -1
            if n < 0 or score[n] == NOTHING:
                break
            score[n] = NOTHING
            wish[field.candidates[child.team + n].in_parent] += bonus
            total += bonus
    return total


@njit(cache=True)
def forget_wishes(field, w, wish):
    here = field.workshops[w]
    wish[here.seat : here.seat + here.seats] = 0.0


@njit(cache=True)
def _uproot(field, state, w, out, size, undo, rates):
    """Take a workshop out with all that follow it; `out` [size] names what is out. The new size."""
    if state.option[w] < 0:
        return size
    at = size
    remember(state, undo, w)
    take_out(field, state, w, rates[0], rates[1])
    out[size] = w
    size += 1
    while at < size:
        v = out[at]
        at += 1
        for k in range(field.child[v], field.child[v + 1]):
            child = field.children[k]
            if state.option[child] >= 0:
                remember(state, undo, child)
                take_out(field, state, child, rates[0], rates[1])
                out[size] = child
                size += 1
    return size


@njit(cache=True)
def _ruin(field, state, related, region, out, undo, seen, rates):
    """Take out two to seven workshops that compete for people, places or money; (how many are out, seed)."""
    count = np.random.randint(2, 8)
    centre = _draw(field, region)
    if np.random.random() < 0.4:
        other = _someone_left_out(field, state, region)
        centre = centre if other < 0 else other
    size = _uproot(field, state, centre, out, NONE, undo, rates)
    seen[0] = centre
    met = 1
    near = 0
    while near < related.shape[1] and related[centre, near] >= 0:
        near += 1
    evenly = np.random.random() < 0.3
    for _ in range(count - 1):
        if near == 0:
            break
        r = np.random.random()
        k = int(near * r) if evenly else int(near * r * r * r)
        w = related[centre, k]
        size = _uproot(field, state, w, out, size, undo, rates)
        seen[met] = w
        met += 1
    parent = field.workshops[centre].parent
    if parent >= 0 and (state.option[parent] < 0 or np.random.random() < 0.3):
        size = _uproot(field, state, parent, out, size, undo, rates)
        seen[met] = parent
        met += 1
    return size, met


@njit(cache=True)
def _make_room(field, state, w, o, out, undo, marked, rates):
    """Take out what stands in the way of one option of a workshop; how many are out.

    Whoever holds its venue goes. Who holds its people goes where all of them are needed, else by chance.
    """
    here, option = field.workshops[w], field.options[o]
    size, able = NONE, 0
    for n in range(here.teams):
        if field.ok[option.team + n]:
            marked[field.candidates[here.team + n].person] = True
            able += 1
    tight = able <= here.team_min + 1
    first, last = option.first - NEAR, option.last + NEAR
    for v in range(len(field.workshops)):
        placed = state.option[v]
        if placed < 0 or v == w or size >= CROWD:
            continue
        other = field.options[field.workshops[v].option + placed]
        if other.last < first or other.first > last:
            continue
        in_the_way = other.venue == option.venue and other.venue >= 0
        in_the_way = in_the_way and other.first <= option.last and option.first <= other.last
        if not in_the_way and (tight or np.random.random() < 0.5):
            for k in range(state.members[v]):
                in_the_way |= marked[field.candidates[state.team[v, k]].person]
            for k in range(state.seated[v]):
                in_the_way |= marked[field.candidates[state.seats[v, k]].person]
        if in_the_way:
            size = _uproot(field, state, v, out, size, undo, rates)
    for n in range(here.teams):
        marked[field.candidates[here.team + n].person] = False
    return size


@njit(cache=True)
def _draw(field, region):
    """A workshop: of the region (numbers, maybe none) in most cases, else any."""
    if len(region) and np.random.random() < FOCUS:
        return region[np.random.randint(0, len(region))]
    return np.random.randint(0, len(field.workshops))


@njit(cache=True)
def _someone_left_out(field, state, region):
    """A workshop that is not held but could be in some option, if one is soon found; else -1."""
    for _ in range(8):
        w = _draw(field, region)
        if state.option[w] < 0 and field.workshops[w].options > 0:
            return w
    return -1


@njit(cache=True)
def step(
    field,
    state,
    undo,
    related,
    region,
    tables,
    most,
    wish,
    work,
    marked,
    temperature,
    noise,
    looks,
    level,
    rates,
):
    """One ruin, one recreation, one decision; whether the schedule changed.

    `region` [R] are the workshops to begin with in most steps (none: all alike). `tables` are the prices [C],
    bounds, bounds of seats and orders [O] of each level; `level` says which to use (0: no prices). `work` is
    room for workshop numbers, [4, W], `marked` for marks on people, [P].
    """
    price, bound, by_seats, order = tables
    before = state.objective[0]
    out, seen, queue, later = work[0], work[1], work[2], work[3]
    first, hint = -1, -1
    if np.random.random() < MAKING_ROOM:
        first = _someone_left_out(field, state, region)
    if first >= 0:
        here = field.workshops[first]
        if here.parent >= 0 and state.option[here.parent] < 0:
            first = -1
    if first >= 0:
        r = np.random.random()
        hint = here.option + order[level][here.option + int(here.options * r * r)]
        if bound[level][hint] == NOTHING:
            hint, first = -1, -1
    if first >= 0:
        size = _make_room(field, state, first, hint, out, undo, marked, rates)
        seen[0], met = first, 1
    else:
        size, met = _ruin(field, state, related, region, out, undo, seen, rates)
    held_before = size
    # A few that were not held, near what was taken out, are tried too.
    for tries in range(IDLE * 3):
        if size - held_before >= IDLE:
            break
        if tries < met:
            w = seen[tries]
        else:
            near = seen[np.random.randint(0, met)]
            k = np.random.randint(0, related.shape[1])
            w = related[near, k]
        if w < 0 or state.option[w] >= 0 or field.workshops[w].options == 0:
            continue
        known = False
        for k in range(size):
            known |= out[k] == w
        if not known:
            remember(state, undo, w)
            out[size] = w
            size += 1
    keys = np.empty(size)
    by_worth = np.random.random() >= 0.3
    for k in range(size):  # a weighted shuffle (Efraimidis and Spirakis 2006), or a plain one
        key = np.log(np.random.random() + 1e-300)
        keys[k] = key / (field.workshops[out[k]].held + 1.0) if by_worth else key
        if out[k] == first:
            keys[k] = 1.0
    shuffled = np.argsort(-keys)
    waiting = size
    for k in range(size):
        queue[k] = out[shuffled[k]]
    failed = False
    for _ in range(4):  # parents before followers: what must wait goes round again
        left = 0
        for k in range(waiting):
            w = queue[k]
            here = field.workshops[w]
            if here.parent >= 0 and state.option[here.parent] < 0:
                later[left] = w
                left += 1
                continue
            wished = 0.0
            if field.child[w + 1] > field.child[w]:
                wished = wish_for_graduates(field, state, w, most, wish)
            held = insert(
                field,
                state,
                w,
                hint if w == first else -1,
                price[level],
                bound[level],
                by_seats[level],
                order[level],
                wish,
                wished,
                noise,
                looks,
                level > 0,
                rates,
            )
            if wished > 0.0:
                forget_wishes(field, w, wish)
            if here.must and not held:
                failed = True
                break
        if failed or left == 0 or left == waiting:
            break
        waiting = left
        for k in range(left):
            queue[k] = later[k]
    if not failed:
        for k in range(size):
            failed |= field.workshops[out[k]].must and state.option[out[k]] < 0
    loss = before - state.objective[0]
    if failed or (loss > 0.0 and np.random.random() >= np.exp(-loss / temperature)):
        for k in range(size):
            if state.option[out[k]] >= 0:
                take_out(field, state, out[k], rates[0], rates[1])
        for k in range(size):
            put_back(field, state, undo, out[k], rates)
        return False
    return True


@njit(cache=True)
def steps(
    field,
    state,
    undo,
    best,
    related,
    region,
    tables,
    most,
    wish,
    work,
    marked,
    count,
    hot,
    cold,
    noise,
    looks,
    priced,
    rates,
):
    """`count` steps while the temperature falls from `hot` to `cold`; `best` is the best schedule met."""
    for n in range(count):
        temperature = hot * (cold / hot) ** (n / count)
        level = 0
        if priced:
            level = 0 if np.random.random() < UNPRICED else 1
        step(
            field,
            state,
            undo,
            related,
            region,
            tables,
            most,
            wish,
            work,
            marked,
            temperature,
            noise,
            looks,
            level,
            rates,
        )
        if state.objective[0] > best.objective[0] + 0.5:
            copy(state, best)
