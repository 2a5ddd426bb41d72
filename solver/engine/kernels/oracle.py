"""Compiled: what each workshop alone could bring at prices, over all its options, and what that would use.

The oracle of the Lagrangian bound (`bound`). The best team of an option is exact over leads, graduates and
number (`_team_worth`) and, where that much promises to be the best session, over working languages
(`_speaking_worth`); the best seats are exact over number, `seats_per_organisation` and `organisations_min`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from solver.engine.arrays import Bools, Floats, Ints
from solver.engine.field import UNLIMITED, Field
from solver.engine.kernels.teams import PICKED, TABLE, best_team
from solver.engine.kernels.typed import NONE

NOTHING = -np.inf
ROUNDING = 1e-6  # what sums of floats may be off by, many times over

# Classes of team candidates: bit 0 may not lead, bit 1 is no graduate.
CLASSES = 4


class Rates(NamedTuple):
    """What things cost at some prices. O options, C candidates, W workshops, P people.

    session: [O] of holding the option, people aside; candidate: [C] deducted from what a candidate is worth
    money: [W] of a unit of it
    away, stay: [P, lengths] of a block of so many days, in the team away from home and in any session
    """

    session: Floats
    candidate: Floats
    money: Floats
    away: Floats
    stay: Floats


class Uses(NamedTuple):
    """What the sessions chosen use, added up: see `bound.SEGMENTS`. option: [W] of each workshop, or -1."""

    facilitate: Floats
    seat: Floats
    topic: Floats
    reach: Floats
    graduate: Floats
    held: Floats
    fund: Floats
    budget: Floats
    away: Floats
    trips: Floats
    stay: Floats
    option: Ints


class Tops(NamedTuple):
    """Room for falling lists of what seats are worth: in one organisation, first in theirs, and the rest."""

    group: Floats
    firsts: Floats
    rest: Floats


@njit(cache=True)
def _insert(top: Floats, size: int, most: int, value: float) -> int:
    """Insert into the falling list top[:size], of which the best `most` are kept; its new size."""
    if size < most:
        k = size
        size += 1
    elif size and value > top[size - 1]:
        k = size - 1
    else:
        return size
    while k > 0 and top[k - 1] < value:
        top[k] = top[k - 1]
        k -= 1
    top[k] = value
    return size


@njit(cache=True)
def _class_of(graduates: int, lead: bool, in_parent: int) -> int:
    """Who may be a graduate counts as one only where graduates are asked for."""
    return (0 if lead else 1) + (0 if graduates > 0 and in_parent >= 0 else 2)


@njit(cache=True)
def _plain(first: Floats, firsts: int, rest: Floats, rests: int, least: int, most: int, leads: int) -> float:
    """The best team from leads and others, both falling; NOTHING if there is none."""
    if firsts < leads:
        return NOTHING
    total, i, j = 0.0, leads, 0
    for k in range(leads):
        total += first[k]
    while i + j < most:
        a = first[i] if i < firsts else NOTHING
        b = rest[j] if j < rests else NOTHING
        value = max(a, b)
        if value == NOTHING or (i + j >= least and value <= 0.0):
            break
        if a >= b:
            i += 1
        else:
            j += 1
        total += value
    return total if i + j >= least else NOTHING


@njit(cache=True)
def _counts(
    sums: Floats, sizes: Ints, least: int, most: int, leads: int, graduates: int, found: Ints
) -> float:
    """The best numbers from each class given the sums of its best; they are put into `found`."""
    best = NOTHING
    for a in range(min(sizes[0], most) + 1):
        for b in range(min(sizes[1], most - a) + 1):
            if a + b < graduates:
                continue
            for c in range(max(0, leads - a), min(sizes[2], most - a - b) + 1):
                for d in range(max(0, least - a - b - c), min(sizes[3], most - a - b - c) + 1):
                    value = sums[0, a] + sums[1, b] + sums[2, c] + sums[3, d]
                    if value > best:
                        best = value
                        found[0], found[1], found[2], found[3] = a, b, c, d
    return best


@njit(cache=True)
def _team_worth(top: Floats, sizes: Ints, here: Any, sums: Floats, found: Ints) -> float:
    """The best team from the falling lists top[class, :sizes[class]]."""
    least, most, leads, graduates = here.team_min, here.team_max, here.leads, here.graduates
    if graduates == 0:
        return _plain(top[2], sizes[2], top[3], sizes[3], least, most, leads)
    for k in range(CLASSES):
        sums[k, 0] = 0.0
        for n in range(sizes[k]):
            sums[k, n + 1] = sums[k, n] + top[k, n]
    return _counts(sums, sizes, least, most, leads, graduates, found)


@njit(cache=True)
def _team_worths(field: Field, rates: Rates, w: int, o: int, worth: Floats) -> None:
    """What each team candidate is worth in an option, into `worth`; NOTHING where it cannot be."""
    here, option = field.workshops[w], field.options[o]
    money, online = rates.money[w], here.online
    for n in range(here.teams):
        at = option.team + n
        if not field.ok[at]:
            worth[n] = NOTHING
            continue
        value = field.value[option.team_value + n] - rates.candidate[here.team + n]
        if money:
            value -= money * field.cost[option.team_cost + n]
        if not online:
            p, length = field.candidates[here.team + n].person, field.last[at] - field.first[at] + 1
            value -= rates.stay[p, length]
            if field.first[at] != option.first:
                value -= rates.away[p, length]
        worth[n] = value


@njit(cache=True)
def _seat_worths(field: Field, rates: Rates, w: int, o: int, worth: Floats) -> None:
    """Likewise each seat candidate."""
    here, option = field.workshops[w], field.options[o]
    money, online = rates.money[w], here.online
    for n in range(here.seats):
        at = option.seat + n
        if not field.ok[at]:
            worth[n] = NOTHING
            continue
        value = field.value[option.seat_value + n] - rates.candidate[here.seat + n]
        if not online:
            if money:
                value -= money * field.cost[option.seat_cost + n]
            p = field.candidates[here.seat + n].person
            value -= rates.stay[p, field.last[at] - field.first[at] + 1]
        worth[n] = value


@njit(cache=True)
def _best_team(
    field: Field, w: int, worth: Floats, top: Floats, sizes: Ints, sums: Floats, found: Ints
) -> float:
    here = field.workshops[w]
    sizes[:] = 0
    if here.team_max:
        for n in range(here.teams):
            if worth[n] > NOTHING:
                candidate = field.candidates[here.team + n]
                k = _class_of(here.graduates, candidate.lead, candidate.in_parent)
                sizes[k] = _insert(top[k], sizes[k], here.team_max, worth[n])
    return _team_worth(top, sizes, here, sums, found)


@njit(cache=True)
def _must_speak(here: Any) -> bool:
    """Whether working languages ask for more than anybody, and are few enough to be exact about."""
    if here.words & (here.words - 1) == 0 or here.teams > PICKED:
        return False
    states = (here.words + 1) * (here.leads + 1) * (here.graduates + 1) * (here.team_max + 1)
    return bool(states <= TABLE)


@njit(cache=True)
def _speaking_worth(field: Field, w: int, worth: Floats, table: Floats) -> float:
    """The best team that speaks the working languages; NOTHING if there is none.

    Dynamic program over (languages spoken, leads, graduates, members); `table` [TABLE] is room for it.
    """
    here = field.workshops[w]
    wanted, most, leads, graduates = here.words, here.team_max, here.leads, here.graduates
    c = most + 1
    b = c * (graduates + 1)
    a = b * (leads + 1)
    table[: a * (wanted + 1)] = NOTHING
    table[0] = 0.0
    met = NONE
    for n in range(here.teams):
        if worth[n] == NOTHING:
            continue
        candidate = field.candidates[here.team + n]
        lead, graduate = np.int64(candidate.lead), np.int64(candidate.in_parent >= 0)
        for members in range(min(met, most - 1), -1, -1):  # falling, so that nobody is in a team twice
            for spoken in range(wanted + 1):
                for led in range(leads + 1):
                    for g in range(graduates + 1):
                        before = table[spoken * a + led * b + g * c + members]
                        if before > NOTHING:
                            t = (spoken | candidate.words) * a + min(led + lead, leads) * b
                            t += min(g + graduate, graduates) * c + members + 1
                            table[t] = max(table[t], before + worth[n])
        met += 1
    full = wanted * a + leads * b + graduates * c
    best = NOTHING
    for members in range(here.team_min, most + 1):
        best = max(best, table[full + members])
    return best


@njit(cache=True)
def _best_seats(field: Field, w: int, most: int, worth: Floats, room: Tops) -> float:
    """The best seats, candidates being sorted by organisation; NOTHING if there are not enough.

    The best of each of the best `organisations_min` organisations are among them, else one of these could
    take somebody's place; then come the best of all others, as many as there may be.
    """
    here = field.workshops[w]
    each, firsts = min(here.each, most), here.organisations_min
    if each <= 0 or firsts > most:
        return 0.0 if here.seats_min <= 0 and firsts <= 0 else NOTHING
    size, met, n, count = NONE, NONE, 0, here.seats
    while n < count:
        group, mine = field.candidates[here.seat + n].organisation, NONE
        while n < count and field.candidates[here.seat + n].organisation == group:
            if worth[n] > NOTHING:
                mine = _insert(room.group, mine, each, worth[n])
            n += 1
        for k in range(mine):
            value = room.group[k]
            if k == 0 and firsts > 0:
                last = room.firsts[met - 1] if met == firsts else NOTHING
                met = _insert(room.firsts, met, firsts, value)
                if last == NOTHING:
                    continue
                value = min(value, last)  # the one that is no longer, or not, among them
            size = _insert(room.rest, size, most, value)
    if met < firsts or min(met + size, most) < here.seats_min:
        return NOTHING
    total = 0.0
    for k in range(met):
        total += room.firsts[k]
    for k in range(min(size, most - met)):
        if met + k >= here.seats_min and room.rest[k] <= 0.0:
            break
        total += room.rest[k]
    return total


@njit(cache=True)
def _most_at_once(drop: Floats, begin: int, count: int, most: int, top: Floats) -> float:
    """The sum of the `most` largest of drop[begin:begin + count], all of them >= 0."""
    size, total = NONE, 0.0
    for n in range(count):
        if drop[begin + n] > 0.0 and most > 0:
            size = _insert(top, size, most, drop[begin + n])
    for k in range(size):
        total += top[k]
    return total


@njit(cache=True)
def raise_limits(field: Field, old: Rates, new: Rates, dearest: Floats, limit: Floats) -> None:
    """Raise what options could be worth at most, `limit` [O], as rates change.

    Beyond the change of the session's own worth, no more than everybody in it has become cheaper: the sum of
    the largest drops, as many as there can be members and seats. `dearest` [C]: a candidate's highest cost.
    """
    people, lengths = new.stay.shape
    by_person, drop = np.zeros(people), np.zeros(len(field.candidates))
    for p in range(people):
        for n in range(lengths):
            stay, away = old.stay[p, n] - new.stay[p, n], old.away[p, n] - new.away[p, n]
            by_person[p] = max(by_person[p], max(stay, 0.0) + max(away, 0.0))
    for w in range(len(field.workshops)):
        here = field.workshops[w]
        money = max(0.0, old.money[w] - new.money[w])
        top = np.empty(max(1, here.team_max, here.seats_max))
        for c in range(here.team, here.team + here.teams + here.seats):
            if new.candidate[c] < np.inf:
                drop[c] = max(0.0, old.candidate[c] - new.candidate[c]) + money * dearest[c]
                if not here.online:
                    drop[c] += by_person[field.candidates[c].person]
        rise = ROUNDING + _most_at_once(drop, here.team, here.teams, here.team_max, top)
        rise += _most_at_once(drop, here.seat, here.seats, here.seats_max, top)
        for o in range(here.option, here.option + here.options):
            limit[o] += rise + new.session[o] - old.session[o]


@njit(cache=True)
def best_options(field: Field, rates: Rates, limit: Floats, worth: Floats, best: Ints) -> int:
    """For each workshop what its best session is worth (NOTHING: none), and the option, into [W], [W].

    `limit` [O] is what options could be worth at most; options that cannot be the best by it are not looked
    at, others get what they are worth. `best` is where to look first. Returns how many were looked at.
    """
    teams, seats, places, looked = 1, 1, 1, 0
    for here in field.workshops:
        teams, seats = max(teams, here.team_max), max(seats, here.seats_max)
        places = max(places, here.teams, here.seats)
    top, sums = np.empty((CLASSES, teams)), np.empty((CLASSES, teams + 1))
    sizes, found = np.zeros(CLASSES, np.int64), np.zeros(CLASSES, np.int64)
    tops, each = Tops(np.empty(seats), np.empty(seats), np.empty(seats)), np.empty(places)
    of_team, table = np.empty(places), np.empty(TABLE)
    for w in range(len(field.workshops)):
        here, before = field.workshops[w], best[w]
        must_speak = _must_speak(here)
        worth[w], best[w] = NOTHING, -1
        for k in range(-1, here.options):
            o = before if k < 0 else here.option + k
            if o < 0 or (k >= 0 and (o == before or limit[o] <= worth[w])):
                continue
            looked += 1
            limit[o] = NOTHING
            _team_worths(field, rates, w, o, each)
            team = _best_team(field, w, each, top, sizes, sums, found)
            if team == NOTHING:
                continue
            if must_speak:
                of_team[: here.teams] = each[: here.teams]
            _seat_worths(field, rates, w, o, each)
            room = min(here.seats_max, field.options[o].room)
            rest = rates.session[o] + _best_seats(field, w, room, each, tops)
            if must_speak and team + rest > worth[w]:
                team = _speaking_worth(field, w, of_team, table)
            value = team + rest
            limit[o] = value
            if value > worth[w]:
                worth[w], best[w] = value, o
    return looked


@njit(cache=True)
def dearest(field: Field, most: Floats) -> None:
    """The highest cost of each candidate, into [C]."""
    for w in range(len(field.workshops)):
        here = field.workshops[w]
        for o in range(here.option, here.option + here.options):
            option = field.options[o]
            for n in range(here.teams):
                most[here.team + n] = max(most[here.team + n], field.cost[option.team_cost + n])
            if not here.online:
                for n in range(here.seats):
                    most[here.seat + n] = max(most[here.seat + n], field.cost[option.seat_cost + n])


# -- what is used -----------------------------------------------------------


@njit(cache=True)
def _speaking_team(field: Field, w: int, worth: Floats, chosen: Ints) -> int:
    """The rows of a best team that speaks the working languages into `chosen`; how many."""
    here = field.workshops[w]
    able, kind = np.empty(here.teams), np.empty(here.teams, np.int64)
    row = np.empty(here.teams, np.int64)
    size = NONE
    for n in range(here.teams):
        if worth[n] > NOTHING:
            candidate = field.candidates[here.team + n]
            kind[size] = candidate.words * 4 + candidate.lead * 2 + (candidate.in_parent >= 0)
            able[size], row[size] = worth[n], n
            size += 1
    least, most, leads, graduates = here.team_min, here.team_max, here.leads, here.graduates
    _, members = best_team(able, kind, size, least, most, leads, graduates, here.words, chosen)
    for k in range(members):
        chosen[k] = row[chosen[k]]
    return max(0, members)


@njit(cache=True)
def _team(field: Field, w: int, worth: Floats, chosen: Ints) -> int:
    """The rows of a best team into `chosen`; how many."""
    here = field.workshops[w]
    if _must_speak(here):
        return _speaking_team(field, w, worth, chosen)
    most = max(1, here.team_max)
    row = np.empty((CLASSES, most), np.int64)
    sizes, counts = np.zeros(CLASSES, np.int64), np.zeros(CLASSES, np.int64)
    sums = np.zeros((CLASSES, most + 1))
    for n in np.argsort(-worth[: here.teams], kind="mergesort"):
        candidate = field.candidates[here.team + n]
        k = _class_of(here.graduates, candidate.lead, candidate.in_parent)
        if worth[n] > NOTHING and sizes[k] < here.team_max:
            row[k, sizes[k]] = n
            sums[k, sizes[k] + 1] = sums[k, sizes[k]] + worth[n]
            sizes[k] += 1
    _counts(sums, sizes, here.team_min, here.team_max, here.leads, here.graduates, counts)
    size = 0
    for k in range(CLASSES):
        for n in range(counts[k]):
            chosen[size] = row[k, n]
            size += 1
    return size


@njit(cache=True)
def _seats(field: Field, w: int, most: int, worth: Floats, chosen: Ints) -> int:
    """The rows of best seats into `chosen`; how many."""
    here = field.workshops[w]
    taken = np.zeros(here.seats + 1, np.int64)  # by the first row of each organisation
    begin = np.zeros(here.seats + 1, np.int64)
    for n in range(1, here.seats):
        same = (
            field.candidates[here.seat + n].organisation == field.candidates[here.seat + n - 1].organisation
        )
        begin[n] = begin[n - 1] if same else n
    size, firsts = 0, here.organisations_min
    order = np.argsort(-worth[: here.seats], kind="mergesort")
    for n in order:  # the first of as many organisations as there must be
        if size >= firsts or worth[n] == NOTHING:
            break
        if here.each > 0 and taken[begin[n]] == 0:
            taken[begin[n]] = 1
            chosen[size] = n
            size += 1
    already = np.zeros(here.seats + 1, np.bool_)
    for k in range(size):
        already[chosen[k]] = True
    for n in order:
        if worth[n] == NOTHING or size >= most or (size >= here.seats_min and worth[n] <= 0.0):
            break
        if not already[n] and taken[begin[n]] < here.each:
            taken[begin[n]] += 1
            chosen[size] = n
            size += 1
    return size


@njit(cache=True)
def _use_of_team(field: Field, w: int, o: int, n: int, divisor: Ints, uses: Uses) -> float:
    """Count one member; its cost."""
    here, option = field.workshops[w], field.options[o]
    candidate = field.candidates[here.team + n]
    p = candidate.person
    uses.facilitate[p] += 1.0
    if not candidate.teaches:
        uses.graduate[here.team + n] += 1.0
    if not here.online:
        at = option.team + n
        length = field.last[at] - field.first[at] + 1
        uses.stay[p] += length
        if field.first[at] != option.first:
            uses.away[p] += length
            uses.trips[p] += length // divisor[p]
    return float(field.cost[option.team_cost + n])


@njit(cache=True)
def _use_of_seat(field: Field, w: int, o: int, n: int, uses: Uses) -> float:
    """Count one seat; its cost."""
    here, option = field.workshops[w], field.options[o]
    candidate = field.candidates[here.seat + n]
    p = candidate.person
    uses.seat[p] += 1.0
    uses.topic[p, here.topic] += 1.0
    uses.reach[candidate.organisation, here.topic] -= 1.0
    if here.online:
        return 0.0
    at = option.seat + n
    uses.stay[p] += field.last[at] - field.first[at] + 1
    return float(field.cost[option.seat_cost + n])


@njit(cache=True)
def _use_of_money(field: Field, w: int, cost: float, uses: Uses) -> None:
    here = field.workshops[w]
    for k in range(field.fund[w], field.fund[w + 1]):
        uses.fund[field.funds[k]] += cost
    if here.budget < UNLIMITED:
        uses.budget[w] += cost - here.budget


@njit(cache=True)
def count(field: Field, rates: Rates, worth: Floats, best: Ints, divisor: Ints, uses: Uses) -> None:
    """Add what the best sessions use to `uses`; each workshop's option stays -1 where none is worth while."""
    places = 1
    for here in field.workshops:
        places = max(places, here.teams, here.seats, here.team_max, here.seats_max)
    each, chosen = np.empty(places), np.empty(places, np.int64)
    sits = np.zeros(len(field.candidates), np.bool_)
    for w in range(len(field.workshops)):
        here, o = field.workshops[w], best[w]
        if o < 0 or (worth[w] <= 0.0 and not here.must):
            continue
        uses.option[w] = o
        cost = field.options[o].cost
        _team_worths(field, rates, w, o, each)
        for k in range(_team(field, w, each, chosen)):
            cost += _use_of_team(field, w, o, chosen[k], divisor, uses)
        _seat_worths(field, rates, w, o, each)
        for k in range(_seats(field, w, min(here.seats_max, field.options[o].room), each, chosen)):
            cost += _use_of_seat(field, w, o, chosen[k], uses)
            sits[here.seat + chosen[k]] = True
        _use_of_money(field, w, cost, uses)
        for k in range(field.child[w], field.child[w + 1]):
            uses.held[field.children[k]] -= 1.0
        if here.parent >= 0:
            uses.held[w] += 1.0
    for w in range(len(field.workshops)):  # a seat of one workshop is what a graduate of another needs
        here = field.workshops[w]
        if here.parent < 0:
            continue
        for c in range(here.team, here.team + here.teams):
            candidate = field.candidates[c]
            if not candidate.teaches and candidate.in_parent >= 0 and sits[candidate.in_parent]:
                uses.graduate[c] -= 1.0


