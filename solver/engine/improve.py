"""Ruin and recreate: take a few related sessions out, insert them anew, keep what is better.

The idea is Schrimpf et al. (2000), *Record breaking optimization results using the ruin and recreate
principle*; a slightly worse schedule is accepted with the probability of simulated annealing
(Kirkpatrick et al. 1983), with a temperature that falls. The steps themselves are compiled
(`kernels.ruin`): some thousands each second.
"""

from __future__ import annotations

import numpy as np

from solver.engine.arrays import Ints
from solver.engine.board import Board, Placement
from solver.engine.kernels import ruin
from solver.engine.options import NOWHERE
from solver.engine.slate import Slate

NEIGHBOURS = 24  # related workshops remembered for each
LOOKS = 5  # options composed per insertion after the first that can be filled
NOISE = 150.0  # up to which an option's worth is blurred, in hundredths of a point


class Improver:
    """Improves the schedule on a slate.

    Attributes:
        best_objective: of the best schedule met
        region: the workshops that most steps begin with; none: all alike
        steps: how many steps were made
    """

    def __init__(self, slate: Slate, related: list[Ints]) -> None:
        self.slate, self.related = slate, related
        workshops = len(slate.sets)
        self._related = np.full((workshops, NEIGHBOURS), NOWHERE, dtype=np.int64)
        for w, near in enumerate(related):
            self._related[w, : near.size] = near
        self._undo = slate.copy()
        self._work = np.zeros((4, workshops + 16), dtype=np.int64)
        self._marked = np.zeros(len(slate.arrays.person_ids), dtype=np.bool_)
        self.region = np.zeros(0, dtype=np.int64)
        self.steps = 0
        self.begin()

    def begin(self) -> None:
        """Count the schedule on the slate as the best so far."""
        self._best = self.slate.copy()

    @property
    def best_objective(self) -> float:
        return float(self._best.objective[0])

    def best(self) -> list[Placement | None]:
        """The best schedule met."""
        return self.slate.placements(self._best)

    def home(self) -> None:
        """Back to the best schedule."""
        self.slate.back_to(self._best)

    def go_on_from(self, placements: list[Placement | None]) -> None:
        """Go on from another schedule; it is the best so far if it is better."""
        self.slate.restore(placements)
        if self.slate.objective > self.best_objective + 0.5:
            self.begin()

    def run(self, steps: int, hot: float, cold: float) -> None:
        """Some steps, while the temperature falls from `hot` to `cold`, in hundredths of a point."""
        slate = self.slate
        self.steps += steps
        ruin.steps(
            slate.field,
            slate.state,
            self._undo,
            self._best,
            self._related,
            self.region,
            slate.tables,
            slate.most,
            slate.wish,
            self._work,
            self._marked,
            steps,
            hot,
            cold,
            NOISE,
            LOOKS,
            slate.priced,
            slate.rates,
        )


def related_workshops(board: Board | Slate) -> list[Ints]:
    """For each workshop the others that compete most for its people in its window, nearest first."""
    sets, people = board.sets, len(board.arrays.person_ids)
    wanted = np.zeros((len(sets), people), dtype=np.float32)
    for options in sets:
        wanted[options.w, options.seats.people] = 1.0 / max(1, options.seats.people.size)
        wanted[options.w, options.team.people] += 3.0 / max(1, options.team.people.size)
    shared = wanted @ wanted.T
    first = np.array([options.first.min(initial=10**6) for options in sets])
    last = np.array([options.last.max(initial=-1) for options in sets])
    overlap = np.minimum(last[:, None], last[None, :]) - np.maximum(first[:, None], first[None, :]) + 1
    shared = shared * np.where(overlap > 0, 1.0, 0.25)
    for w, parent in enumerate(board.parent):
        if parent != NOWHERE:
            shared[w, parent] = shared[parent, w] = shared.max(initial=1.0)
    np.fill_diagonal(shared, 0.0)
    nearest = np.argsort(-shared, axis=1, kind="stable")[:, :NEIGHBOURS]
    return [row[shared[w, row] > 0] for w, row in enumerate(nearest)]
