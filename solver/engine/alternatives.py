"""Alternatives, and the curve between changing little and serving more: the round planned again, leaning.

Alternatives: from the best schedule the round is planned anew with each emphasis (`emphases`), at full
strength first. The schedules on the way, from the best one to the best leaning one, are held against the true
objective, last first, so that a search that leads too far has still passed something within the limit.
Emphases of which nothing does are tried again with less strength while there is time; where there is not
enough for all, the first few get what a search needs. Of what was found,
`solver.alternative.diverse` picks a few: for each emphasis the one farthest from the best, then the others.

The curve: `change` and `cancel` are scaled from much to nothing, each search starting where the last one
ended; of all schedules met those stay that no other beats in changes and in what they serve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from time import monotonic

from solver.alternative import (
    LEAST,
    Alternative,
    CurvePoint,
    Features,
    changes_since,
    distance,
    distance_by_aspect,
    diverse,
    features,
    pareto,
)
from solver.changes import announced
from solver.check import NOT_FOUND
from solver.comparison import compare
from solver.constraints import violations
from solver.derived import total_cost
from solver.engine import adopt, reasons
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.emphases import EMPHASES, LEANS, reweighted
from solver.engine.options import all_options
from solver.engine.plan import plan
from solver.errors import NothingFound, PinsClash
from solver.objective import terms
from solver.progress import Progress
from solver.round import Round
from solver.schedule import Reason, Schedule, Session, Unscheduled

BEST = "best"
FIRST = 0.35  # share of the time for the best schedule; from a given one
FROM_GIVEN = 0.25
EXPLAINING = 0.1  # share of the time for the reasons of what is left out
STRENGTHS = (1.0, 0.4, 0.15)
LEAST_SECONDS = 1.0  # less is no search,
PER_WORKSHOP = 0.08  # and less than this for each workshop none that leads anywhere
STEADIEST, LOOSEST = 64.0, 0.25  # factors of `change` and `cancel` on the curve, before none at all
ON_THE_WAY = 6  # schedules of one search that may be points of the curve


@dataclass(frozen=True, slots=True, eq=False)
class _Met:
    """A right schedule met on the way, with what it is truly worth."""

    emphasis: str
    schedule: Schedule
    worth: Mapping[str, int]
    features: Features


def alternatives(
    round: Round,
    schedule: Schedule | None = None,
    *,
    k: int = 3,
    within: float = 0.01,
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[Alternative, ...]:
    """Up to `k` schedules to choose from, the best first; see `solver.alternatives`."""
    runs = _Runs(round, seconds, workers, seed, on_progress, stop)
    best = runs.plan(round, FIRST if schedule is None else FROM_GIVEN, BEST, start=schedule)
    pool = _Pool(round, within, best)
    waiting = list(EMPHASES)
    for strength in STRENGTHS:
        leaning = [(name, EMPHASES[name](round, pool.best.schedule, strength)) for name in waiting]
        for left, (name, other) in zip(range(len(leaning), 0, -1), leaning, strict=True):
            if other is None or runs.over:
                continue
            met: list[Schedule] = []
            # Without what was taken away pins may clash, or the time be too short: then there is none.
            with suppress(PinsClash, NothingFound):
                found = runs.plan(
                    other, (1 - EXPLAINING) / left, name, start=pool.best.schedule, met=met.append
                )
                met.append(found)
            any(pool.offer(name, each) for each in reversed(met))  # the last one that will do
        waiting = [name for name, other in leaning if other is not None and not pool.usable(name)]
        if runs.over:
            break
    chosen = pool.chosen(k)
    schedules = _complete(round, [each.schedule for each in chosen], best.bound, runs.until)
    return tuple(
        Alternative(
            emphasis=met.emphasis if n else BEST,
            schedule=found,
            loss=pool.loss(met.schedule),
            differences=distance_by_aspect(chosen[0].features, met.features),
            comparison=compare(round, schedules[0], found),
        )
        for n, (met, found) in enumerate(zip(chosen, schedules, strict=True))
    )


def curve(
    round: Round,
    published: Schedule | None = None,
    *,
    steps: int = 6,
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[CurvePoint, ...]:
    """From changing least to serving most; see `solver.curve`."""
    if published is None and round.published is None:
        raise ValueError("nothing has been published: there is no curve to draw")
    told = round if published is None else announced(round, published)
    before = published or Schedule(round.id, adopt.published_sessions(round))
    runs = _Runs(round, seconds, workers, seed, on_progress, stop)
    pool, last = _Pool(round, inf), before
    for left, factor in zip(range(steps, 0, -1), factors(steps), strict=True):
        if runs.over and pool.met:
            break
        name = f"change costs {factor:.3g} times as much"
        other = reweighted(told, {"change": factor, "cancel": factor})
        met: list[Schedule] = []
        with suppress(NothingFound):
            last = runs.plan(other, (1 - EXPLAINING) / left, name, start=last, met=met.append)
            for each in (*met[:: 1 + len(met) // ON_THE_WAY], last):
                pool.offer(name, each)
    if not pool.met:
        raise NothingFound("the time ran out before a schedule was found")
    points = pareto(
        [(changes_since(told, met.schedule), _served(told, met.schedule), met) for met in pool.met],
        cost=lambda point: point[0],
        gain=lambda point: point[1],
    )
    schedules = _complete(round, [met.schedule for *_, met in points], None, runs.until)
    return tuple(
        CurvePoint(changes, served, found, compare(round, before, found))
        for (changes, served, _), found in zip(points, schedules, strict=True)
    )


def factors(steps: int) -> tuple[float, ...]:
    """What `change` and `cancel` are multiplied by, from most to nothing, in even ratios."""
    if steps < 2:
        return (STEADIEST,) * steps
    ratio = (LOOSEST / STEADIEST) ** (1 / max(1, steps - 2))
    return (*(STEADIEST * ratio**n for n in range(steps - 1)), 0.0)


def _served(round: Round, schedule: Schedule) -> int:
    """The objective without what changes cost."""
    worth = terms(round, schedule)
    return sum(worth.values()) - worth["change"] - worth["cancel"]


class _Pool:
    """The schedules met, each once, by what they are worth in the round itself."""

    def __init__(self, round: Round, within: float, best: Schedule | None = None) -> None:
        self.round, self.within = round, within
        self.met: list[_Met] = []
        self.known: set[frozenset[Session]] = set()
        if best is not None:
            self.offer(BEST, best)

    @property
    def best(self) -> _Met:
        return max(self.met, key=lambda met: met.schedule.objective)

    def loss(self, schedule: Schedule) -> float:
        """The share of the best objective that a schedule lacks."""
        best = self.best.schedule.objective
        return (best - schedule.objective) / max(1, abs(best))

    def offer(self, emphasis: str, schedule: Schedule) -> bool:
        """Take a schedule in if it is right and within the limit; whether it is."""
        found = Schedule(self.round.id, schedule.sessions)
        worth = terms(self.round, found)
        found = replace(found, objective=sum(worth.values()))
        if self.met and self.loss(found) > self.within:
            return False
        sessions = frozenset(schedule.sessions)
        if sessions not in self.known:
            if next(violations(self.round, found), None) is not None:
                return False
            self.known.add(sessions)
            found = replace(found, cost=total_cost(self.round, found))
            self.met.append(_Met(emphasis, found, worth, features(self.round, found)))
        return True

    def candidates(self) -> Iterator[_Met]:
        """What is within the limit, unlike the best, and what its emphasis says; farthest first."""
        best = self.best
        for met in sorted(self.met, key=lambda met: -distance(best.features, met.features)):
            if self.loss(met.schedule) > self.within or distance(best.features, met.features) < LEAST:
                continue
            names = LEANS.get(met.emphasis, ())
            if not names or sum(met.worth[name] - best.worth[name] for name in names) > 0:
                yield met

    def usable(self, emphasis: str) -> bool:
        """Whether something within the limit was found with an emphasis."""
        return any(met.emphasis == emphasis for met in self.candidates())

    def chosen(self, count: int) -> list[_Met]:
        """The best, and others far from it and each other; of each emphasis one before any second."""
        of_each: dict[str, _Met] = {}
        others = list(self.candidates())
        for met in others:
            of_each.setdefault(met.emphasis, met)

        def apart(a: _Met, b: _Met) -> float:
            return distance(a.features, b.features)

        chosen = diverse([self.best], of_each.values(), count, apart)
        return diverse(chosen, (met for met in others if met not in chosen), count, apart)


class _Runs:
    """Several planning runs within one time limit, telling their progress as one."""

    def __init__(
        self,
        round: Round,
        seconds: float,
        workers: int,
        seed: int,
        on_progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.began = monotonic()
        self.until = self.began + seconds
        self.workers, self.seed, self.on_progress = workers, seed, on_progress
        self.stop = stop or (lambda: False)
        self.told_at = float("-inf")
        self.best: Progress | None = None

    @property
    def over(self) -> bool:
        return self.stop() or self.until - monotonic() < LEAST_SECONDS

    def plan(
        self,
        round: Round,
        share: float,
        words: str,
        *,
        start: Schedule | None = None,
        met: Callable[[Schedule], None] | None = None,
    ) -> Schedule:
        """Plan for a share of the time left, or for as long as a search needs if that is longer."""
        left = self.until - monotonic()
        seconds = max(LEAST_SECONDS, min(left, max(share * left, PER_WORKSHOP * len(round.workshops))))
        return plan(
            round,
            seconds=seconds,
            workers=self.workers,
            seed=self.seed,
            start=start,
            on_progress=lambda progress: self.tell(progress, words),
            on_improvement=met,
            stop=self.stop,
        )

    def tell(self, progress: Progress, words: str) -> None:
        """Pass on, at most once a second, how far the run is; figures are those of the best schedule."""
        now = monotonic()
        if words == BEST:
            self.best = progress
        if self.on_progress is None or now - self.told_at < 1:
            return
        self.told_at = now
        figures = self.best or Progress(0.0, words)
        self.on_progress(replace(figures, elapsed=now - self.began, phase=words.replace("_", " ")))


def _complete(round: Round, schedules: Iterable[Schedule], bound: int | None, until: float) -> list[Schedule]:
    """The schedules with a bound that holds for all, and with reasons for what they leave out."""
    pools = reasons.Pools.of(round)

    @cache
    def alone(id: str) -> tuple[Reason, ...]:
        return reasons.alone(round, round.workshops[id], pools)

    @cache
    def board() -> Board:
        arrays = Arrays(round)
        return Board(arrays, all_options(arrays))

    def why(schedule: Schedule) -> Iterator[Unscheduled]:
        held = {session.workshop for session in schedule.sessions}
        placed = False
        for id in round.workshops:
            if id in held:
                continue
            found = alone(id)
            if not found and monotonic() < until:
                placed = placed or adopt.adopt(board(), schedule.sessions)
                if placed:
                    found = reasons.against(board(), board().arrays.workshop_number[id], pools)
            yield Unscheduled(id, found or (Reason(NOT_FOUND, text="Not looked into: the time was up."),))

    return [replace(each, bound=bound, unscheduled=tuple(why(each))) for each in schedules]