# -- days -------------------------------------------------------------------


@njit(cache=True)
def charge_dates(field: Field, followers: Ints, after: Floats, before: Floats, session: Floats) -> None:
    """Add to `session` [O] what dates cost a follower and bring the workshop followed, at prices [K, D]."""
    days = after.shape[1]
    for k in range(len(followers)):
        here = field.workshops[followers[k]]
        parent = field.workshops[here.parent]
        later, sooner = np.zeros(days + 1), np.zeros(days)
        for d in range(days - 1, -1, -1):
            later[d] = later[d + 1] + after[k, d]
        sooner[0] = before[k, 0]
        for d in range(1, days):
            sooner[d] = sooner[d - 1] + before[k, d]
        for o in range(here.option, here.option + here.options):
            first = field.options[o].first
            session[o] -= later[first] + sooner[first]
        for o in range(parent.option, parent.option + parent.options):
            last = field.options[o].last
            session[o] += later[min(last + here.min_days, days)] + sooner[min(last + here.max_days, days - 1)]


@njit(cache=True)
def count_dates(field: Field, followers: Ints, option: Ints, after: Floats, before: Floats) -> None:
    """Add to `after`, `before` [K, D] what the options chosen [W] use of them."""
    for k in range(len(followers)):
        w = followers[k]
        here = field.workshops[w]
        if option[w] >= 0:
            first = field.options[option[w]].first
            after[k, first:] += 1.0
            before[k, : first + 1] += 1.0
        if option[here.parent] >= 0:
            last = field.options[option[here.parent]].last
            after[k, last + here.min_days :] -= 1.0
            before[k, : last + here.max_days + 1] -= 1.0


