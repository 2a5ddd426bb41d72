"""Which openings to open, and who is in each, as a linear model.

    y_o   opening o is opened            x_on  need n is answered in it        f_ot  teacher t is in its team
    m_o   so many of its team are yet to be found                              z_p   platform p gets anything

All are whole. It is a model of facility location: every cost and every worth belongs to one of these
columns, because who travels pays by where the host is and by nothing else. So x_on <= y_o for each need by
itself, not for their sum, is what makes its linear relaxation nearly whole: a fraction of a percent above
the best set, on calls of 60 platforms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf

import numpy as np

from solver.engine.arrays import Bools, Floats, Ints
from solver.engine.mip import LinearModel
from solver.propositions.call import Call
from solver.propositions.openings import Opening
from solver.propositions.proposition import Proposition
from solver.propositions.rules import breaches


class Model:
    """The model of a call. Columns of each opening: y, m, its learners' x, its teachers' f.

    `linking`: the rows that get a price, so that what is left falls apart into openings.
    """

    def __init__(self, call: Call, opened: Sequence[Opening]) -> None:
        self.call, self.openings = call, opened
        self.linear = LinearModel()
        self.linking: list[int] = []
        self.cost: dict[int, float] = {}
        self.points: dict[int, float] = {}
        self.y = self._columns(1 for _ in opened)
        self.x = [self._columns(1 for _ in each.learners) for each in opened]
        self.f = [self._columns(1 for _ in each.teachers) for each in opened]
        self.m = self._columns(call.kinds[each.kind].team for each in opened)
        self.z = self._columns(1 for _ in call.platforms)
        self._price()
        for o, each in enumerate(opened):
            self._group(o, each)
            self._team(o, each)
        self._across()
        self.linear.value = [self._values(self.points)]

    @property
    def value(self) -> Floats:
        """What one of each column is worth in the present objective."""
        return self.linear.value[0]

    def columns_of(self, core: Bools) -> Bools:
        """Whether each column is of one of these openings, or of none."""
        used = np.ones(self.linear.columns, dtype=bool)
        for o in np.flatnonzero(~core):
            for columns in (self.y[o], self.m[o], self.x[o], self.f[o]):
                used[columns] = False
        return used

    def _columns(self, uppers: Iterable[int]) -> Ints:
        upper = np.array(list(uppers), dtype=float)
        return self.linear.variables(upper.size, upper=upper)

    def _values(self, by_column: dict[int, float]) -> Floats:
        values = np.zeros(self.linear.columns)
        values[list(by_column)] = list(by_column.values())
        return values

    def _price(self) -> None:
        """What each column costs and is worth."""
        missing = self.call.prices.missing_facilitator
        for o, each in enumerate(self.openings):
            self.cost[int(self.y[o])] = each.cost
            self.cost[int(self.m[o])] = missing
            for column, learner in zip(self.x[o].tolist(), each.learners, strict=True):
                self.cost[column], self.points[column] = learner.cost, learner.points
            for column, teacher in zip(self.f[o].tolist(), each.teachers, strict=True):
                self.cost[column] = teacher.cost
        for column in self.z.tolist():
            self.points[column] = self.call.reach

    # -- one opening ------------------------------------------------------------------

    def _group(self, o: int, each: Opening) -> None:
        """platforms_min y <= sum x <= platforms_max y; seats; x <= y one by one."""
        y, x, limits = int(self.y[o]), self.x[o], self.call.limits
        ones = np.ones(x.size)
        for column in x.tolist():
            self.linear.at_most([column, y], [1.0, -1.0], 0.0)
        self.linear.row([*x, y], [*ones, -float(limits.platforms_min)], 0.0, inf)
        if x.size > limits.platforms_max:
            self.linear.at_most([*x, y], [*ones, -float(limits.platforms_max)], 0.0)
        seats = [float(learner.seats) for learner in each.learners]
        if sum(seats) > each.seats:
            self.linear.at_most([*x, y], [*seats, -float(each.seats)], 0.0)

    def _team(self, o: int, each: Opening) -> None:
        """sum f + m = team y, enough leads and givers; who gives does not learn."""
        y, m, f, kind = int(self.y[o]), int(self.m[o]), self.f[o], self.call.kinds[each.kind]
        self.linear.row([*f, m, y], [*np.ones(f.size + 1), -float(kind.team)], 0.0, 0.0)
        learns = {learner.platform: c for c, learner in zip(self.x[o].tolist(), each.learners, strict=True)}
        for column, teacher in zip(f.tolist(), each.teachers, strict=True):
            if teacher.gives and teacher.id in learns:
                either = self.linear.at_most([column, learns[teacher.id], y], [1.0, 1.0, -1.0], 0.0)
                self.linking.append(either)  # priced too: what an opening is worth alone is plain then
            else:
                self.linear.at_most([column, y], [1.0, -1.0], 0.0)
        if kind.leads:
            leads = f[leading(each)]
            self.linear.row([*leads, m, y], [*np.ones(leads.size + 1), -float(kind.leads)], 0.0, inf)
        if kind.givers:
            giving = f[gives(each)]
            self.linear.row([*giving, y], [*np.ones(giving.size), -float(kind.givers)], 0.0, inf)

    # -- all openings together --------------------------------------------------------

    def _across(self) -> None:
        """A need once, platforms' turns, facilitators' load, hosting, the budget, and who gets anything."""
        limits = self.call.limits
        answers, learns, turns, load, hosted = (defaultdict[str, list[int]](list) for _ in range(5))
        for o, each in enumerate(self.openings):
            hosted[each.place].append(int(self.y[o]))
            for column, learner in zip(self.x[o].tolist(), each.learners, strict=True):
                answers[learner.need].append(column)
                learns[learner.platform].append(column)
                turns[learner.platform].append(column)
            for column, teacher in zip(self.f[o].tolist(), each.teachers, strict=True):
                (turns if teacher.gives else load)[teacher.id].append(column)
        for columns in answers.values():
            self._link(columns, 1)
        for columns in turns.values():
            self._link(columns, limits.turns_per_platform)
        for person, columns in load.items():
            self._link(columns, self.call.facilitators[person].max_workshops)
        if limits.hosted_per_place is not None:
            for columns in hosted.values():
                self._link(columns, limits.hosted_per_place)
        for platform, column in zip(self.call.platforms, self.z.tolist(), strict=True):
            self._link([column, *learns[platform]], 0, [1.0, *-np.ones(len(learns[platform]))])
        if limits.budget is not None:
            self._link(list(self.cost), limits.budget, list(self.cost.values()))

    def _link(self, columns: list[int], most: int, coefficients: float | list[float] = 1.0) -> None:
        self.linking.append(self.linear.at_most(columns, coefficients, float(most)))

    def prefer_cheap(self, points: int) -> None:
        """From now on: the cheapest of those that answer so many points."""
        row = self.linear.row(list(self.points), list(self.points.values()), float(points), inf)
        self.linking.append(row)
        self.linear.value = [-self._values(self.cost)]

    # -- what a solution says -----------------------------------------------------------

    def read(self, values: Floats | None) -> tuple[Proposition, ...]:
        """The set that values stand for; none at all where they stand for nothing right."""
        if values is None:
            return ()
        on = np.round(values).astype(np.int64)
        chosen = []
        for o, each in enumerate(self.openings):
            if on[self.y[o]]:
                team = [t for c, t in zip(self.f[o].tolist(), each.teachers, strict=True) if on[c]]
                chosen.append(
                    Proposition(
                        each.kind,
                        each.topic,
                        each.language,
                        each.host,
                        tuple(
                            n.need for c, n in zip(self.x[o].tolist(), each.learners, strict=True) if on[c]
                        ),
                        tuple(t.id for t in team if t.gives),
                        tuple(t.id for t in team if not t.gives),
                        int(on[self.m[o]]),
                    )
                )
        return () if breaches(self.call, chosen) else tuple(chosen)


def leading(each: Opening) -> list[bool]:
    return [teacher.leads for teacher in each.teachers]


def gives(each: Opening) -> list[bool]:
    return [teacher.gives for teacher in each.teachers]
