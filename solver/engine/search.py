"""The improving worker's strategy over time: which method is used when, and on which workshops.

1. Ruin and recreate for a share of the time: it fills the calendar. As soon as there are prices it begins
   anew with a construction that respects them, which is worth more than all steps made without.
2. Staffing of everything held, dates fixed: exact up to a hundred sessions at a time, in chunks beyond.
3. By turns, for the rest: a large neighbourhood (a few related workshops free, their surroundings
   restaffed) and a spell of ruin and recreate; each gets time in proportion to what it brought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import numpy as np

from solver.engine.construct import construct
from solver.engine.improve import Improver
from solver.engine.messages import Task
from solver.engine.mip import Status
from solver.engine.staffing import reoptimise

FILLING = 0.2  # share of the time left for filling the calendar by ruin and recreate
LATEST = 0.3  # share of the time that must be left for beginning anew
SPELL = 1.0  # seconds of ruin and recreate at a time
CHUNK = 40  # sessions staffed at once
STAFFING = 0.25  # share of the time that one staffing may take
FREE, AROUND = 5, 12  # workshops free and restaffed in a large neighbourhood
MOVE = 4.0  # seconds for one large neighbourhood


class Search:
    """Improves until it is over; `turns` yields after each step, with what comes next in words."""

    def __init__(
        self, improver: Improver, task: Task, *, over: Callable[[], bool], heard: Callable[[], bool]
    ) -> None:
        self.improver, self.board, self.rng = improver, improver.board, improver.rng
        self.task, self.over, self.heard = task, over, heard
        self.free, self.around = FREE, AROUND
        self.settled = False  # whether it works on the best schedule, rather than on a fresh one
        self.priced = improver.prices is not None  # then the board was constructed with them

    def turns(self) -> Iterator[str]:
        """All steps until the time is up."""
        began = monotonic()
        yield "improving"
        yield from self._campaign()
        if self._new_prices():
            yield from self._campaign()
        worth = {"improving": 1.0, "staffing": 1.0}  # gained per second, smoothed
        spent = {"improving": 0.0, "staffing": 0.0}
        while not self.over():
            if self._new_prices() and self.task.deadline - monotonic() > LATEST * (
                self.task.deadline - began
            ):
                yield from self._campaign()
                continue
            # Each gets time in proportion to what it brought, and never less than a quarter.
            share = min(0.75, max(0.25, worth["staffing"] / sum(worth.values())))
            words = "staffing" if spent["staffing"] <= share * sum(spent.values()) else "improving"
            at, before = monotonic(), self.improver.best_objective
            if words == "improving":
                self.improver.run(at - SPELL, at + SPELL, stop=self._pause())
                self._home()
            else:
                self._move()
            took = max(0.05, monotonic() - at)
            spent[words] += took
            worth[words] = 0.8 * worth[words] + 0.2 * (self.improver.best_objective - before + 1.0) / took
            yield words

    def _campaign(self) -> Iterator[str]:
        """Fill the calendar and staff it; from a fresh construction if there are prices that allow for it."""
        improver = self.improver
        self.settled = False
        best, objective = improver.best, improver.best_objective
        if self._new_prices():
            self.priced = True
            self._restart()
        began, left = monotonic(), self.task.deadline - monotonic()
        while not self.over() and monotonic() < began + FILLING * left:
            improver.run(began, began + FILLING * left, stop=self._pause())
            yield "improving"
            if self._new_prices():
                return
        self._home()
        for chunk in self._chunks():
            if self.over():
                break
            yield "staffing"
            self._reoptimise((), chunk, STAFFING * left)
        if improver.best_objective < objective:
            improver.best, improver.best_objective = best, objective
            self._home()
        self.settled = True

    def _new_prices(self) -> bool:
        """Whether prices have come that no construction has respected yet.

        Never where a schedule was given: what it has is not to be lost on the way.
        """
        given = self.task.begin_with or self.task.round.published
        return self.improver.prices is not None and not self.priced and not given

    def _restart(self) -> None:
        """Construct anew at the prices."""
        before = self.board.placements()
        self.board.restore([None] * len(self.board.sets))
        if construct(self.board, self.rng, prices=self.improver.prices, stop=self.over):
            self.board.restore(before)  # what pins demand found no place
        self.improver.begin()

    def _pause(self) -> Callable[[], bool]:
        """A stop sign for a spell of ruin and recreate."""
        until = monotonic() + SPELL
        return lambda: monotonic() >= until or self.heard()

    def _home(self) -> None:
        """Back to the best schedule."""
        self.board.restore(self.improver.best)

    def _reoptimise(self, free: Iterable[int], restaffed: Iterable[int], seconds: float) -> Status:
        seconds = min(seconds, self.task.deadline - monotonic())
        status = reoptimise(self.board, free, restaffed, seconds, meanwhile=self.over)
        self.improver.note()
        return status

    def _chunks(self) -> list[list[int]]:
        """The workshops held, in groups that compete with each other."""
        waiting = [w for w, placement in enumerate(self.board.placed) if placement is not None]
        chunks: list[list[int]] = []
        while waiting:
            chunk = [waiting[0]]
            chosen = set(chunk)
            for w in chunk:  # grows while we walk: nearest first
                if len(chunk) >= CHUNK:
                    break
                for near in self.improver.related[w][:8].tolist():
                    if near in waiting and near not in chosen and len(chunk) < CHUNK:
                        chosen.add(near)
                        chunk.append(near)
            waiting = [w for w in waiting if w not in chosen]
            chunks.append(chunk)
        return chunks

    def _move(self) -> None:
        """One large neighbourhood around a random workshop, one that is not held more often."""
        board, rng = self.board, self.rng
        idle = [w for w, placement in enumerate(board.placed) if placement is None and len(board.sets[w])]
        seed = int(rng.integers(len(board.sets)))
        if idle and rng.random() < 0.5:
            seed = idle[int(rng.integers(len(idle)))]
        near = self.improver.related[seed]
        near = near[np.argsort(rng.random(near.size) * np.arange(2, near.size + 2))]
        free = [seed, *near[: self.free - 1].tolist()]
        parent = board.parent[seed]
        if parent >= 0 and board.placed[parent] is None:
            free.append(parent)
        around = near[self.free - 1 : self.free - 1 + self.around].tolist()
        at = monotonic()
        status = self._reoptimise(free, around, MOVE)
        # Neighbourhoods as large as can be solved in about half the time given.
        if status is Status.OPTIMAL and monotonic() - at < MOVE / 3:
            self.free, self.around = min(self.free + 1, 12), min(self.around + 2, 40)
        elif status is not Status.OPTIMAL or monotonic() - at > MOVE / 2:
            self.free, self.around = max(self.free - 1, 2), max(self.around - 2, 4)
