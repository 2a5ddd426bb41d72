"""Ruin and recreate: take a few related sessions out, insert them anew, keep what is better.

The idea is Schrimpf et al. (2000), *Record breaking optimization results using the ruin and recreate
principle*; a slightly worse schedule is accepted with the probability of simulated annealing
(Kirkpatrick et al. 1983), with a temperature that falls over the time given. One step costs a few
insertions, each priced for all options at once (`pricing`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic

import numpy as np

from solver.engine.arrays import Ints
from solver.engine.board import Board, Placement
from solver.engine.construct import insert
from solver.engine.options import NOWHERE
from solver.engine.prices import Prices

NEIGHBOURS = 24  # related workshops remembered for each
HOT, COLD = 1_200.0, 60.0  # temperatures at the beginning and the end, in hundredths of a point
PRICED = (0.5, 1.0, 1.0)  # parts of the prices that insertions respect
LOOKS = 5  # options composed per insertion
IDLE = 4  # workshops not held that are tried in a step
NOISE = 150.0  # of an option's worth, in hundredths of a point


class Improver:
    """Improves the schedule on a board.

    Attributes:
        best, best_objective: the best schedule met and its objective
        steps: how many steps were made
        prices: what people's time is worth to others, once somebody knows; used in most steps, in part
    """

    def __init__(self, board: Board, rng: np.random.Generator) -> None:
        self.board, self.rng = board, rng
        self.related = related_workshops(board)
        self.begin()
        self.steps = 0
        self.prices: Prices | None = None

    def begin(self) -> None:
        """Count the schedule on the board as the best so far."""
        self.best = self.board.placements()
        self.best_objective = self.board.objective

    def run(self, begin: float, deadline: float, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Step until the deadline; `begin` is when the cooling began (both `monotonic()` seconds)."""
        span = max(1e-6, deadline - begin)
        while not stop():
            now = monotonic()
            if now >= deadline:
                return
            self.step(HOT * (COLD / HOT) ** min(1.0, max(0.0, (now - begin) / span)))

    def adopt(self, placements: list[Placement | None]) -> None:
        """Go on from another schedule."""
        self.board.restore(placements)
        self.note()

    def step(self, temperature: float) -> None:
        """One ruin, one recreation, one decision."""
        board, rng = self.board, self.rng
        self.steps += 1
        before, objective = board.placements(), board.objective
        ruined = self._ruined()
        for w in ruined:
            if board.placed[w] is not None:
                for each in reversed(board.with_followers(w)):
                    board.take_out(each)
        if not self._recreate(before, ruined):
            board.restore(before)
            return
        loss = objective - board.objective
        if loss > 0 and rng.random() >= math.exp(-loss / temperature):
            board.restore(before)
            return
        self.note()

    def note(self) -> None:
        """Remember the board if it is the best so far."""
        if self.board.objective > self.best_objective + 0.5:
            self.best, self.best_objective = self.board.placements(), self.board.objective

    # -- ruin ---------------------------------------------------------------

    def _ruined(self) -> list[int]:
        """Two to seven workshops that compete for people, places or money."""
        board, rng = self.board, self.rng
        count = int(rng.integers(2, 8))
        unplaced = [w for w, p in enumerate(board.placed) if p is None and len(board.sets[w])]
        if unplaced and rng.random() < 0.4:
            seed = unplaced[int(rng.integers(len(unplaced)))]
        else:
            seed = int(rng.integers(len(board.sets)))
        near = self.related[seed]
        ruined = [seed]
        if near.size:
            # A geometric draw: the nearest most often.
            order = rng.permutation(near.size) if rng.random() < 0.3 else self._skewed(near.size)
            ruined += [int(near[i]) for i in order[: count - 1]]
        parent = board.parent[seed]
        if parent != NOWHERE and (board.placed[parent] is None or rng.random() < 0.3):
            ruined.append(parent)
        return ruined

    def _skewed(self, size: int) -> Ints:
        keys = self.rng.random(size) ** (1.0 / np.linspace(1.0, 0.1, size))
        found: Ints = np.argsort(-keys)
        return found

    # -- recreate -----------------------------------------------------------

    def _recreate(self, before: list[Placement | None], ruined: list[int]) -> bool:
        """Insert what was taken out, and a few that were not in; whether all that is demanded is in."""
        board, rng = self.board, self.rng
        out = [w for w, placement in enumerate(before) if placement is not None and board.placed[w] is None]
        near = {int(w) for each in out for w in self.related[each]}
        idle = [w for w, placement in enumerate(before) if placement is None and len(board.sets[w])]
        idle = [w for w in idle if w in near or w in ruined]
        if len(idle) > IDLE:
            idle = [idle[i] for i in rng.choice(len(idle), IDLE, replace=False)]
        waiting = out + idle
        weight = np.array([board.sets[w].held_value for w in waiting]) + 1.0
        keys = np.log(rng.random(len(waiting))) / weight  # a weighted shuffle (Efraimidis and Spirakis 2006)
        if rng.random() < 0.3:
            keys = rng.random(len(waiting))
        queue = [waiting[i] for i in np.argsort(-keys)]
        prices = self.prices.scaled(float(rng.choice(PRICED))) if self.prices else None
        for _ in range(3):  # parents before followers: what must wait goes round again
            later: list[int] = []
            for w in queue:
                parent = board.parent[w]
                if parent != NOWHERE and board.placed[parent] is None:
                    later.append(w)
                elif (
                    not insert(board, w, rng, looks=LOOKS, noise=NOISE, prices=prices) and board.sets[w].must
                ):
                    return False
            if not later or len(later) == len(queue):
                break
            queue = later
        return not any(board.sets[w].must and board.placed[w] is None for w in out)


def related_workshops(board: Board) -> list[Ints]:
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
