"""A board for machines: the compiled working state of construction and improvement.

A `Slate` places and takes out sessions some fifty times as fast as a `Board`, which is what people and
exact models work with; `placements` and `restore` carry a schedule from one to the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from solver.engine.arrays import Arrays, Floats, Ints
from solver.engine.board import Placement
from solver.engine.field import State, empty_state, field_of, placement_at
from solver.engine.kernels import placing, ranking, ruin, sessions
from solver.engine.options import Options
from solver.engine.prices import Prices

Ranking = tuple[Floats, Floats, Floats, Ints]
"""Prices [C], bounds, bounds of seats and orders [O], of one level or stacked, of several."""


class Slate:
    """What is placed now. One process, one slate: the compiled random numbers are the process's own.

    Attributes:
        field, state: the arrays that compiled functions take
        tables: prices [L, C], bounds, bounds of seats and orders [L, O] of each level; 0 knows no prices
        priced: whether there is level 1
    """

    def __init__(self, arrays: Arrays, sets: list[Options], seed: int = 1) -> None:
        self.arrays, self.sets = arrays, sets
        weights = arrays.weights
        self.field = field_of(arrays, sets)
        self.state = empty_state(arrays, self.field)
        self.rates = np.array([100.0 * weights.balance, 100.0 * weights.reach, float(weights.cost)])
        self.wish = np.zeros(len(self.field.candidates))
        self.children = [
            self.field.children[self.field.child[w] : self.field.child[w + 1]].tolist()
            for w in range(len(sets))
        ]
        self.parent: list[int] = self.field.workshops["parent"].tolist()
        self.priced = False
        ruin.seed(seed)

    # Who bounds the round needs the field and neither of these for long: they are made when they are needed.

    @cached_property
    def most(self) -> Floats:
        """What each candidate brings at most, [C]."""
        return most_of_each(self.sets)

    @cached_property
    def _unpriced(self) -> Ranking:
        return self._ranked(np.zeros(len(self.field.candidates)))

    @cached_property
    def tables(self) -> Ranking:
        return _stacked(self._unpriced)

    @property
    def objective(self) -> float:
        """To the unit, as long as it is below 2^53."""
        return float(self.state.objective[0])

    def respect(self, prices: Prices) -> None:
        """From now on insertions at level 1 respect these prices."""
        self.priced = True
        each = np.zeros(len(self.field.candidates))
        for options, record in zip(self.sets, self.field.workshops, strict=True):
            each[record["team"] : record["team"] + record["teams"]] = prices.of_team(options)
            each[record["seat"] : record["seat"] + record["seats"]] = prices.of_seats(options)
        self.tables = _stacked(self._unpriced, self._ranked(each))

    def _ranked(self, price: Floats) -> Ranking:
        return price, *ranking.ranked(self.field, price, self.rates[1])

    # -- moves --------------------------------------------------------------

    def holds(self, w: int) -> bool:
        return bool(self.state.option[w] >= 0)

    def insert(self, w: int, *, level: int = 0, looks: int = 12, noise: float = 0.0) -> bool:
        """Insert a workshop where it is worth most, if it is worth anything or demanded; whether it was."""
        field, state = self.field, self.state
        wished = 0.0
        if self.children[w]:
            wished = ruin.wish_for_graduates(field, state, w, self.most, self.wish)
        price, bound, by_seats, order = (table[level] for table in self.tables)
        held = sessions.insert(
            field,
            state,
            w,
            -1,
            price,
            bound,
            by_seats,
            order,
            self.wish,
            wished,
            noise,
            looks,
            level > 0,
            self.rates,
        )
        if wished:
            ruin.forget_wishes(field, w, self.wish)
        return bool(held)

    def take_out(self, w: int) -> None:
        placing.take_out(self.field, self.state, w, self.rates[0], self.rates[1])

    def with_followers(self, w: int) -> list[int]:
        """`w` and every workshop held that follows it, directly or not; followers last."""
        found = [w]
        for each in found:
            found.extend(child for child in self.children[each] if self.holds(child))
        return found

    def depth(self, w: int) -> int:
        """How many workshops `w` follows, one after the other."""
        return 0 if self.parent[w] < 0 else 1 + self.depth(self.parent[w])

    # -- in and out ---------------------------------------------------------

    def copy(self) -> State:
        """A copy of what is placed, to come back to with `back_to` (only the placements are kept)."""
        state = self.state
        return state._replace(
            option=state.option.copy(),
            team=state.team.copy(),
            members=state.members.copy(),
            seats=state.seats.copy(),
            seated=state.seated.copy(),
            spent_on=state.spent_on.copy(),
            objective=state.objective.copy(),
        )

    def back_to(self, kept: State) -> None:
        """Make the slate what it was when `kept` was copied."""
        for w in np.flatnonzero((self.state.option >= 0) | (kept.option >= 0)).tolist():
            ruin.put_back(self.field, self.state, kept, w, self.rates)

    def placements(self, kept: State | None = None) -> list[Placement | None]:
        """What is placed, in the board's words."""
        state = kept or self.state
        return [placement_at(self.field, state, w) for w in range(len(self.sets))]

    def restore(self, placements: Sequence[Placement | None]) -> None:
        """Place exactly these."""
        field, state, rates = self.field, self.state, self.rates
        for w in np.flatnonzero(state.option >= 0).tolist():
            self.take_out(w)
        for placement in placements:
            if placement is not None:
                here = field.workshops[placement.w]
                team = np.array(placement.team, dtype=np.int64) + here["team"]
                seats = np.array(placement.seats, dtype=np.int64) + here["seat"]
                placing.put(
                    field,
                    state,
                    placement.w,
                    placement.option,
                    team,
                    len(team),
                    seats,
                    len(seats),
                    float(placement.cost),
                    rates[0],
                    rates[1],
                )


def _stacked(*levels: Ranking) -> Ranking:
    price, bound, by_seats, order = (np.stack(each) for each in zip(*levels, strict=True))
    return price, bound, by_seats, order


def most_of_each(sets: list[Options]) -> Floats:
    """What each candidate brings at most in any option where it can be, [C]; -inf where in none."""
    found = []
    for options in sets:
        for part in (options.team, options.seats):
            worth = np.where(part.ok, part.worth(), -np.inf)
            found.append(worth.max(axis=1, initial=-np.inf))
    return np.concatenate(found) if found else np.zeros(0)
