"""The planner as a library: rounds in, schedules out, and the rules that tell a right schedule.

    round = read_round(data)                  # bytes → Round, or MalformedDocument with every defect
    schedule = plan(round, seconds=60)        # → Schedule; PinsClash, NothingFound
    schedule = repair(round, schedule, changes=[Unavailable("amina")])    # → the best one near it
    violations = check(round, schedule)       # → () when the schedule is right
    data = write_schedule(schedule)           # → bytes
    comparison = compare(round, a, b)         # → what is new, moved, restaffed … in b as against a
    choice = alternatives(round, k=3)         # → schedules near the best that differ in what matters
    points = curve(round, published)          # → from changing least to serving most
    explanation = explain(round, schedule, "w7")    # → why it is not held, and what it would take
    found = moves(round, schedule, "w7")      # → every place and time of one session: free, possible …

Importing this package loads neither OR-Tools nor numpy: checking a change by hand is cheap.
Only what searches does (`plan`, `repair`, `alternatives`, `curve`), when it is first called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from solver.alternative import Alternative, CurvePoint
from solver.changes import (
    BudgetSet,
    Change,
    Dropped,
    FundSet,
    Unavailable,
    VenueLost,
    announced,
    changed,
    read_changes,
)
from solver.check import check
from solver.comparison import Comparison, compare
from solver.engine.exchange import Together
from solver.errors import LocatedError, MalformedDocument, NothingFound, PinsClash, SolverError
from solver.explanation import Explanation
from solver.moves import Move, MoveFinder, moves
from solver.progress import Progress
from solver.reading import read_round, read_schedule
from solver.round import Round
from solver.schedule import Schedule
from solver.substitutes import Substitute, substitutes
from solver.violation import Violation
from solver.wording import sentence
from solver.writing import write_round, write_schedule

__all__ = [
    "Alternative",
    "BudgetSet",
    "Change",
    "Comparison",
    "CurvePoint",
    "Dropped",
    "Explanation",
    "FundSet",
    "LocatedError",
    "MalformedDocument",
    "Move",
    "MoveFinder",
    "NothingFound",
    "PinsClash",
    "Progress",
    "Round",
    "Schedule",
    "SolverError",
    "Substitute",
    "Together",
    "Unavailable",
    "VenueLost",
    "Violation",
    "alternatives",
    "announced",
    "changed",
    "check",
    "compare",
    "curve",
    "explain",
    "moves",
    "plan",
    "read_changes",
    "read_round",
    "read_schedule",
    "repair",
    "sentence",
    "substitutes",
    "write_round",
    "write_schedule",
]


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
    """The best schedule of a round found within `seconds` on `workers` cores.

    Args:
        seconds: wall time; the schedule comes at most a few seconds later.
        workers: processor cores to use.
        seed: of the random choices.
        steps: a limit that does not hang on the clock: one worker ends its search after so many turns. The
            same seed and steps give the same schedule unless `seconds` are over first.
        start: a schedule of this round to begin from; it need not be right any more.
        together: that this is one of several runs, on any machines, that tell each other what they find.
        on_progress: told now and then how far the run is.
        on_improvement: given every better schedule as it is found.
        stop: asked again and again; once true, the best schedule so far is returned.

    Raises:
        PinsClash: no schedule satisfies the pins.
        NothingFound: the time was up, or `stop` true, before a schedule was found.
    """
    from solver.engine.plan import plan as engine_plan  # OR-Tools is loaded here, not before

    return engine_plan(
        round,
        seconds=seconds,
        workers=workers,
        seed=seed,
        steps=steps,
        start=start,
        together=together,
        on_progress=on_progress,
        on_improvement=on_improvement,
        stop=stop,
    )


def repair(
    round: Round,
    keep: Schedule,
    *,
    changes: Iterable[Change] = (),
    seconds: float = 60,
    workers: int = 2,
    seed: int = 1,
    steps: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_improvement: Callable[[Schedule], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Schedule:
    """The best schedule after some changes for people who have been told of `keep`.

    It is a schedule of `announced(changed(round, changes), keep)`: every alteration costs what the terms
    `change` and `cancel` say, and its objective and bound are that round's. What the changes do not affect
    stands at first; the search widens from there until the time is up or nothing better can exist.

    Args: as of `plan`.

    Raises:
        KeyError: a change names what the round does not have.
        PinsClash: no schedule satisfies the pins.
        NothingFound: the time was up, or `stop` true, before a schedule was found.
    """
    return plan(
        announced(changed(round, changes), keep),
        seconds=seconds,
        workers=workers,
        seed=seed,
        steps=steps,
        start=keep,
        on_progress=on_progress,
        on_improvement=on_improvement,
        stop=stop,
    )


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
    """Up to `k` schedules that differ in something people care about, the best first.

    Fewer come back where the time, or the round, has no more that differ.

    Args:
        schedule: a schedule of this round to begin from; it need not be right.
        within: the share of the best objective that an alternative may lack.
        others: as of `plan`; `seconds` are for all searches together.

    Raises:
        PinsClash: no schedule satisfies the pins.
        NothingFound: the time was up, or `stop` true, before a schedule was found.
    """
    from solver.engine.alternatives import alternatives as engine_alternatives

    return engine_alternatives(
        round,
        schedule,
        k=k,
        within=within,
        seconds=seconds,
        workers=workers,
        seed=seed,
        on_progress=on_progress,
        stop=stop,
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
    """The curve between changing little and serving more: schedules none of which beats another in both.

    They come from the one that changes least to the one that serves most, with their objective in the
    round as it is.

    Args:
        published: what people have been told, instead of the round's `published`.
        steps: searches from "as published" to "whatever serves most"; each may give several points or none.
        others: as of `plan`; `seconds` are for all searches together.

    Raises:
        ValueError: nothing has been published.
        PinsClash: no schedule satisfies the pins.
        NothingFound: the time was up, or `stop` true, before a schedule was found.
    """
    from solver.engine.alternatives import curve as engine_curve

    return engine_curve(
        round,
        published,
        steps=steps,
        seconds=seconds,
        workers=workers,
        seed=seed,
        on_progress=on_progress,
        stop=stop,
    )


def explain(round: Round, schedule: Schedule, workshop: str, *, seconds: float = 5) -> Explanation:
    """Why a workshop is not held and what it would take; what a session held could be instead.

    Args:
        schedule: one that breaks no rule.
        seconds: wall time for the search for what would give way; the rest takes well below a second.

    Who asks about several workshops of one schedule keeps a `solver.engine.explain.Explainer`.

    Raises:
        KeyError: the round has no such workshop.
    """
    from solver.engine.explain import Explainer

    return Explainer(round, schedule).explain(workshop, seconds=seconds)
