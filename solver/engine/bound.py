"""Proven upper bounds by Lagrangian relaxation: the rules between workshops at prices, each workshop alone.

For any prices >= 0, with every workshop's own rules kept as far as the `oracle` keeps them,

    L = sum_w max(0, max_o  held + value_o + team(o) + seats(o), at the prices)
      + sum_p max_{n <= max_workshops} (facilitate_p n - 100 balance n (n - 1) / 2)
      + sum_gt (100 reach - reach_gt)^+ + sum over all other rows of price times limit

is at least the objective of any schedule (Geoffrion 1974): rules relaxed at a price can only be paid for
by a schedule that keeps them. The rows with a price are

    facilitate, seat [P]   sessions facilitated (with balance), seats taken    <= max_workshops, max_seats
    topic [P, T]           seats of a person in a topic                        <= 1
    reach [G, T]           the bonus for reach                                 <= seats there
    graduate [C]           a team member who does not teach                    <= its seat where it learnt
    held [W]               a follower                                          <= the workshop followed
    after, before [K, D]   a follower's first days until / from a day on       <= last days that allow them
    fund [F], budget [W]   money
    away [P]               days away for sessions facilitated                  <= max_days_away
    trips [P]              floor(days away of one / k), summed                 <= floor(max_days_away / k)
    stay [P]               days of blocks                                      <= days that they may cover

`trips` are Chvatal-Gomory cuts: somebody who may be away for seven days makes one journey of four, not 1.75.
Left out altogether, which only raises L: one place at a time day by day and venue days (measured: prices of
theirs are worth next to nothing), and working languages where a table of them would be too large.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.engine.arrays import Floats, Ints
from solver.engine.board import Board
from solver.engine.field import UNLIMITED, Field, field_of
from solver.engine.kernels.oracle import (
    NOTHING,
    Rates,
    Uses,
    best_options,
    charge_dates,
    count,
    count_dates,
    days_wanted,
    dearest,
    raise_limits,
)
from solver.engine.kernels.worths import all_worths
from solver.engine.options import NOWHERE
from solver.engine.prices import Prices

TRIP = 4  # days away that one session takes, about: a unit of `away`


class Lagrangian:
    """The relaxation of the round of a board (what is placed on it does not matter).

    Multipliers are one vector [n] within 0 and `upper` [n], of which `part(x, name)` is the part of one kind
    of row; `unit` [n] is the size of a step in each.
    """

    def __init__(self, board: Board, field: Field | None = None) -> None:
        self.board, self.arrays = board, board.arrays
        self.field = field_of(board.arrays, board.sets) if field is None else field
        self.weights = board.arrays.weights
        self._lay_out()
        self._describe_candidates()
        self._describe_days()
        # What is known of the options from before, so that few of them need a look at prices nearby.
        self.looked = 0
        self._rates_before: Rates | None = None
        self._limit = np.full(len(self.field.options), np.inf)
        self._best = np.full(len(self.field.workshops), NOWHERE, dtype=np.int64)
        self._dearest = np.zeros(len(self.field.candidates))
        dearest(self.field, self._dearest)
        self.unit, self.upper = np.ones(self.size), np.full(self.size, np.inf)
        self.part(self.upper, "reach")[:] = 100.0 * self.weights.reach
        # Rows that there are not.
        records = self.field.workshops
        self.part(self.upper, "held")[records["parent"] == NOWHERE] = 0.0
        self.part(self.upper, "budget")[records["budget"] >= UNLIMITED] = 0.0
        graduate = self.part(self.upper, "graduate")
        graduate[np.setdiff1d(np.arange(graduate.size), self.graduates)] = 0.0
        self.part(self.unit, "away")[:] = 1.0 / TRIP
        self.part(self.unit, "stay")[:] = 1.0 / TRIP
        costs = self.field.cost[self.field.cost > 0]
        for name in ("fund", "budget"):
            self.part(self.unit, name)[:] = 1.0 / (costs.mean() if costs.size else 1.0)

    def _lay_out(self) -> None:
        arrays, field = self.arrays, self.field
        people, topics = len(arrays.person_ids), max(1, len(arrays.topic_number))
        self.followers = np.flatnonzero(field.workshops["parent"] != NOWHERE)
        per_day = (self.followers.size, arrays.days)
        self.shapes: dict[str, tuple[int, ...]] = {
            "facilitate": (people,),
            "seat": (people,),
            "topic": (people, topics),
            "reach": (len(arrays.organisation_number), topics),
            "graduate": (len(field.candidates),),
            "held": (len(field.workshops),),
            "fund": (len(field.amount),),
            "budget": (len(field.workshops),),
            "away": (people,),
            "trips": (people,),
            "stay": (people,),
            "after": per_day,
            "before": per_day,
        }
        self.begins: dict[str, int] = {}
        self.size = 0
        for name, shape in self.shapes.items():
            self.begins[name] = self.size
            self.size += int(np.prod(shape))

    def part(self, x: Floats, name: str) -> Floats:
        """The part of a vector that belongs to one kind of row, in its shape; a view."""
        begin, shape = self.begins[name], self.shapes[name]
        return x[begin : begin + int(np.prod(shape))].reshape(shape)

    def _describe_candidates(self) -> None:
        field, records = self.field, self.field.workshops
        roles = np.stack([records["teams"], records["seats"]], axis=1)
        of_workshop = np.repeat(np.arange(len(records)), roles.sum(axis=1))
        self.in_team = np.repeat(np.tile([True, False], len(records)), roles.ravel())
        self.person = field.candidates["person"].copy()
        self.organisation = field.candidates["organisation"].copy()
        self.in_parent = field.candidates["in_parent"].copy()
        self.topic_of = records["topic"][of_workshop]
        learns = self.in_team & ~field.candidates["teaches"]
        self.graduates = np.flatnonzero(learns & (self.in_parent >= 0))
        self.never = np.flatnonzero(learns & (self.in_parent < 0))
        self.of_option = np.repeat(np.arange(len(records)), records["options"])
        self.reachable = np.zeros(self.shapes["reach"], dtype=np.bool_)
        seated = ~self.in_team & (records["options"][of_workshop] > 0)
        self.reachable[self.organisation[seated], self.topic_of[seated]] = True

    def _describe_days(self) -> None:
        """The limits of `trips` and `stay`."""
        arrays, people = self.arrays, len(self.arrays.person_ids)
        days = [options.workshop.days or 0 for options in self.board.sets]
        self.lengths = max(days, default=0) + 5  # with two days of travel each way
        wanted = np.zeros((people, arrays.days), dtype=np.bool_)
        blocks = np.zeros((people, self.lengths), dtype=np.int64)
        days_wanted(self.field, wanted, blocks)
        free = np.diff(arrays.away_before[:, : arrays.days + 1], axis=1) == 0
        self.days_free = (wanted & free).sum(axis=1).astype(np.float64)
        self.divisor = _divisors(blocks, arrays.max_days_away)
        self.most_trips = (arrays.max_days_away // self.divisor).astype(np.float64)

    # -- the bound ----------------------------------------------------------

    def value(self, prices: Prices) -> float:
        """L at some prices."""
        return self.at(self.vector(prices))

    def at(self, x: Floats, use: Floats | None = None) -> float:
        """L at multipliers x [n]; by how much its maximisers overuse each row is put into `use` [n]."""
        field, records = self.field, self.field.workshops
        rates = self._rates(x)
        worth, best = np.empty(len(records)), self._best
        if self._rates_before is not None:
            raise_limits(field, self._rates_before, rates, self._dearest, self._limit)
        self.looked += best_options(field, rates, self._limit, worth, best)
        self._rates_before = rates
        total = -100.0 * self.weights.cancel * len(self.arrays.round.published or ())
        total += self._of_resources(x, use)
        # A demanded workshop that nobody can hold leaves no schedule to bound: anything is true of it.
        total += float(np.where(records["must"] & (worth > NOTHING), worth, np.maximum(worth, 0.0)).sum())
        if use is not None:
            self._count(x, use, rates, worth, best)
        return total

    def worths(self, x: Floats) -> tuple[float, Floats, Floats, Floats]:
        """L at multipliers x [n], and what each option brings to it at most, [O]: with anybody, with each
        candidate in the team, with each in a seat (both laid out like `Field.ok`). NOTHING: it cannot be."""
        option = np.full(len(self.field.options), NOTHING)
        team, seat = np.full(self.field.ok.size, NOTHING), np.full(self.field.ok.size, NOTHING)
        all_worths(self.field, self._rates(x), option, team, seat)
        return self.at(x), option, team, seat

    def _rates(self, x: Floats) -> Rates:
        field, records, board = self.field, self.field.workshops, self.board
        part = {name: self.part(x, name) for name in self.shapes}
        money = part["budget"].copy()
        for w, funds in enumerate(board.funds_of):
            money[w] += sum(part["fund"][f] for f in funds)
        who, topic = self.person, self.topic_of
        seats = part["seat"][who] + part["topic"][who, topic] - part["reach"][self.organisation, topic]
        candidate = np.where(self.in_team, part["facilitate"][who], seats)
        candidate[self.graduates] += part["graduate"][self.graduates]
        np.subtract.at(candidate, self.in_parent[self.graduates], part["graduate"][self.graduates])
        candidate[self.never] = np.inf
        earned = records["held"] - part["held"]
        for w, children in enumerate(board.children):
            earned[w] += part["held"][children].sum()
        limited = records["budget"] < UNLIMITED
        earned += np.where(limited, part["budget"] * np.where(limited, records["budget"], 0.0), 0.0)
        session = earned[self.of_option] + field.options["value"]
        session -= money[self.of_option] * field.options["cost"]
        charge_dates(field, self.followers, part["after"], part["before"], session)
        length = np.arange(self.lengths)
        away = part["away"][:, None] * length + part["trips"][:, None] * (length // self.divisor[:, None])
        return Rates(session, candidate, money, away, part["stay"][:, None] * length)

    def _of_resources(self, x: Floats, use: Floats | None) -> float:
        """What the rows are paid at their limits; in `use` their limits, negative."""
        arrays, field = self.arrays, self.field
        facilitate, reach = self.part(x, "facilitate"), self.part(x, "reach")
        step, most, bonus = 100.0 * self.weights.balance, arrays.max_workshops, 100.0 * self.weights.reach
        if step:
            n = np.minimum(most, np.floor(facilitate / step + 1.0)).astype(np.int64)
        else:
            n = np.where(facilitate > 0, most, 0)
        total = float((facilitate * n - step * n * (n - 1) / 2).sum())
        total += float(np.maximum(bonus - reach, 0.0)[self.reachable].sum())
        limits: dict[str, Floats | Ints | float] = {
            "seat": arrays.max_seats,
            "topic": 1.0,
            "fund": field.amount,
            "away": arrays.max_days_away,
            "trips": self.most_trips,
            "stay": self.days_free,
        }
        for name, limit in limits.items():
            total += float((self.part(x, name) * limit).sum())
        if use is not None:
            use[:] = 0.0
            self.part(use, "facilitate")[:] = -n
            self.part(use, "reach")[:] = (reach < bonus) & self.reachable
            for name, limit in limits.items():
                self.part(use, name)[:] = -limit
        return total

    def _count(self, x: Floats, use: Floats, rates: Rates, worth: Floats, best: Ints) -> None:
        chosen = np.full(worth.size, NOWHERE, dtype=np.int64)
        parts = {name: self.part(use, name) for name in self.shapes if name not in ("after", "before")}
        count(self.field, rates, worth, best, self.divisor, Uses(**parts, option=chosen))
        if not self.weights.balance:  # at no price any number may be facilitated: as many as are wanted
            free = self.part(use, "facilitate")
            unpriced = self.part(x, "facilitate") == 0.0
            free[unpriced] = np.maximum(free - self.arrays.max_workshops, 0.0)[unpriced]
        count_dates(self.field, self.followers, chosen, self.part(use, "after"), self.part(use, "before"))

    # -- prices -------------------------------------------------------------

    def vector(self, prices: Prices) -> Floats:
        """Multipliers of some prices; those that prices do not name are 0."""
        x = np.zeros(self.size)
        for name in ("facilitate", "seat", "held", "fund", "budget", "away"):
            self.part(x, name)[:] = getattr(prices, name)
        self.part(x, "topic")[:, : prices.topic.shape[1]] = prices.topic
        self.part(x, "reach")[:, : prices.reach.shape[1]] = prices.reach
        graduate = self.part(x, "graduate")
        for record, each in zip(self.field.workshops, prices.graduate, strict=True):
            graduate[record["team"] : record["team"] + record["teams"]] = each
        np.minimum(x, self.upper, out=x)
        return x

    def prices(self, x: Floats) -> Prices:
        """The prices among multipliers."""
        graduate = self.part(x, "graduate")
        none = Prices.none(self.arrays, self.board.sets)
        return replace(
            none,
            topic=self.part(x, "topic")[:, : none.topic.shape[1]].copy(),
            reach=self.part(x, "reach")[:, : none.reach.shape[1]].copy(),
            graduate=tuple(
                graduate[record["team"] : record["team"] + record["teams"]].copy()
                for record in self.field.workshops
            ),
            **{
                name: self.part(x, name).copy()
                for name in ("facilitate", "seat", "held", "fund", "budget", "away")
            },
        )


def rounded_down(bound: float) -> int:
    """A bound as a whole number: objectives are whole, and half a unit covers floating-point tolerances."""
    return int(np.floor(bound + 0.5))


def _divisors(blocks: Ints, most: Ints) -> Ints:
    """For each person the k [P] that cuts most off: by how much floor(length / k) / floor(most / k) exceeds
    length / most, over the lengths of its blocks away, counted in `blocks` [P, lengths]."""
    lengths = np.arange(blocks.shape[1])
    best, gained = most + 1, np.full(most.size, 1e-9)  # cuts nothing off: 0 <= 0
    for k in range(2, blocks.shape[1]):
        limit = most // k
        gain = (lengths // k)[None, :] / np.maximum(limit, 1)[:, None] - lengths / np.maximum(most, 1)[
            :, None
        ]
        total = np.where(limit > 0, (blocks * np.maximum(gain, 0.0)).sum(axis=1), 0.0)
        best, gained = np.where(total > gained, k, best), np.maximum(total, gained)
    return best.astype(np.int64)
