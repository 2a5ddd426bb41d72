"""The variables of the strong formulation and the rows that tie them to the options.

See `strong_model` for the formulation; this is its first half: x_wo, u_wpg, z_wpg, the sets A_wpg and their
sums in the slim form.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.engine.arrays import Bools, Floats, Ints
from solver.engine.board import Board
from solver.engine.candidates import Candidates
from solver.engine.mip import LinearModel
from solver.engine.options import Options
from solver.engine.pricing import PIN, Priced, price

if TYPE_CHECKING:  # it needs compiled code, and this does not
    from solver.engine.thinning import Thinned


@dataclass(slots=True)
class Role:
    """The variables of one role of one workshop: one per candidate and group, K in all.

    row, person, column, cost, away: [K]. can: [K, options] the set A_wpg.
    """

    part: Candidates
    row: Ints
    person: Ints
    column: Ints
    cost: Ints
    away: Ints
    can: Bools


@dataclass(slots=True)
class Part:
    """A workshop in the model: its options (numbers in O_w), their columns x, its roles."""

    options: Options
    option: Ints
    x: Ints
    team: Role = field(init=False)
    seats: Role = field(init=False)
    sums: dict[bytes, int] = field(default_factory=dict)


class Variables:
    """Columns of some workshops of a board, with their availability.

    Attributes:
        model: what is built
        parts: workshop -> its variables, parents first; what cannot be held is not in it
        impossible: whether a workshop that must be held cannot be
        named: (rule, who, what) -> row, for its price
    """

    def __init__(self, board: Board, wanted: dict[int, int | None], thinned: Thinned | None = None) -> None:
        self.board, self.arrays, self.weights = board, board.arrays, board.arrays.weights
        self.model = LinearModel()
        self.parts: dict[int, Part] = {}
        self.inside = set(wanted)
        self.impossible = False
        self.thinned = thinned
        self.named: dict[tuple[str, int, int], int] = {}
        for w in sorted(wanted, key=board.depth):
            self._variables(w, wanted[w])

    # -- variables ----------------------------------------------------------

    def _variables(self, w: int, only: int | None) -> None:
        board, options = self.board, self.board.sets[w]
        parent = board.parent[w]
        inside = parent in self.inside
        must = options.must or (self.thinned is not None and self.thinned.held[w])
        if inside and parent not in self.parts:
            self.impossible |= must
            return  # what it follows cannot be held
        priced = price(board, options, ignoring=frozenset({"follows"} if inside else ()))
        if self.thinned is not None:
            priced = thin(priced, self.thinned, w)
        open_options = priced.bound > -np.inf
        if only is not None:
            open_options &= np.arange(len(options)) == only
        option = np.flatnonzero(open_options)
        if not option.size:
            self.impossible |= must
            return
        option = option[np.lexsort((options.start[option], options.cost_column[option]))]
        x = self.model.variables(option.size, options.held_value + options.value[option])
        self.model.row(x, 1.0, 1.0 if must else -np.inf, 1.0)
        part = Part(options, option, x)
        balance = (
            100.0 * self.weights.balance * board.facilitates[options.team.people]
        )  # has its own variables
        part.team = self._role(part, options.team, priced.team + balance[:, None], teaching=True)
        part.seats = self._role(part, options.seats, priced.seats, teaching=False)
        self.parts[w] = part
        self._one_role_each(part)

    def _role(self, part: Part, candidates: Candidates, worth: Floats, *, teaching: bool) -> Role:
        """Variables u (or z) of one role with the rows that tie them to the options."""
        options, option = part.options, part.option
        pinned = options.pinned_team if teaching else options.pinned_seats
        worth = worth[:, option]
        place = options.cost_column[option]
        row, can = _groups(worth, place)
        first = option[can.argmax(axis=1)]  # an option of each group
        value = worth[row, can.argmax(axis=1)]
        value = np.where(np.isin(candidates.people[row], list(pinned)), value - PIN, value)
        cost = candidates.cost[row, options.cost_column[first]]
        begins, ends = candidates.first[row, first], candidates.last[row, first]
        home = options.online | (begins == options.first[first])
        role = Role(
            candidates,
            row,
            candidates.people[row],
            self.model.variables(row.size, value),
            np.zeros_like(cost) if options.online and not teaching else cost,
            np.where(home, 0, ends - begins + 1),
            can,
        )
        self._available(part, role)
        for person in pinned:  # the pin holds whenever there is a session
            mine = role.column[role.person == person]
            if part.options.must:
                self.model.row(mine, 1.0, 1.0, np.inf)
        return role

    def _available(self, part: Part, role: Role) -> None:
        """u_wpg <= sum over A_wpg of x, summed over the groups of a person where they share a set."""
        if part.x.size == 1:
            pairs = np.stack([role.column, np.broadcast_to(part.x, role.column.shape)], axis=1)
            self.model.rows_at_most(pairs, [1.0, -1.0], 0.0)
            return
        for row in np.unique(role.row):
            mine = np.flatnonzero(role.row == row)
            for k in mine:
                self._tie(part, role.column[k : k + 1], role.can[k])
            if mine.size > 1:
                self._tie(part, role.column[mine], np.any(role.can[mine], axis=0))

    def _tie(self, part: Part, columns: Ints, can: Bools) -> None:
        """sum of columns <= sum of x over a set of options."""
        total = self._sum_of(part, can)
        self.model.at_most([*columns, *total[0]], [*np.ones(columns.size), *(-c for c in total[1])], 0.0)

    def _sum_of(self, part: Part, can: Bools) -> tuple[list[int], list[float]]:
        """The sum of x over a set of options, as columns and coefficients."""
        size = int(can.sum())
        if size <= 2:
            return part.x[can].tolist(), [1.0] * size
        key = can.tobytes()
        if key not in part.sums:
            total = int(self.model.variables(1, whole=False)[0])
            part.sums[key] = total
            edges = np.flatnonzero(np.diff(can.astype(np.int8), prepend=0, append=0))
            if edges.size + 1 < size and can.size > 8:
                # B_last - B_before for each run of options
                cumulative = self._cumulative(part)
                ends, begins = edges[1::2] - 1, edges[0::2] - 1
                begins = begins[begins >= 0]
                columns = [total, *cumulative[ends], *cumulative[begins]]
                signs = [-1.0, *np.ones(ends.size), *-np.ones(begins.size)]
            else:
                columns, signs = [total, *part.x[can]], [-1.0, *np.ones(size)]
            self.model.row(columns, signs, 0.0, 0.0)
        return [part.sums[key]], [1.0]

    def _cumulative(self, part: Part) -> Ints:
        """The columns B_k = x_1 + … + x_k of a workshop."""
        key = b"cumulative"
        if key not in part.sums:
            chain = self.model.variables(part.x.size, whole=False)
            part.sums[key] = int(chain[0])
            self.model.row([chain[0], part.x[0]], [1.0, -1.0], 0.0, 0.0)
            for k in range(1, part.x.size):
                self.model.row([chain[k], chain[k - 1], part.x[k]], [1.0, -1.0, -1.0], 0.0, 0.0)
        return part.sums[key] + np.arange(part.x.size)

    def _one_role_each(self, part: Part) -> None:
        """Nobody is in the team and holds a seat of one session (`seating`)."""
        for person in np.intersect1d(part.team.person, part.seats.person):
            mine = [
                *part.team.column[part.team.person == person],
                *part.seats.column[part.seats.person == person],
            ]
            self.model.at_most([*mine, *part.x], [*np.ones(len(mine)), *-np.ones(part.x.size)], 0.0)


def thin(priced: Priced, thinned: Thinned, w: int) -> Priced:
    """Without the options and people that are left out."""
    return replace(
        priced,
        bound=np.where(thinned.options[w], priced.bound, -np.inf),
        team=np.where(thinned.team[w], priced.team, -np.inf),
        seats=np.where(thinned.seats[w], priced.seats, -np.inf),
    )


def _groups(worth: Floats, place: Ints) -> tuple[Ints, Bools]:
    """The groups of candidates [N] over options [O]: their rows [K] and sets [K, O].

    `worth` is [N, O], -inf where a candidate cannot be; a group has one worth and one place (so one cost).
    """
    rows: list[int] = []
    sets: list[Bools] = []
    able = worth > -np.inf
    if worth.shape[1] == 1:
        found = np.flatnonzero(able[:, 0])
        return found, np.ones((found.size, 1), dtype=np.bool_)
    for row in np.flatnonzero(able.any(axis=1)).tolist():
        can = able[row]
        kinds = set(zip(worth[row][can].tolist(), place[can].tolist(), strict=True))
        for value, k in sorted(kinds):
            rows.append(row)
            sets.append(can if len(kinds) == 1 else can & (worth[row] == value) & (place == k))
    found = np.array(rows, dtype=np.int64)
    return found, np.array(sets, dtype=np.bool_).reshape(found.size, worth.shape[1])