@njit(cache=True)
def days_wanted(field: Field, days: Bools, divisible: Ints) -> None:
    """Mark the days [P, D] that some block of a person would take; count [P, lengths] its blocks away."""
    people, count = days.shape
    edges = np.zeros((people, count + 1), np.int32)
    for w in range(len(field.workshops)):
        here = field.workshops[w]
        if here.online:
            continue
        for o in range(here.option, here.option + here.options):
            option = field.options[o]
            for begin, stretch, size in (
                (here.team, option.team, here.teams),
                (here.seat, option.seat, here.seats),
            ):
                for n in range(size):
                    at = stretch + n
                    if field.ok[at]:
                        p = field.candidates[begin + n].person
                        edges[p, field.first[at]] += 1
                        edges[p, field.last[at] + 1] -= 1
                        if begin == here.team and field.first[at] != option.first:
                            divisible[p, field.last[at] - field.first[at] + 1] += 1
    for p in range(people):
        wanted = 0
        for d in range(count):
            wanted += edges[p, d]
            days[p, d] = wanted > 0


# -- steps ------------------------------------------------------------------


@njit(cache=True)
def turn(direction: Floats, use: Floats, unit: Floats, share: float, at: Floats) -> float:
    """Turn a direction towards a subgradient; the square of its norm where prices can follow it."""
    norm = 0.0
    for i in range(len(direction)):
        d = share * use[i] * unit[i] + (1.0 - share) * direction[i]
        direction[i] = d
        if d > 0.0 or at[i] > 0.0:
            norm += d * d
    return norm


@njit(cache=True)
def move(at: Floats, direction: Floats, unit: Floats, upper: Floats, length: float) -> None:
    """A step of some length along a direction, within 0 and the upper limits."""
    for i in range(len(at)):
        at[i] = min(max(at[i] + length * direction[i] * unit[i], 0.0), upper[i])


__all__ = [
    "NOTHING",
    "Rates",
    "Uses",
    "best_options",
    "charge_dates",
    "count",
    "count_dates",
    "days_wanted",
    "dearest",
    "move",
    "raise_limits",
    "turn",
]
