"""Proven upper bounds by Lagrangian relaxation: the rules between workshops at prices, each workshop alone.

For any prices >= 0 (`Prices`), with every workshop's own rules kept as far as `pricing` bounds them,

    L = sum_w max(0, max_o  held + value_o + team(o) + seats(o), at the prices)
      + sum_p max_{n <= max_workshops} (facilitate_p n - 100 balance n (n - 1) / 2)
      + sum_p seat_p max_seats + sum_pt topic_pt + sum_gt (100 reach - reach_gt)^+
      + sum_f fund_f amount_f

is at least the objective of any schedule (Geoffrion 1974): rules relaxed at a price can only be paid for
by a schedule that keeps them. Left out altogether, which only raises L: one place at a time, venue days,
the days between a workshop and its followers, days away, working languages, organisations_min.

The bound is lowered by subgradient steps of Polyak's length (1969) towards the best schedule known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from solver.engine.arrays import Bools, Floats, Ints
from solver.engine.board import Board
from solver.engine.options import NOWHERE, Options
from solver.engine.prices import Prices
from solver.engine.pricing import best_seats_worth, best_team_worth
from solver.engine.seating import Seating, choose_seats
from solver.engine.teaming import choose_team
from solver.round import MAY_LEAD


@dataclass(slots=True)
class Use:
    """What the sessions chosen at some prices use of everything that has a price, summed."""

    facilitate: Floats
    seat: Floats
    topic: Floats
    reach: Floats
    graduate: list[Floats]
    held: Floats
    fund: Floats
    budget: Floats


class Lagrangian:
    """The relaxation of the round of a board (what is placed on it does not matter)."""

    def __init__(self, board: Board) -> None:
        self.board, self.arrays, self.sets = board, board.arrays, board.sets
        self.weights = board.arrays.weights
        self.parent_row = [self._rows_in_parent(options) for options in board.sets]
        self.can_graduate = [rows >= 0 for rows in self.parent_row]
        self.venue_seats = np.array([v.seats for v in board.arrays.round.venues.values()], dtype=np.int64)

    def _rows_in_parent(self, options: Options) -> Ints:
        """For each team candidate its row among the seats of the workshop followed, or -1."""
        parent = self.board.parent[options.w]
        if parent == NOWHERE:
            return np.full(options.team.people.size, -1)
        row = {int(p): n for n, p in enumerate(self.sets[parent].seats.people.tolist())}
        return np.array([row.get(int(p), -1) for p in options.team.people.tolist()], dtype=np.int64)

    def value(self, prices: Prices, use: Use | None = None) -> float:
        """L at some prices; what its maximisers use is added to `use`."""
        constant = -100.0 * self.weights.cancel * len(self.arrays.round.published or ())
        total = constant + self._of_resources(prices, use)
        earned = self._earned_by_parents(prices)
        for options in self.sets:
            if len(options):
                total += self._of_workshop(options, prices, earned[options.w], use)
        return total

    # -- resources ----------------------------------------------------------

    def _of_resources(self, prices: Prices, use: Use | None) -> float:
        arrays, weights = self.arrays, self.weights
        step = 100.0 * weights.balance
        most = arrays.max_workshops
        if step:
            n = np.minimum(most, np.floor(prices.facilitate / step + 1.0)).astype(np.int64)
        else:
            n = np.where(prices.facilitate > 0, most, 0)
        total = float((prices.facilitate * n - step * n * (n - 1) / 2).sum())
        total += float((prices.seat * arrays.max_seats).sum() + prices.topic.sum())
        bonus = 100.0 * weights.reach
        total += float(np.maximum(bonus - prices.reach, 0.0)[self._reachable()].sum())
        total += float(
            sum(f * amount for f, amount in zip(prices.fund.tolist(), self.board.amount, strict=True))
        )
        if use is not None:
            use.facilitate -= n
            use.seat -= arrays.max_seats
            use.topic -= 1.0
            use.reach += (prices.reach < bonus) & self._reachable()
            use.fund -= np.array(self.board.amount, dtype=float)
        return total

    def _reachable(self) -> Bools:
        """[G, T] whether some candidate of an organisation may hold a seat in a topic."""
        found = np.zeros(self.board.reached.shape, dtype=np.bool_)
        for options in self.sets:
            if len(options):
                found[self.arrays.organisation[options.seats.people], options.topic] = True
        return found

    def _earned_by_parents(self, prices: Prices) -> list[Floats]:
        """What each seat of a workshop earns from those that follow it and want its graduates."""
        earned = [np.zeros(options.seats.people.size) for options in self.sets]
        for options in self.sets:
            parent = self.board.parent[options.w]
            if parent != NOWHERE and len(options):
                rows = self.parent_row[options.w]
                there = rows >= 0
                np.add.at(earned[parent], rows[there], prices.graduate[options.w][there])
        return earned

    # -- workshops ----------------------------------------------------------

    def _of_workshop(self, options: Options, prices: Prices, earned: Floats, use: Use | None) -> float:
        """The best that one workshop can do at the prices."""
        w, workshop, arrays = options.w, options.workshop, self.arrays
        team, seats = options.team, options.seats
        money = prices.budget[w] + sum(prices.fund[f] for f in self.board.funds_of[w])
        groups = arrays.organisation[seats.people]
        team_price = prices.facilitate[team.people] + np.where(team.level > 0, 0.0, prices.graduate[w])
        team_worth = team.worth() - team_price[:, None] - (money * team.cost)[:, options.cost_column]
        team_worth = np.where(team.ok, team_worth, -np.inf)
        gain = earned + prices.reach[groups, options.topic] - prices.of_seats(options)
        seat_worth = seats.worth() + gain[:, None]
        if not options.online:
            seat_worth = seat_worth - (money * seats.cost)[:, options.cost_column]
        seat_worth = np.where(seats.ok, seat_worth, -np.inf)
        base = options.held_value + options.value - money * options.cost - prices.held[w]
        base = base + sum(prices.held[child] for child in self.board.children[w])
        if workshop.budget is not None:
            base = base + prices.budget[w] * workshop.budget
        needed = workshop.follows.graduates if workshop.follows else 0
        worth = base + best_team_worth(
            team_worth, team.level >= MAY_LEAD, self.can_graduate[w], workshop.team, needed
        )
        limit = np.full(len(options), workshop.seats.max)
        if not options.online:
            limit = np.minimum(limit, self.venue_seats[options.venue])
        each, nothing = workshop.seats_per_organisation, np.zeros(seats.people.size)
        worth += best_seats_worth(
            seat_worth, nothing, options.by_organisation, each, workshop.seats.min, limit
        )
        o = int(np.argmax(worth))
        if worth[o] <= 0 and not options.must:
            return 0.0
        if use is not None and worth[o] > -np.inf:
            self._count(options, o, team_worth[:, o], seat_worth[:, o], int(limit[o]), use)
        return float(worth[o])

    def _count(
        self, options: Options, o: int, team_worth: Floats, seat_worth: Floats, most: int, use: Use
    ) -> None:
        """Add what the best session in one option uses (any use gives a valid step: it may be heuristic)."""
        w, workshop, arrays = options.w, options.workshop, self.arrays
        team = choose_team(
            team_worth,
            options.team.level >= MAY_LEAD,
            self.can_graduate[w],
            arrays.speaks[options.team.people][:, options.languages],
            workshop.team,
            workshop.follows.graduates if workshop.follows else 0,
        )
        groups = arrays.organisation[options.seats.people]
        seating = Seating(
            workshop.seats.min, most, workshop.seats_per_organisation, workshop.organisations_min
        )
        seats = choose_seats(seat_worth, np.zeros(seat_worth.size), groups, seating)
        if team is None or seats is None:
            return
        column = int(options.cost_column[o])
        cost = float(options.cost[o] + options.team.cost[team, column].sum())
        if not options.online:
            cost += float(options.seats.cost[seats, column].sum())
        use.facilitate[options.team.people[team]] += 1
        for row in team:
            if options.team.level[row] == 0:
                use.graduate[w][row] += 1
        people = options.seats.people[seats]
        use.seat[people] += 1
        use.topic[people, options.topic] += 1
        np.subtract.at(use.reach[:, options.topic], groups[seats], 1.0)
        for child in self.board.children[w]:
            seated = np.isin(self.parent_row[child], seats)
            use.graduate[child][seated] -= 1
            use.held[child] -= 1
        if self.board.parent[w] != NOWHERE:
            use.held[w] += 1
        for f in self.board.funds_of[w]:
            use.fund[f] += cost
        if workshop.budget is not None:
            use.budget[w] += cost - workshop.budget

    def no_use(self) -> Use:
        none = Prices.none(self.arrays, self.sets)
        return Use(
            none.facilitate,
            none.seat,
            none.topic,
            none.reach,
            list(none.graduate),
            none.held,
            none.fund,
            none.budget,
        )


def lowered(
    relaxation: Lagrangian, prices: Prices, target: Callable[[], float]
) -> Iterator[tuple[float, Prices]]:
    """Bounds with the prices they hold at, one per subgradient step, for ever.

    `target` is the objective of the best schedule known. The step is halved after five steps without a
    lower bound.
    """
    length, best, best_prices, stale = 1.0, np.inf, prices, 0
    while True:
        use = relaxation.no_use()
        bound = relaxation.value(prices, use)
        if bound < best - 1.0:
            best, best_prices, stale = bound, prices, 0
        else:
            stale += 1
            if stale >= 5:
                length, stale, prices = length / 2, 0, best_prices
        yield bound, prices
        prices = _step(relaxation, prices, use, length * max(1.0, bound - target()))


def _step(relaxation: Lagrangian, prices: Prices, use: Use, length: float) -> Prices:
    """Prices rise for what is used too much and fall for what is left, never below 0."""
    # Money is measured in units of what a session costs, else its rows would drown all others.
    scale = max(1.0, float(np.abs(use.budget).max(initial=0.0)), float(np.abs(use.fund).max(initial=0.0)))
    topic_step = np.where((use.topic > 0) | (prices.topic > 0), use.topic, 0.0)
    seat_step = np.where((use.seat > 0) | (prices.seat > 0), use.seat, 0.0)
    norm = float(
        (use.facilitate**2).sum()
        + (seat_step**2).sum()
        + (topic_step**2).sum()
        + (use.reach**2).sum()
        + sum(float((g**2).sum()) for g in use.graduate)
        + (use.held**2).sum()
        + ((use.fund / scale) ** 2).sum()
        + ((use.budget / scale) ** 2).sum()
    )
    t = length / max(norm, 1e-9)
    reach = 100.0 * relaxation.weights.reach
    return Prices(
        np.maximum(0.0, prices.facilitate + t * use.facilitate),
        np.maximum(0.0, prices.seat + t * seat_step),
        np.maximum(0.0, prices.topic + t * topic_step),
        np.clip(prices.reach + t * use.reach, 0.0, reach),
        tuple(np.maximum(0.0, p + t * g) for p, g in zip(prices.graduate, use.graduate, strict=True)),
        np.maximum(0.0, prices.held + t * use.held),
        np.maximum(0.0, prices.fund + t * use.fund / scale**2),
        np.maximum(0.0, prices.budget + t * use.budget / scale**2),
    )
