"""Planning a round: who works on what, and what has been found when the time is up.

    reading         the round in arrays, the sets of options
    first schedule  construction, or repair of an earlier schedule
    improving       ruin and recreate, staffing
    bounding        proven bounds
    explaining      why workshops are left out

The coordinator here computes nothing itself. It keeps the best schedule (`Incumbent`, which
lets nothing pass that breaks a rule), tells what is going on, and ends in time; the work is done by
the workers of a `Crew`. It never takes more than a fraction of a processor core from them: what they find
is looked at (`look`) the more rarely the longer a look takes, the newest of each worker only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from solver.affected import affected
from solver.check import NOT_FOUND
from solver.engine.crew import Crew
from solver.engine.exchange import Exchange, Together
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

if TYPE_CHECKING:
    from solver.engine.reasons import Pools

TICK = 0.1  # seconds between two looks at the clock and at `stop`
REPORT_EVERY = 1.0
GRACE = 3.0  # seconds after the time is up that a first schedule is waited for, where that is long
PATIENCE = 0.6  # seconds that explanations may take once somebody asked to stop
LATE = 1.0  # seconds after the time is up at which explanations are no longer waited for
EXPLAINING = 0.02  # share of the time that explanations may take out of it
EARLY = 0.2  # seconds before the coordinator that workers end, so that their last schedules are heard
ATTENTION = 0.2  # share of a processor core that looking at what was found may take


def plan(
    round: Round,
    *,
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    steps: int | None = None,
    start: Schedule | None = None,
    together: Together | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_improvement: Callable[[Schedule], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Schedule:
    """The best schedule of a round found in time; see `solver.plan` for the arguments.

    Raises:
        PinsClash: no schedule satisfies the pins.
        NothingFound: the time was up, or `stop` true, before a schedule was found.
    """
    run = _Run(round, seconds, on_progress, on_improvement, stop or (lambda: False), together)
    run.report()
    with Crew(run.tasks(max(1, workers), seed, steps, start)) as crew:
        if start is not None:
            run.begin(start.sessions)
        elif round.published:
            run.begin(_published_sessions(round))
        run.listen(crew)
        run.ask_for_reasons(crew)
    return run.result()


def _published_sessions(round: Round) -> tuple[Session, ...]:
    from solver.engine.adopt import published_sessions  # as `reasons` below

    return published_sessions(round)


class _Run:
    """One planning run as its coordinator sees it."""

    def __init__(
        self,
        round: Round,
        seconds: float,
        on_progress: Callable[[Progress], None] | None,
        on_improvement: Callable[[Schedule], None] | None,
        stop: Callable[[], bool],
        together: Together | None = None,
    ) -> None:
        self.round, self.stop = round, stop
        self.on_progress, self.on_improvement = on_progress, on_improvement
        self.began = monotonic()
        self.part = together.part if together else (0, 1)
        self.exchange = Exchange(together, round) if together else None
        self.exchange_next = self.began
        self.ours: Schedule | None = None  # the best that our own workers found, until others know it
        # Explanations come out of the time given where there is much of it, and after it where not: an
        # answer within a second and a half of the limit is no answer too late, a tenth less search is.
        self.patience = min(3.0, max(PATIENCE, 0.004 * len(round.workshops)))
        self.limit = self.began + seconds
        self.deadline = self.limit - min(1.5 * self.patience, EXPLAINING * seconds)
        self.grace = min(GRACE, 0.3 * seconds)
        self.incumbent = Incumbent(round)
        self.phase = "reading"
        self.reported_at = self.improved_at = float("-inf")
        self.told: Schedule | None = None
        self.stopped_at: float | None = None
        self.waiting: dict[int, tuple[Session, ...]] = {}  # the newest of each worker, not looked at yet
        self.looked_at, self.look_took = float("-inf"), 0.0
        self.reasons: dict[str, tuple[Reason, ...]] = {}
        self.facts: dict[str, tuple[Reason, ...]] = {}
        self.pools: Pools | None = None

    def tasks(self, workers: int, seed: int, steps: int | None, start: Schedule | None) -> list[Task]:
        """One for each worker; with a number of steps, one worker does everything in a row.

        Of several runs the first bounds the round; workers are numbered through for their regions.
        """
        begin_with = start.sessions if start else ()
        workers = 1 if steps is not None else workers
        k, runs = self.part
        round = replace(self.round)  # threads pickle it, while derived values are cached in our own
        return [
            Task(
                round,
                seed + n,
                self.began,
                self.deadline - min(EARLY, 0.02 * (self.limit - self.began)),
                improve=n != 1 or k > 0,
                prove=k == 0 and (n == 1 or workers == 1),
                begin_with=begin_with,
                steps=steps,
                region=(k * workers + n, runs * workers),
                accompanied=k == 0 and n != 1 and workers > 1,
            )
            for n in range(workers)
        ]

    def begin(self, sessions: tuple[Session, ...]) -> None:
        """What is still right of earlier sessions is a schedule to begin with."""
        broken = affected(self.round, sessions)
        standing = tuple(session for session in sessions if session.workshop not in broken)
        if standing or not sessions:
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
                elif isinstance(message, Found):
                    self.waiting[n] = message.sessions
                else:
                    self.receive(crew, n, message)
            working &= crew.open
            if self.waiting and self.looked_at + self.look_took / ATTENTION <= monotonic():
                self.look(crew)
            self.meet_others(crew)
            self.report()
        self.look(crew)
        self.improvement(now=True)

    def ended(self) -> bool:
        """Whether the time is up or somebody said stop; a first schedule is waited for a moment longer."""
        now, found = monotonic(), self.incumbent.schedule is not None
        if self.stopped_at is None and self.stop():
            self.stopped_at = now
        if self.stopped_at is not None:
            return found or now >= self.stopped_at + PATIENCE
        return now >= self.deadline + (0.0 if found else self.grace)

    def receive(self, crew: Crew, sender: int, message: FromWorker) -> None:
        """Take note of a message, and pass on what other workers can use."""
        if isinstance(message, Bounded):
            self.incumbent.limit(message.bound)
        elif isinstance(message, Phase):
            self.phase = message.words
        elif isinstance(message, Priced):
            for n in crew.open - {sender}:
                crew.tell(n, message)
            if self.exchange is not None:
                self.exchange.put_prices(message.prices)
        elif isinstance(message, Clashing) and self.incumbent.schedule is None and not self.waiting:
            raise PinsClash(message.pins, message.rules)
        elif isinstance(message, Explained):
            self.reasons.update(message.reasons)

    def look(self, crew: Crew) -> None:
        """Hold what was found against the rules; what is right is passed on.

        Also where it is worse as a whole: workers take over what is better in it.
        """
        began = monotonic()
        for sender in sorted(self.waiting):
            sessions = self.waiting.pop(sender)
            if self.accept(sessions):
                self.ours = self.incumbent.schedule
            self.pass_on(crew, sessions, crew.open - {sender})
        self.looked_at = monotonic()
        self.look_took = self.looked_at - began

    def pass_on(self, crew: Crew, sessions: tuple[Session, ...], to: set[int]) -> None:
        """Tell workers of a schedule that others have found, if it is right."""
        worth = self.incumbent.worth(sessions) if to else None
        if worth is not None:
            for n in to:
                crew.tell(n, Adopt(sessions, worth))

    def meet_others(self, crew: Crew) -> None:
        """Once a second tell other runs what ours has found, and hear what they have."""
        if self.exchange is None or monotonic() < self.exchange_next:
            return
        began = monotonic()
        if self.ours is not None:
            self.exchange.put_schedule(self.complete(self.ours))
            self.ours = None
        for news in self.exchange.news():
            if isinstance(news, Schedule):
                best = self.incumbent.schedule
                if best is None or news.sessions != best.sessions:  # else they have told us our own
                    self.accept(news.sessions)
                    self.pass_on(crew, news.sessions, crew.open)
            else:
                for n in crew.open:
                    crew.tell(n, Priced(news))
        self.exchange_next = began + max(REPORT_EVERY, (monotonic() - began) / ATTENTION)

    def accept(self, sessions: tuple[Session, ...]) -> bool:
        """Offer sessions to the incumbent, and hand them over if they are the best now; whether they are."""
        if not self.incumbent.offer(sessions):
            return False
        self.improvement()
        return True

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
            gap = (bound - schedule.objective) / max(1, abs(bound))
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
        patience = min(self.patience, self.limit + LATE - monotonic())
        if self.stopped_at is not None or patience < PATIENCE:
            patience = PATIENCE
        self.phase = "explaining"
        for n in sorted(crew.open):
            crew.tell(n, Explain(schedule.sessions, patience))
        until = monotonic() + patience + 0.2
        while crew.open and monotonic() < until:
            self.report()
            for _, message in crew.hear(min(TICK, until - monotonic())):
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
        from solver.engine import reasons  # half a second of loading, while the workers are at work already

        if id not in self.facts:
            self.pools = self.pools or reasons.Pools.of(self.round)
            self.facts[id] = reasons.alone(self.round, self.round.workshops[id], self.pools)
        return self.facts[id] or (
            Reason(NOT_FOUND, text="The time ran out before the planner knew how to hold it."),
        )
