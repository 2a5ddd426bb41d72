"""The improving worker's strategy over time: which method is used when, and on which workshops.

1. Ruin and recreate for a share of the time: it fills the calendar. As soon as there are prices it begins
   anew with a construction that respects them, which is worth more than all steps made without. Who comes
   so late that no schedule of its own could be grown any more goes on from the best that others have found.
2. Staffing of everything held, dates fixed: exact up to a hundred sessions at a time, in chunks beyond.
3. By turns, for the rest: a large neighbourhood (a few related workshops free, their surroundings
   restaffed) and a spell of ruin and recreate; each gets time in proportion to what it brought.

Under a limit in turns (`Task.steps`) nothing hangs on the clock: a fixed number of steps is a turn, and
the last turns are staffing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import numpy as np

from solver.engine.board import Board
from solver.engine.construct import construct
from solver.engine.improve import Improver
from solver.engine.messages import Task
from solver.engine.mip import Status
from solver.engine.prices import Prices
from solver.engine.regions import EVERYWHERE, FOCUS, groups, region
from solver.engine.staffing import reoptimise

HOT, COLD = 800.0, 50.0  # temperatures at the beginning and the end of filling, in hundredths of a point
MILD = 150.0  # the temperature at which a spell begins
FILLING = 0.5  # share of the time left for filling the calendar by ruin and recreate
GROWN = 150  # steps per workshop that a schedule needs to grow; where that is more, a larger share ...
LONGEST = 0.75  # ... up to this one
PACE = 2_500.0  # steps per second, before they were measured
LATEST = 0.3  # share of the time that must be left for beginning anew
SLICE = 0.1  # seconds of ruin and recreate between two looks around
SPELL = 2.0  # seconds of ruin and recreate at a time, later on
PRICES_PAUSE = 20  # times as long as it took to respect new prices, no newer ones are looked at
TURN = 1_000  # steps of a turn where turns are counted
STAFFED = 0.2  # share of such turns that are staffing
CHUNK = 60  # sessions staffed at once
STAFFING = 0.2  # share of the time left that one staffing may take
FREE, AROUND = 5, 12  # workshops free and restaffed in a large neighbourhood
MOST_FREE, MOST_AROUND = 24, 60  # at most, where they are solved in time
MOVE, LONG_MOVE = 4.0, 15.0  # seconds for one large neighbourhood: from, to, ...
MOVING = 0.06  # ... where there is plenty of time this share of it
COMPANY = 20.0  # seconds after which others of whom nothing was heard are thought to be gone


def too_late(workshops: int, seconds: float) -> bool:
    """Whether in so many seconds a schedule would not grow to what somebody who began long ago has."""
    return GROWN * workshops / PACE > FILLING * seconds


class Search:
    """Improves until it is over; `turns` yields after each step, with what comes next in words.

    `board` is room for exact models; the schedule is the improver's.
    """

    def __init__(
        self,
        improver: Improver,
        board: Board,
        task: Task,
        rng: np.random.Generator,
        *,
        over: Callable[[], bool],
        heard: Callable[[], bool],
    ) -> None:
        self.improver, self.slate, self.board, self.rng = improver, improver.slate, board, rng
        self.task, self.over, self.heard = task, over, heard
        self.free, self.around = FREE, AROUND
        self.settled = False  # whether it works on the best schedule, rather than on a fresh one
        self.fresh = False  # whether the first prices have come, and no construction has respected them yet
        self.next_prices = 0.0  # when new prices are looked at again
        self.pace = PACE  # steps per second
        self.chunks: list[list[int]] = []  # still to be staffed
        self.region = region(improver.related, *task.region)
        self.heard_of_others = -np.inf  # when

    def turns(self) -> Iterator[str]:
        """All steps until the time is up."""
        if self.task.steps is not None:
            yield from self._counted(self.task.steps)
            return
        began = monotonic()
        yield "improving"
        if not self.settled:
            yield from self._campaign()
        worth = {"improving": 1.0, "staffing": 1.0}  # gained per second, smoothed
        spent = {"improving": 0.0, "staffing": 0.0}
        while not self.over():
            if self._may_begin_anew() and self._left() > LATEST * (self.task.deadline - began):
                yield from self._campaign()
                continue
            self._choose_region()
            # Each gets time in proportion to what it brought, and never less than a quarter.
            share = min(0.75, max(0.25, worth["staffing"] / sum(worth.values())))
            words = "staffing" if spent["staffing"] <= share * sum(spent.values()) else "improving"
            at, before = monotonic(), self.improver.best_objective
            if words == "improving":
                self.improver.home()
                self._anneal(at + min(SPELL, self._left()), MILD)
            else:
                self._move()
            took = max(0.05, monotonic() - at)
            spent[words] += took
            worth[words] = 0.8 * worth[words] + 0.2 * (self.improver.best_objective - before + 1.0) / took
            yield words

    def _counted(self, turns: int) -> Iterator[str]:
        """So many turns, whatever the clock says."""
        staffed = int(STAFFED * turns)
        for turn in range(turns - staffed):
            yield "improving"
            done = turn / max(1, turns - staffed - 1)
            self.improver.run(TURN, *(2 * [HOT * (COLD / HOT) ** done]))
        for _ in range(staffed):
            yield "staffing"
            self._staff_next(self._left())
        yield "staffing"

    def _left(self) -> float:
        """Seconds."""
        return self.task.deadline - monotonic()

    def _campaign(self) -> Iterator[str]:
        """Fill the calendar and staff it; from a fresh construction if there are prices that allow for it."""
        improver = self.improver
        self.settled = False
        self.improver.region = EVERYWHERE
        best, objective = None, improver.best_objective
        if self._may_begin_anew():
            best = improver.best()
            self._begin_anew()
        began = monotonic()
        while not self.over() and monotonic() < (until := began + self._filling(began)):
            done = (monotonic() - began) / (until - began)
            self._slice(HOT * (COLD / HOT) ** done)
            yield "improving"
            if self._may_begin_anew():
                yield from self._campaign()
                return
        improver.home()
        self.chunks = []
        while not self.over() and self._staff_next(STAFFING * self._left()):
            yield "staffing"
        if best is not None and improver.best_objective < objective:
            improver.go_on_from(best)
        self.settled = True

    # -- ruin and recreate --------------------------------------------------

    def _filling(self, began: float) -> float:
        """Seconds for filling the calendar that began then."""
        left = self.task.deadline - began
        return min(LONGEST * left, max(FILLING * left, GROWN * len(self.slate.sets) / self.pace))

    def go_along(self) -> None:
        """The improver's schedule is one that others work on: improve our part of it."""
        self.settled, self.heard_of_others = True, monotonic()

    def _slice(self, temperature: float) -> None:
        """A moment of ruin and recreate."""
        count = max(20, int(self.pace * SLICE))
        at = monotonic()
        self.improver.run(count, temperature, temperature)
        self.pace = 0.5 * self.pace + 0.5 * count / max(1e-4, monotonic() - at)

    def _anneal(self, until: float, hot: float) -> None:
        """Ruin and recreate from a mild temperature down."""
        began = monotonic()
        while not self.heard() and monotonic() < until:
            done = (monotonic() - began) / max(1e-6, until - began)
            self._slice(hot * (COLD / hot) ** done)

    def respect(self, prices: Prices) -> bool:
        """Have insertions respect these prices from now on, unless that was done a moment ago."""
        began = monotonic()
        if began < self.next_prices:
            return False
        self.fresh = not self.slate.priced
        self.slate.respect(prices)
        self.next_prices = monotonic() + PRICES_PAUSE * (monotonic() - began)
        return True

    def _choose_region(self) -> None:
        """Our own, as long as others work on the rest."""
        in_company = monotonic() - self.heard_of_others < COMPANY
        self.improver.region = self.region if in_company else EVERYWHERE

    def _may_begin_anew(self) -> bool:
        """Whether there are prices at last, and a schedule made without them may be left for another.

        Where a schedule was given, the worker that repairs it stays with it; another may look elsewhere.
        """
        given = bool(self.task.begin_with or self.task.round.published)
        return self.fresh and not (given and self.task.improve)

    def _begin_anew(self) -> None:
        """Construct at the prices."""
        self.fresh = False
        before = self.slate.copy()
        self.slate.restore([None] * len(self.slate.sets))
        if construct(self.slate, self.rng, stop=self.over):
            self.slate.back_to(before)  # what pins demand found no place
        self.improver.begin()

    # -- exact models -------------------------------------------------------

    def _staff_next(self, seconds: float) -> bool:
        """Staff the next chunk of what is held anew, beginning again after the last; whether more remain."""
        if not self.chunks:
            self.chunks = self._chunks()
        if self.chunks:
            self._reoptimise((), self.chunks.pop(), seconds)
        return bool(self.chunks)

    def _reoptimise(self, free: Iterable[int], restaffed: Iterable[int], seconds: float) -> Status:
        self.board.restore(self.improver.best())
        before = self.board.objective
        status = reoptimise(self.board, free, restaffed, min(seconds, self._left()), meanwhile=self.over)
        if self.board.objective > before:
            self.improver.go_on_from(self.board.placements())
        return status

    def _chunks(self) -> list[list[int]]:
        """The workshops held, in groups that compete with each other."""
        held = [w for w in range(len(self.slate.sets)) if self.slate.holds(w)]
        return groups(self.improver.related, held, CHUNK)

    def _move(self) -> None:
        """One large neighbourhood around a random workshop, one that is not held more often."""
        slate, rng = self.slate, self.rng
        self.improver.home()
        ours = self.improver.region if rng.random() < FOCUS else EVERYWHERE
        among = ours.tolist() or range(len(slate.sets))
        idle = [w for w in among if len(slate.sets[w]) and not slate.holds(w)]
        seed = among[int(rng.integers(len(among)))]
        if idle and rng.random() < 0.5:
            seed = idle[int(rng.integers(len(idle)))]
        near = self.improver.related[seed]
        near = near[np.argsort(rng.random(near.size) * np.arange(2, near.size + 2))]
        free = [seed, *near[: self.free - 1].tolist()]
        parent = slate.parent[seed]
        if parent >= 0 and not slate.holds(parent):
            free.append(parent)
        around = near[self.free - 1 : self.free - 1 + self.around].tolist()
        at, seconds = monotonic(), min(LONG_MOVE, max(MOVE, MOVING * self._left()))
        status = self._reoptimise(free, around, seconds)
        # Neighbourhoods as large as can be solved in about half the time given.
        if status is Status.OPTIMAL and monotonic() - at < seconds / 3:
            self.free, self.around = min(self.free + 1, MOST_FREE), min(self.around + 2, MOST_AROUND)
        elif status is not Status.OPTIMAL or monotonic() - at > seconds / 2:
            self.free, self.around = max(self.free - 1, 2), max(self.around - 2, 4)
