"""What no schedule worth so much can have is left out: reduction by Lagrangian costs.

At prices with the bound L a schedule that holds workshop w in option o, with candidate n in it, is worth at
most

    L - b_w + worth(w, o, n),     b_w = max(0, max_o worth(w, o)), without the 0 if w is demanded,

since w brings b_w to L and the other workshops bring what they bring there at most (Fisher 1981; Beasley
1993). What is below some value that way is in no schedule of that value or more; and where L - b_w is, w is
held in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from solver.engine.arrays import Bools, Floats
from solver.engine.board import Placement
from solver.engine.bound import Lagrangian
from solver.engine.kernels.oracle import NOTHING

HALF = 0.5  # objectives are whole, and floating-point sums nearly exact


@dataclass(frozen=True, slots=True)
class Thinned:
    """What is left of the sets where only schedules worth `least` or more are looked for.

    By workshop: held, whether all of them hold it; options [O]; team, seats [N, O], who can be where.
    """

    least: float
    held: list[bool]
    options: list[Bools]
    team: list[Bools]
    seats: list[Bools]

    def entries(self, among: Iterable[int] | None = None) -> int:
        """How many candidates there are in all options left, of some workshops or all."""
        which = range(len(self.team)) if among is None else among
        return sum(int(self.team[w].sum()) + int(self.seats[w].sum()) for w in which)


class Thinning:
    """The sets at some multipliers x [n] of a relaxation, thinned for any value."""

    def __init__(self, relaxation: Lagrangian, x: Floats) -> None:
        self.field = relaxation.field
        self.bound, option, team, seats = relaxation.worths(x)
        records = self.field.workshops
        self.option = [option[r["option"] : r["option"] + r["options"]] for r in records]
        self.team = [self._by_candidate(w, team, "team") for w in range(len(records))]
        self.seats = [self._by_candidate(w, seats, "seat") for w in range(len(records))]
        self.brings = [
            float(each.max(initial=NOTHING if record["must"] else 0.0))
            for each, record in zip(self.option, records, strict=True)
        ]

    def _by_candidate(self, w: int, worth: Floats, role: str) -> Floats:
        """The part of one role of a workshop, [N, O]."""
        record = self.field.workshops[w]
        options = self.field.options[record["option"] : record["option"] + record["options"]]
        begin = int(options[role][0]) if options.size else 0
        count = int(record[f"{role}s"])
        return worth[begin : begin + count * options.size].reshape(options.size, count).T

    def down_to(self, least: float) -> Thinned:
        """What schedules worth `least` or more can have."""
        wanted = least - HALF - self.bound
        rest = [wanted + brings for brings in self.brings]  # what w must be worth at least
        return Thinned(
            least,
            [-brings < wanted for brings in self.brings],
            [each >= mine for each, mine in zip(self.option, rest, strict=True)],
            [each >= mine for each, mine in zip(self.team, rest, strict=True)],
            [each >= mine for each, mine in zip(self.seats, rest, strict=True)],
        )

    def core(self, below: float, kept: Sequence[Placement | None]) -> Thinned:
        """What is worth at most so much less than the best of its workshop, and what is placed already.

        Nothing is proven by it: it is where good schedules are (Balas and Zemel 1980).
        """
        rest = [brings - below for brings in self.brings]
        options = [each >= mine for each, mine in zip(self.option, rest, strict=True)]
        team = [each >= mine for each, mine in zip(self.team, rest, strict=True)]
        seats = [each >= mine for each, mine in zip(self.seats, rest, strict=True)]
        for placement in kept:
            if placement is not None:
                w, o = placement.w, placement.option
                options[w][o] = True
                team[w][list(placement.team), o] = True
                seats[w][list(placement.seats), o] = True
        return Thinned(-np.inf, [False] * len(options), options, team, seats)
