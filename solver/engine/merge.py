"""The best schedule that can be made of the sessions of several schedules.

Every workshop is held as in one of them or not at all: an integer program over a pool of sessions, which is
optimized crossover (Aggarwal, Orlin and Tai 1997) with all rules between workshops in it. What two searches
gained in different parts of a round adds up this way, and each schedule of the pool is a solution, so the
best of them is never lost. Of two right schedules only sessions of different ones can be in each other's
way; such rows make a bipartite graph, which is why HiGHS mostly needs no branching.

    maximise   sum_s value_s x_s + reach - balance
    subject to sum_{s of w} x_s <= 1                          (= 1 if demanded)
               sum_{s covers a moment of a person or venue} x_s <= 1
               x_s <= sum of the sessions of the workshop followed that s can follow
               load, funds, one seat per topic
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from solver.engine.board import Board, Placement
from solver.engine.mip import LinearModel
from solver.engine.options import NOWHERE
from solver.round import FACILITATES

Schedule = Sequence[Placement | None]


def merge(
    board: Board,
    schedules: Iterable[Schedule],
    seconds: float,
    *,
    meanwhile: Callable[[], bool] = lambda: False,
) -> list[Placement | None] | None:
    """The best of all schedules whose sessions are in some of these, each of which is right.

    Of the board only the sets are looked at. `None` where the time was up, or `meanwhile` true, before
    anything was found.
    """
    pool: dict[Placement, None] = {}
    for schedule in schedules:
        pool.update((_in_order(placement), None) for placement in schedule if placement is not None)
    if not pool:
        return [None] * len(board.sets)
    model = _Pool(board, list(pool))
    answer = model.model.solve(seconds, meanwhile=meanwhile)
    if answer.values is None:
        return None
    merged: list[Placement | None] = [None] * len(board.sets)
    for placement, chosen in zip(model.pool, answer.values.tolist(), strict=False):
        if chosen > 0.5:
            merged[placement.w] = placement
    return merged


def _in_order(placement: Placement) -> Placement:
    """Equal sessions as equal values, whoever found them."""
    team, seats = tuple(sorted(placement.team)), tuple(sorted(placement.seats))
    return Placement(placement.w, placement.option, team, seats, placement.cost)


class _Pool:
    """The model: column s says whether session s of the pool is held."""

    def __init__(self, board: Board, pool: list[Placement]) -> None:
        self.board, self.pool, self.arrays = board, pool, board.arrays
        self.model = LinearModel()
        self.cliques: set[tuple[int, ...]] = set()
        self.model.variables(len(pool), [self.value(placement) for placement in pool])
        self.workshops()
        self.venues()
        self.people()
        self.load()
        self.reach()
        self.funds()
        self.follows()
        for clique in sorted(self.cliques):
            self.model.at_most(clique, 1.0, 1.0)

    def value(self, placement: Placement) -> float:
        """What a session brings by itself, in hundredths of a point: all but `balance` and `reach`."""
        options, o = self.board.sets[placement.w], placement.option
        worth = options.held_value + float(options.value[o])
        for part, rows in ((options.team, placement.team), (options.seats, placement.seats)):
            worth += float(part.value[list(rows), part.value_column[o]].sum())
        return worth

    def one_of(self, sessions: Iterable[int]) -> None:
        """At most one of these is held."""
        clique = tuple(sorted(set(sessions)))
        if len(clique) > 1:
            self.cliques.add(clique)

    def workshops(self) -> None:
        """Each at most once; what pins demand, once."""
        of: defaultdict[int, list[int]] = defaultdict(list)
        for s, placement in enumerate(self.pool):
            of[placement.w].append(s)
        for w, sessions in of.items():
            if self.board.sets[w].must:
                self.model.row(sessions, 1.0, 1.0, 1.0)
            else:
                self.one_of(sessions)

    def venues(self) -> None:
        """One session at a time in each."""
        at: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for s, placement in enumerate(self.pool):
            options, o = self.board.sets[placement.w], placement.option
            if not options.online:
                at[int(options.venue[o])].append((int(options.first[o]), int(options.last[o]), s))
        for stays in at.values():
            self.apart(stays)

    def people(self) -> None:
        """Nobody in two places at once, nor twice in the seats of a topic."""
        away: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        calls: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        called: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        topics: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for s, placement in enumerate(self.pool):
            options, o = self.board.sets[placement.w], placement.option
            for part, rows in ((options.team, placement.team), (options.seats, placement.seats)):
                for row in rows:
                    p, first, last = int(part.people[row]), int(part.first[row, o]), int(part.last[row, o])
                    if part is options.seats:
                        topics[p, options.topic].append(s)
                    if options.online:
                        start = int(options.start[o])
                        calls[p].append((start, start + options.slots - 1, s))
                        called[p, first].append(s)
                    else:
                        away[p].append((first, last, s))
        for journeys in away.values():
            self.apart(journeys)
        for each in calls.values():
            self.apart(each)
        for (p, day), ringing in called.items():
            blocks = [s for first, last, s in away[p] if first <= day <= last]
            for call in ringing if blocks else ():
                self.one_of([*blocks, call])
        for seats in topics.values():
            self.one_of(seats)

    def apart(self, intervals: list[tuple[int, int, int]]) -> None:
        """No two of these (first, last, session) at the same time: the cliques where each begins."""
        for moment in {first for first, _, _ in intervals}:
            self.one_of(s for first, last, s in intervals if first <= moment <= last)

    def load(self) -> None:
        """Limits of each person, and `balance`: the k-th session facilitated costs k - 1 times its weight."""
        arrays, weight = self.arrays, 100.0 * self.arrays.weights.balance
        teams: defaultdict[int, list[int]] = defaultdict(list)
        seats: defaultdict[int, list[int]] = defaultdict(list)
        days: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for s, placement in enumerate(self.pool):
            options, o = self.board.sets[placement.w], placement.option
            for row in placement.team:
                p, first = int(options.team.people[row]), int(options.team.first[row, o])
                teams[p].append(s)
                if not options.online and first != options.first[o]:
                    days[p].append((s, int(options.team.last[row, o]) - first + 1))
            for row in placement.seats:
                seats[int(options.seats.people[row])].append(s)
        for p, sessions in teams.items():
            most = min(int(arrays.max_workshops[p]), len({self.pool[s].w for s in sessions}))
            self.no_more(sessions, 1.0, int(arrays.max_workshops[p]))
            if weight and most > 1:
                costs = self.model.variables(most - 1, -weight * np.arange(1, most), whole=False)
                columns = [*sessions, *costs.tolist()]
                self.model.at_most(columns, [1.0] * len(sessions) + [-1.0] * (most - 1), 1.0)
        for p, sessions in seats.items():
            self.no_more(sessions, 1.0, int(arrays.max_seats[p]))
        for p, journeys in days.items():
            self.no_more(
                [s for s, _ in journeys], [float(d) for _, d in journeys], int(arrays.max_days_away[p])
            )

    def no_more(self, sessions: list[int], use: float | list[float], limit: int) -> None:
        """A row for a limit that could be broken."""
        used = use * len(sessions) if isinstance(use, float) else sum(use)
        if used > limit:
            self.model.at_most(sessions, use, float(limit))

    def reach(self) -> None:
        """The bonus for the first seat of an organisation in a topic."""
        bonus = 100.0 * self.arrays.weights.reach
        reaching: defaultdict[tuple[int, int], dict[int, None]] = defaultdict(dict)
        for s, placement in enumerate(self.pool if bonus else ()):
            options = self.board.sets[placement.w]
            people = options.seats.people[list(placement.seats)]
            for group in self.arrays.organisation[people].tolist():
                reaching[group, options.topic][s] = None
        reached = self.model.variables(len(reaching), bonus, whole=False)
        for r, sessions in zip(reached.tolist(), reaching.values(), strict=True):
            self.model.at_most([r, *sessions], [1.0] + [-1.0] * len(sessions), 0.0)

    def funds(self) -> None:
        """What each pays at most; budgets are kept by each session."""
        paid: defaultdict[int, list[int]] = defaultdict(list)
        for s, placement in enumerate(self.pool):
            for f in self.board.funds_of[placement.w]:
                paid[f].append(s)
        for f, sessions in paid.items():
            self.no_more(sessions, [float(self.pool[s].cost) for s in sessions], self.board.amount[f])

    def follows(self) -> None:
        """A follower needs a session of the workshop followed that it can follow."""
        of: defaultdict[int, list[int]] = defaultdict(list)
        for s, placement in enumerate(self.pool):
            of[placement.w].append(s)
        for s, placement in enumerate(self.pool):
            parent = self.board.parent[placement.w]
            if parent != NOWHERE:
                fitting = [t for t in of[parent] if self.can_follow(placement, self.pool[t])]
                self.model.at_most([s, *fitting], [1.0] + [-1.0] * len(fitting), 0.0)

    def can_follow(self, child: Placement, parent: Placement) -> bool:
        """Whether days and graduates are right: of a team, who does not teach the topic has had a seat."""
        options, above = self.board.sets[child.w], self.board.sets[parent.w]
        rule = options.workshop.follows
        if rule is None:
            return False
        after = int(options.first[child.option]) - int(above.last[parent.option])
        if not rule.min_days <= after <= rule.max_days:
            return False
        seated = set(above.seats.people[list(parent.seats)].tolist())
        team = [(int(options.team.people[row]), int(options.team.level[row])) for row in child.team]
        graduates = sum(p in seated for p, _ in team)
        return graduates >= rule.graduates and all(level >= FACILITATES or p in seated for p, level in team)
