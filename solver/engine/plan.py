"""Planning a round: who works on what, and what has been found when the time is up.

    reading         the round in arrays, the sets of options
    first schedule  construction, or repair of an earlier schedule
    improving       ruin and recreate, staffing
    bounding        proven bounds
    explaining      why workshops are left out

The coordinator here computes nothing itself. It keeps the best schedule (`Incumbent`, which
lets nothing pass that breaks a rule), tells what is going on, and ends in time; the work is done by
the workers of a `Crew`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from solver.affected import affected
from solver.check import NOT_FOUND
from solver.engine import adopt, reasons
from solver.engine.crew import Crew
from solver.engine.incumbent import Incumbent
from solver.engine.messages import (
    Adopt,
    Bounded,
    Clashing,
    Explain,
    Explained,
    Finished,
    Found,
    FromWorker,
    Phase,
    Priced,
    Task,
)
from solver.errors import NothingFound, PinsClash
from solver.progress import Progress
from solver.round import Round
from solver.schedule import Reason, Schedule, Session, Unscheduled

TICK = 0.1  # seconds between two looks at the clock and at `stop`
REPORT_EVERY = 1.0
GRACE = 2.5  # seconds after the time is up that a first schedule is waited for
PATIENCE = 0.6  # seconds that explanations may take once somebody asked to stop


def plan(
    round: Round,
    *,
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    start: Schedule | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_improvement: Callable[[Schedule], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Schedule:
    """The best schedule of a round found in time; see `solver.plan` for the arguments.

    Raises:
        PinsClash: no schedule satisfies the pins.
        NothingFound: the time was up, or `stop` true, before a schedule was found.
    """
    run = _Run(round, seconds, on_progress, on_improvement, stop or (lambda: False))
    run.begin(adopt.published_sessions(round) if start is None else start.sessions)
    with Crew(run.tasks(max(1, workers), seed, start)) as crew:
        run.listen(crew)
        run.ask_for_reasons(crew)
    return run.result()


class _Run:
    """One planning run as its coordinator sees it."""

    def __init__(
        self,
        round: Round,
        seconds: float,
        on_progress: Callable[[Progress], None] | None,
        on_improvement: Callable[[Schedule], None] | None,
        stop: Callable[[], bool],
    ) -> None:
        self.round, self.stop = round, stop
        self.on_progress, self.on_improvement = on_progress, on_improvement
        self.began = monotonic()
        # Explanations come out of the time given, where there is enough of it.
        self.patience = min(3.0, max(PATIENCE, 0.004 * len(round.workshops)))
        self.deadline = self.began + seconds - min(1.5 * self.patience, 0.1 * seconds)
        self.grace = min(GRACE, 0.1 * seconds)
        self.incumbent = Incumbent(round)
        self.phase = "reading"
        self.reported_at = self.improved_at = float("-inf")
        self.told: Schedule | None = None
        self.stopped_at: float | None = None
        self.reasons: dict[str, tuple[Reason, ...]] = {}
        self.facts: dict[str, tuple[Reason, ...]] = {}
        self.pools: reasons.Pools | None = None

    def tasks(self, workers: int, seed: int, start: Schedule | None) -> list[Task]:
        begin_with = start.sessions if start else ()
        return [
            Task(
                self.round,
                seed + n,
                self.began,
                self.deadline,
                improve=n != 1,
                prove=n == 1 or workers == 1,
                begin_with=begin_with,
            )
            for n in range(workers)
        ]

    def begin(self, sessions: tuple[Session, ...]) -> None:
        """What is still right of earlier sessions is a schedule to begin with."""
        broken = affected(self.round, sessions)
        standing = tuple(session for session in sessions if session.workshop not in broken)
        if standing:
            self.accept(standing)

    # -- listening ----------------------------------------------------------

    def listen(self, crew: Crew) -> None:
        """Hear the workers until the time is up, somebody says stop, or nothing more can be found."""
        self.report()
        working = set(crew.open)
        while working and not self.incumbent.proven and not self.ended():
            for n, message in crew.hear(TICK):
                if isinstance(message, Finished):
                    working.discard(n)
                else:
                    self.receive(message)
                    self.pass_on(crew, n, message)
            working &= crew.open
            self.report()
        self.improvement(now=True)

    def ended(self) -> bool:
        """Whether the time is up or somebody said stop; a first schedule is waited for a moment longer."""
        now, found = monotonic(), self.incumbent.schedule is not None
        if self.stopped_at is None and self.stop():
            self.stopped_at = now
        if self.stopped_at is not None:
            return found or now >= self.stopped_at + PATIENCE
        return now >= self.deadline + (0.0 if found else self.grace)

    def pass_on(self, crew: Crew, sender: int, message: FromWorker) -> None:
        """Tell the other workers what they can use: better schedules, prices."""
        schedule = self.incumbent.schedule
        for n in crew.open - {sender}:
            if isinstance(message, Priced):
                crew.tell(n, message)
            elif isinstance(message, Found) and schedule is not None:
                crew.tell(n, Adopt(schedule.sessions, schedule.objective))

    def receive(self, message: FromWorker) -> None:
        """Take note of a message."""
        if isinstance(message, Found):
            self.accept(message.sessions)
        elif isinstance(message, Bounded):
            self.incumbent.limit(message.bound)
        elif isinstance(message, Phase):
            self.phase = message.words
        elif isinstance(message, Clashing) and self.incumbent.schedule is None:
            raise PinsClash(message.pins, message.rules)
        elif isinstance(message, Explained):
            self.reasons.update(message.reasons)

    def accept(self, sessions: tuple[Session, ...]) -> None:
        """Offer sessions to the incumbent, and hand them over if they are the best now."""
        if self.incumbent.offer(sessions):
            self.improvement()

    # -- telling ------------------------------------------------------------

    def report(self) -> None:
        """Tell how far the run is, at most once a second."""
        now = monotonic()
        if self.on_progress is None or now - self.reported_at < REPORT_EVERY:
            return
        self.reported_at = now
        schedule, bound = self.incumbent.schedule, self.incumbent.bound
        gap = None
        if schedule is not None and bound is not None:
            gap = (bound - schedule.objective) / max(1, abs(schedule.objective))
        self.on_progress(
            Progress(
                elapsed=now - self.began,
                phase=self.phase,
                objective=schedule.objective if schedule else None,
                bound=bound,
                gap=gap,
                held=len(schedule.sessions) if schedule else None,
            )
        )

    def improvement(self, *, now: bool = False) -> None:
        """Hand over a better schedule, at most once a second unless asked for `now`."""
        schedule = self.incumbent.schedule
        if schedule is None or self.on_improvement is None or schedule is self.told:
            return
        if now or self.told is None or monotonic() - self.improved_at >= REPORT_EVERY:
            self.told, self.improved_at = schedule, monotonic()
            self.on_improvement(self.complete(schedule))

    # -- ending -------------------------------------------------------------

    def ask_for_reasons(self, crew: Crew) -> None:
        """Have a worker explain what is left out; who does not answer in time is not waited for."""
        schedule = self.incumbent.schedule
        if schedule is None or len(schedule.sessions) == len(self.round.workshops):
            return
        patience = min(PATIENCE, self.patience) if self.stopped_at is not None else self.patience
        self.phase = "explaining"
        for n in sorted(crew.open):
            crew.tell(n, Explain(schedule.sessions, patience))
        until = monotonic() + patience + 0.2
        while crew.open and monotonic() < until:
            for _, message in crew.hear(until - monotonic()):
                if isinstance(message, Explained):
                    self.reasons.update(message.reasons)
                    return

    def result(self) -> Schedule:
        if self.incumbent.schedule is None:
            raise NothingFound("the time ran out before a schedule was found")
        return self.complete(self.incumbent.schedule)

    def complete(self, schedule: Schedule) -> Schedule:
        """The schedule with its bound and a reason for everything that it leaves out."""
        held = {session.workshop for session in schedule.sessions}
        left_out = tuple(
            Unscheduled(id, self.reasons.get(id) or self.alone(id))
            for id in self.round.workshops
            if id not in held
        )
        bound = self.incumbent.bound
        if bound is not None and bound < schedule.objective:
            bound = None
        return replace(schedule, unscheduled=left_out, bound=bound)

    def alone(self, id: str) -> tuple[Reason, ...]:
        """What can be said of a workshop without knowing the rest."""
        if id not in self.facts:
            self.pools = self.pools or reasons.Pools.of(self.round)
            self.facts[id] = reasons.alone(self.round, self.round.workshops[id], self.pools)
        return self.facts[id] or (
            Reason(NOT_FOUND, text="The time ran out before the planner knew how to hold it."),
        )
