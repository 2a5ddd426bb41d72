"""The strong linear formulation of a round, or of a part of it while the rest stands.

    x_wo   workshop w is held in option o                      sum_o x_wo = h_w (<= 1; = 1 if demanded)
    u_wpg  person p is in the team of w, in options of group g  u_wpg <= sum_{o in A_wpg} x_wo
    z_wpg  likewise with a seat

A *group* is the options in which a candidate has the same value, cost and days away, A_wpg those of them
in which it can be. So profit is linear, no product or big-M appears, and a person's availability is one
row per group. Sums over A_wpg are shared by all with the same set, and written as differences of the
cumulative sums B_k = x_1 + … + x_k where that is shorter (the *slim* form).

Left out and added when violated: one place at a time (`clashes`). Rows of the rules are in the methods
named after them. Workshops outside the model are those on the board: who they take cannot be taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np

from solver.engine.arrays import Floats, Ints
from solver.engine.board import Board, Placement
from solver.engine.mip import Answer
from solver.engine.strong_variables import Part, Variables
from solver.round import MAY_LEAD

if TYPE_CHECKING:
    from solver.engine.thinning import Thinned


class StrongModel(Variables):
    """The model of some workshops of a board; they must not be placed on it.

    Args:
        board: with everything placed that is to stand.
        free: workshops whose options are all open.
        fixed: workshop -> the one option that it may have.
        without: rules to leave out, by the names of their methods.
        thinned: what is left of options and people where a schedule is to be worth so much.
    """

    def __init__(
        self,
        board: Board,
        free: Iterable[int],
        fixed: dict[int, int] | None = None,
        *,
        without: Collection[str] = (),
        thinned: Thinned | None = None,
    ) -> None:
        super().__init__(board, {**dict.fromkeys(free), **(fixed or {})}, thinned)
        self.fixed = set(fixed or {})
        for state in (self.team_size, self.languages, self.seating, self.mix, self.follows, self.budget):
            if state.__name__ not in without:
                for part in self.parts.values():
                    state(part)
        for across in (self.venue, self.load, self.one_seat_per_topic, self.funds, self.fixed_clashes):
            if across.__name__ not in without:
                across()
        self.balance()
        self.reach()

    # -- rules of one workshop ----------------------------------------------

    def _against_held(self, part: Part, columns: Ints, low: float, high: float) -> None:
        """low * h <= sum of columns <= high * h."""
        if low > 0:
            ones, x = np.ones(columns.size), np.full(part.x.size, -low)
            self.model.row([*columns, *part.x], [*ones, *x], 0.0, np.inf)
        if high < np.inf:
            ones, x = np.ones(columns.size), np.full(part.x.size, -high)
            self.model.at_most([*columns, *part.x], [*ones, *x], 0.0)

    def team_size(self, part: Part) -> None:
        """team.min <= |team| <= team.max; at least team.leads teach at 3."""
        size, team = part.options.workshop.team, part.team
        self._against_held(part, team.column, size.min, size.max)
        self._against_held(part, team.column[team.part.level[team.row] >= MAY_LEAD], size.leads, np.inf)

    def languages(self, part: Part) -> None:
        """Each working language is spoken by somebody in the team."""
        if len(part.options.languages) > 1 or part.options.workshop.team.min == 0:
            for language in part.options.languages:
                speaks = self.arrays.speaks[part.team.person, language]
                self._against_held(part, part.team.column[speaks], 1.0, np.inf)

    def seating(self, part: Part) -> None:
        """seats.min <= |seats| <= seats.max, and no more than the venue has."""
        workshop, seats = part.options.workshop, part.seats
        self._against_held(part, seats.column, workshop.seats.min, np.inf)
        limit = np.full(part.x.size, float(workshop.seats.max))
        if not part.options.online:
            venues = [v.seats for v in self.arrays.round.venues.values()]
            limit = np.minimum(limit, np.array(venues)[part.options.venue[part.option]])
        self.model.at_most([*seats.column, *part.x], [*np.ones(seats.column.size), *-limit], 0.0)

    def mix(self, part: Part) -> None:
        """At most seats_per_organisation of one organisation; at least organisations_min of them."""
        workshop, seats = part.options.workshop, part.seats
        group = self.arrays.organisation[seats.person]
        least = workshop.organisations_min
        implied = least <= 1 or workshop.seats.min > (least - 1) * workshop.seats_per_organisation
        present: list[int] = []
        for each in np.unique(group):
            mine = seats.column[group == each]
            if np.unique(seats.person[group == each]).size > workshop.seats_per_organisation:
                self._against_held(part, mine, 0.0, float(workshop.seats_per_organisation))
            if not implied or (least == 1 and workshop.seats.min == 0):
                there = int(self.model.variables(1)[0])
                present.append(there)
                self.model.at_most([there, *mine], [1.0, *-np.ones(mine.size)], 0.0)
        if present or (least > 0 and not seats.column.size):
            self._against_held(part, np.array(present, dtype=np.int64), float(least), np.inf)

    def budget(self, part: Part) -> None:
        """What a session costs is at most its budget."""
        limit = part.options.workshop.budget
        if limit is not None:
            columns, costs = self._costs(part)
            row = self.model.at_most([*columns, *part.x], [*costs, *np.full(part.x.size, -float(limit))], 0.0)
            self.named["budget", part.options.w, 0] = row

    def _costs(self, part: Part) -> tuple[Ints, Floats]:
        columns = np.concatenate([part.x, part.team.column, part.seats.column])
        costs = np.concatenate([part.options.cost[part.option], part.team.cost, part.seats.cost]).astype(
            float
        )
        return columns[costs > 0], costs[costs > 0]

    def follows(self, part: Part) -> None:
        """Held after what it follows, within the days allowed, with enough of its graduates."""
        follows, w = part.options.workshop.follows, part.options.w
        if follows is None:
            return
        parent = self.parts.get(self.board.parent[w])
        if parent is None:  # it stands on the board: its dates are in the options already
            if follows.graduates:
                alumni = np.isin(part.team.person, self.board.graduates(w))
                self._against_held(part, part.team.column[alumni], follows.graduates, np.inf)
            return
        self.follow_dates(part, parent, follows.min_days, follows.max_days)
        self._graduates(part, parent, follows.graduates)

    def follow_dates(self, part: Part, parent: Part, min_days: int, max_days: int) -> None:
        """Cumulatively: by any day no more starts than the other's ends `min_days` earlier, and from any
        day on no more than its ends from `max_days` earlier on."""
        first = part.options.first[part.option]
        last = parent.options.last[parent.option]
        for day in np.unique(first):
            for mine, theirs in (
                (first <= day, last <= day - min_days),
                (first >= day, last >= day - max_days),
            ):
                columns = [*part.x[mine], *parent.x[theirs]]
                self.model.at_most(columns, [*np.ones(mine.sum()), *-np.ones(theirs.sum())], 0.0)

    def _graduates(self, part: Part, parent: Part, needed: int) -> None:
        """Who does not teach must hold a seat there; `needed` of the team do."""
        counted: list[int] = []
        for person in np.unique(part.team.person):
            mine = part.team.person == person
            here, there = part.team.column[mine], parent.seats.column[parent.seats.person == person]
            teaches = part.team.part.level[part.team.row[mine][0]] > 0
            if not teaches:
                row = self.model.at_most([*here, *there], [*np.ones(here.size), *-np.ones(there.size)], 0.0)
                self.named["graduate", part.options.w, int(person)] = row
                counted.extend(here.tolist())
            elif there.size and needed:
                alumna = int(self.model.variables(1)[0])
                self.model.at_most([alumna, *here], [1.0, *-np.ones(here.size)], 0.0)
                self.model.at_most([alumna, *there], [1.0, *-np.ones(there.size)], 0.0)
                counted.append(alumna)
        if needed:
            self._against_held(part, np.array(counted, dtype=np.int64), float(needed), np.inf)

    # -- rules between workshops --------------------------------------------

    def venue(self) -> None:
        """A venue hosts one session a day."""
        uses: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for w, part in self.parts.items():
            if part.options.online:
                continue
            for o, x in zip(part.option.tolist(), part.x.tolist(), strict=True):
                venue = int(part.options.venue[o])
                for day in range(int(part.options.first[o]), int(part.options.last[o]) + 1):
                    uses.setdefault((venue, day), []).append((w, x))
        for users in uses.values():
            if len({w for w, _ in users}) > 1:
                self.model.at_most([x for _, x in users], 1.0, 1.0)

    def _by_person(self, *, teaching: bool) -> dict[int, list[tuple[int, int, int]]]:
        """person -> (workshop, column, days away) of its variables in one role."""
        found: dict[int, list[tuple[int, int, int]]] = {}
        for w, part in self.parts.items():
            role = part.team if teaching else part.seats
            for person, column, away in zip(
                role.person.tolist(), role.column.tolist(), role.away.tolist(), strict=True
            ):
                found.setdefault(person, []).append((w, column, away))
        return found

    def load(self) -> None:
        """Workshops facilitated, days away for them, seats taken: at most so many of each per person."""
        board, arrays = self.board, self.arrays
        for person, uses in self._by_person(teaching=True).items():
            columns = [column for _, column, _ in uses]
            left = int(arrays.max_workshops[person] - board.facilitates[person])
            if len({w for w, _, _ in uses}) > left:
                self.named["load", person, 0] = self.model.at_most(columns, 1.0, left)
            days = int(arrays.max_days_away[person] - board.days_away[person])
            if sum(away for _, _, away in uses) > days:
                lengths = [float(away) for _, _, away in uses]
                self.named["away", person, 0] = self.model.at_most(columns, lengths, days)
        for person, uses in self._by_person(teaching=False).items():
            left = int(arrays.max_seats[person] - board.seated[person])
            if len({w for w, _, _ in uses}) > left:
                row = self.model.at_most([column for _, column, _ in uses], 1.0, left)
                self.named["seats", person, 0] = row

    def one_seat_per_topic(self) -> None:
        """A person holds at most one seat in a topic (`seating`)."""
        for person, uses in self._by_person(teaching=False).items():
            by_topic: dict[int, list[tuple[int, int]]] = {}
            for w, column, _ in uses:
                by_topic.setdefault(self.parts[w].options.topic, []).append((w, column))
            for topic, same in by_topic.items():
                if len({w for w, _ in same}) > 1:
                    row = self.model.at_most([column for _, column in same], 1.0, 1.0)
                    self.named["topic", person, topic] = row

    def funds(self) -> None:
        """The workshops of a fund together cost at most its amount."""
        for f, amount in enumerate(self.board.amount):
            blocks = [self._costs(part) for w, part in self.parts.items() if f in self.board.funds_of[w]]
            if blocks:
                columns = np.concatenate([columns for columns, _ in blocks])
                costs = np.concatenate([costs for _, costs in blocks])
                row = self.model.at_most(columns, costs, float(amount - self.board.spent[f]))
                self.named["fund", f, 0] = row

    # -- terms of the objective between workshops ---------------------------

    def balance(self) -> None:
        """n sessions cost b n (n - 1) / 2: the k-th one more costs b (k - 1), which is convex."""
        step = 100.0 * self.weights.balance
        if not step:
            return
        for person, uses in self._by_person(teaching=True).items():
            already = int(self.board.facilitates[person])
            left = int(self.arrays.max_workshops[person]) - already
            count = min(left, len({w for w, _, _ in uses}))
            if count <= 0 or (already == 0 and count == 1):
                continue
            costs = -step * (already + np.arange(count))
            more = self.model.variables(count, costs, whole=False)
            columns = [column for _, column, _ in uses]
            row = self.model.row([*columns, *more], [*np.ones(len(columns)), *-np.ones(count)], 0.0, 0.0)
            self.named["balance", person, 0] = row

    def reach(self) -> None:
        """A bonus once for each organisation and topic that has a seat."""
        bonus = 100.0 * self.weights.reach
        if not bonus:
            return
        seats: dict[tuple[int, int], list[int]] = {}
        for part in self.parts.values():
            groups = self.arrays.organisation[part.seats.person]
            for group, column in zip(groups.tolist(), part.seats.column.tolist(), strict=True):
                if self.board.reached[group, part.options.topic] == 0:
                    seats.setdefault((group, part.options.topic), []).append(column)
        reached = self.model.variables(len(seats), bonus, whole=False)
        for r, (key, columns) in zip(reached.tolist(), seats.items(), strict=True):
            row = self.model.at_most([r, *columns], [1.0, *-np.ones(len(columns))], 0.0)
            self.named["reach", *key] = row

    # -- one place at a time ------------------------------------------------

    def fixed_clashes(self) -> None:
        """`one_place_at_a_time` where dates are fixed: at any moment a person is in one session.

        The only option of a free workshop online is not its only start: others were dropped as dominated.
        """
        alone = {
            w: part
            for w, part in self.parts.items()
            if part.option.size == 1 and (w in self.fixed or not part.options.online)
        }
        stays: dict[int, list[tuple[int, int, tuple[int, int] | None, int]]] = {}
        for part in alone.values():
            o = int(part.option[0])
            start = int(part.options.start[o])
            call = (start, start + part.options.slots) if part.options.online else None
            for role in (part.team, part.seats):
                first, last = role.part.first[role.row, o], role.part.last[role.row, o]
                for k, person in enumerate(role.person.tolist()):
                    stays.setdefault(person, []).append(
                        (int(first[k]), int(last[k]), call, int(role.column[k]))
                    )
        for mine in stays.values():
            seen: set[frozenset[int]] = set()
            for first, _, call, _ in mine:
                together = frozenset(
                    c
                    for a, b, other, c in mine
                    if a <= first <= b
                    and (other is None or (call is not None and other[0] <= call[0] < other[1]))
                )
                if len(together) > 1 and not any(together <= each for each in seen):
                    seen.add(together)
                    self.model.at_most(sorted(together), 1.0, 1.0)

    # -- solutions ----------------------------------------------------------

    def placements(self, answer: Answer) -> list[Placement]:
        """The sessions of a solution."""
        found: list[Placement] = []
        assert answer.values is not None, "an answer with a solution"  # noqa: S101
        chosen = answer.values > 0.5
        for w, part in self.parts.items():
            held = np.flatnonzero(chosen[part.x])
            if not held.size:
                continue
            o = int(part.option[held[0]])
            team = part.team.row[chosen[part.team.column]]
            seats = part.seats.row[chosen[part.seats.column]]
            cost = int(part.options.cost[o])
            cost += int(part.team.cost[chosen[part.team.column]].sum())
            cost += int(part.seats.cost[chosen[part.seats.column]].sum())
            found.append(Placement(w, o, tuple(team.tolist()), tuple(seats.tolist()), cost))
        return found
