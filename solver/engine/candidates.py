"""Who may fill a role of a workshop, in which of its options, and what each brings there.

By everything but dates: the team is who teaches the topic (`competence`) or may become a graduate of the
workshop followed (`follows`); seats are for invited people who are nominated or want the topic (`seating`);
all speak one of the working languages (`languages`). By dates: ok[n, o] is `available`, `notice`, `entry`,
`waking_hours` and, online, `working_days` at home.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver import derived
from solver.engine.arrays import Arrays, Bools, Days, Floats, Ints
from solver.round import FACILITATES, Workshop


@dataclass(slots=True)
class Candidates:
    """Who may fill a role of one workshop, in N rows, over its options, in O columns.

    people, level: [N]; the level of teaching (0: only as a graduate), or the need for a seat.
    ok: [N, O] whether the person can be in the option, nothing else considered.
    value: [N, C] what it brings (hundredths of a point, cost deducted), by `value_column` [O].
    cost: [N, K] money, by `Options.cost_column`.
    first, last: [N, O] the days it takes (block in person; local date online, both the same).
    """

    people: Ints
    level: Ints
    ok: Bools
    value: Floats
    value_column: Ints
    cost: Ints
    first: Days
    last: Days

    def keep(self, kept: Ints) -> None:
        """Restrict to some options."""
        self.ok = np.ascontiguousarray(self.ok[:, kept])
        self.value_column = self.value_column[kept]
        self.first = np.ascontiguousarray(self.first[:, kept])
        self.last = np.ascontiguousarray(self.last[:, kept])

    def worth(self) -> Floats:
        """The value of each candidate in each option, [N, O]."""
        return self.value[:, self.value_column]


def eligible(arrays: Arrays, workshop: Workshop, topic: int, languages: Ints) -> tuple[Ints, Ints]:
    """People who may be in the team, and people who may hold a seat, by everything but dates.

    The team: who teaches the topic, and who may hold a seat in the workshop followed
    (`follows` lets its graduates facilitate). Seats: the invited who need it.
    """
    speaks = arrays.speaks[:, languages].any(axis=1)
    teaches = arrays.teaches[:, topic] >= FACILITATES
    if workshop.follows:
        parent = arrays.round.workshops[workshop.follows.workshop]
        teaches = teaches | _invited(arrays, parent)
    team = np.flatnonzero(teaches & speaks & (arrays.max_workshops >= 1))
    seats = np.flatnonzero(_invited(arrays, workshop) & speaks & (arrays.max_seats >= 1))
    seats = seats[np.argsort(arrays.organisation[seats], kind="stable")]  # pricing relies on it
    return team, seats if workshop.seats.max and workshop.seats_per_organisation else seats[:0]


def _invited(arrays: Arrays, workshop: Workshop) -> Bools:
    invited = np.zeros(len(arrays.organisation_number), dtype=np.bool_)
    invited[[arrays.organisation_number[g] for g in workshop.invited]] = True
    found: Bools = invited[arrays.organisation] & (needs(arrays, workshop) >= 1)
    return found


def needs(arrays: Arrays, workshop: Workshop) -> Ints:
    """How much each person needs a seat, 0..3. Shape [P]."""
    if workshop.nominated is None:
        return arrays.wants[:, arrays.topic_number[workshop.topic]].astype(np.int64)
    found = np.zeros(len(arrays.person_ids), dtype=np.int64)
    for person, need in workshop.nominated.items():
        found[arrays.person_number[person]] = need
    return found


def in_person_candidates(
    arrays: Arrays, workshop: Workshop, topic: int, people: Ints, venue: Ints, start: Ints, *, teaching: bool
) -> Candidates:
    weights, rules = arrays.weights, arrays.round.rules
    place = places_of_venues(arrays)[venue]
    places, column = np.unique(place, return_inverse=True)
    travel = np.zeros((len(people), len(places)), dtype=np.int64)
    fares = np.zeros_like(travel)
    for k, here in enumerate(places.tolist()):
        travel[:, k], fares[:, k] = arrays.trips(arrays.home[people], here)
    at_home = arrays.home[people][:, None] == places[None, :]
    away = np.where(at_home, 0, workshop.days + 2 * travel)
    cost = 2 * fares + rules.per_diem * away
    there = travel.astype(np.int16)[:, column]
    first = start.astype(np.int16)[None, :] - there
    last = (start + workshop.days - 1).astype(np.int16)[None, :] + there
    ok = _days_among(arrays.away_before, people, first, last + 1) == 0
    ok &= ~(arrays.online_only[people][:, None] & ~at_home)[:, column]
    rather_not = np.zeros(travel.shape, dtype=np.bool_)
    if np.any(arrays.minds_borders[people]):
        opens = np.zeros(travel.shape, dtype=np.int16)
        for k, here in enumerate(places.tolist()):
            opens[:, k], rather_not[:, k] = arrays.borders(people, here)
        ok &= first >= opens[:, column]
    if teaching:
        cost = cost + workshop.days * arrays.fee[people][:, None]
    reluctance = 100.0 * weights.reluctance
    prefers = teaching and bool(arrays.preferred_before[people, -1].any())
    by_day = prefers or (reluctance > 0 and bool(arrays.reluctant[people].any()))
    value_column = np.arange(len(start)) if by_day else column
    value: Floats = -float(weights.cost) * cost - reluctance * workshop.days * rather_not
    days = np.broadcast_to(start, first.shape)
    if by_day:
        unwilling = _days_among(arrays.reluctant_before, people, days, days + workshop.days)
        value = value[:, column] - reluctance * unwilling
    if teaching:
        ok &= (arrays.max_days_away[people][:, None] >= away)[:, column]
        if prefers:
            liked = _days_among(arrays.preferred_before, people, days, days + workshop.days)
            value = value + 100.0 * weights.preferred * liked
        level = arrays.teaches[people, topic].astype(np.int64)
    else:
        level = needs(arrays, workshop)[people]
        value = value + 100.0 * weights.need * level[:, None]
    return Candidates(people, level, ok, value, value_column, cost, first, last)


def online_candidates(
    arrays: Arrays, workshop: Workshop, topic: int, people: Ints, venue: Ints, start: Ints, *, teaching: bool
) -> Candidates:
    weights = arrays.weights
    homes, inverse = np.unique(arrays.home[people], return_inverse=True)
    shape = (len(homes), len(start))
    awake, day, hours = np.zeros(shape, np.bool_), np.zeros(shape, np.int16), np.zeros(shape, np.int16)
    for n, home in enumerate(homes):
        clock = arrays.clock(arrays.place_list[home].timezone, workshop.minutes)
        awake[n], day[n], hours[n] = (table[start] for table in clock)
        awake[n] &= arrays.works[home, day[n]]
    day_of = day[inverse]
    ok = awake[inverse] & (_days_among(arrays.away_before, people, day_of, day_of + 1) == 0)
    unwilling = _days_among(arrays.reluctant_before, people, day_of, day_of + 1)
    lost = weights.discomfort * hours[inverse] + weights.reluctance * unwilling
    value = np.asarray(-100.0 * lost, dtype=np.float64)
    cost = np.zeros((len(people), 1), dtype=np.int64)
    if teaching:
        cost = derived.online_fee_days(workshop.minutes) * arrays.fee[people][:, None]
        liked = _days_among(arrays.preferred_before, people, day_of, day_of + 1)
        value = value + 100.0 * weights.preferred * liked - float(weights.cost) * cost
        level = arrays.teaches[people, topic].astype(np.int64)
    else:
        level = needs(arrays, workshop)[people]
        value = value + 100.0 * weights.need * level[:, None]
    return Candidates(people, level, ok, value, np.arange(len(start)), cost, day_of, day_of)


def _days_among(
    before: NDArray[np.int32], people: Ints, first: Ints | Days, stop: Ints | Days
) -> NDArray[np.int32]:
    """How many of the days counted in `before` [P, D + 1] each person [N] has in first..stop - 1 [N, O]."""
    found = np.zeros(first.shape, before.dtype)
    some = np.flatnonzero(before[people, -1])  # most people have few such days, or none
    if some.size:
        row = people[some][:, None]
        found[some] = before[row, stop[some]] - before[row, first[some]]
    return found


def places_of_venues(arrays: Arrays) -> Ints:
    return np.array([arrays.place_number[v.place] for v in arrays.round.venues.values()], dtype=np.int64)
