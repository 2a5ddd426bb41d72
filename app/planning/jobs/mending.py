"""Repairs worked out one after the other, from the fewest changes to whatever serves most.

Each variant is a run of the planner on the changed round, with what an alteration costs (`change`, `cancel`)
scaled, begun from the best of the variant before. What is found is offered at once, whatever is still
better is offered in its place; figures and claims are those of the round with its own weights.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.db import unit_of_work
from app.jobs.worker import HandBack, JobFailed, Work, stopping
from app.planning.asking import keep_answer
from app.planning.draft_writer import document_bytes
from app.planning.jobs.planning import FAILURES
from app.planning.planner_process import NOTHING_FOUND, PlannerProcess
from app.planning.replanning import document_of
from app.planning.stitching import stitched_up
from solver import Round, Schedule, compare, read_round, read_schedule, write_schedule
from solver.alternative import changes_since, pareto
from solver.constraints import violations
from solver.derived import total_cost
from solver.objective import terms
from solver.round import Pin
from solver.schedule import Reason, Session, Unscheduled

FACTORS: Mapping[str, int] = {"fewest": 64, "steady": 8, "weighed": 1, "most": 0}
SECONDS: Mapping[str, float] = {"fewest": 5.0, "steady": 4.0, "weighed": 5.0, "most": 8.0}
"""How long each variant may still get better once there is one."""

PATIENCE = 30.0
"""Seconds within which there is a first plan of a variant, on a machine however busy."""

FIRST_BEAT, BEAT = 0.15, 1.0
"""Seconds between two looks at the planner: until there is a plan of the variant, and after."""

NEARLY = 1e-4
"""A gap that counts as proven, as in the solver's own offers."""

SINGLE = frozenset(
    {"window", "working_days", "venue", "available", "entry", "notice", "waking_hours", "budget", "pins"}
)
"""Rules that one session can break by itself."""


def work_out_repairs(work: Work, asked: Mapping[str, Any]) -> None:
    """`repair/1`: {"must": fewest changes there can be, "variants": […], "done": whether all are there}.

    A variant: name, changes, touched (people), moved, cancelled, restaffed, new (sessions), held, cost,
    value (hundredths of a point without `change` and `cancel`), proven, seconds, schedule. Raises
    JobFailed, HandBack.
    """

    def keep(answer: Mapping[str, Any]) -> None:
        with unit_of_work() as db:
            keep_answer(db, question_id=work.subject_id, answer=answer)

    run = Repairs(asked, keep=keep, report=work.report)
    run.stitch()
    for name in FACTORS:
        run.work_out(name)
    run.tell(done=True)
    if not run.variants:
        raise JobFailed("nothing_found")


class Repairs:
    """Repairs of one round: `keep` is given every answer so far, `report` says whether to go on."""

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        keep: Callable[[Mapping[str, Any]], None],
        report: Callable[[Mapping[str, Any]], bool],
    ) -> None:
        self._keep_answer, self._report_progress = keep, report
        self._began = time.monotonic()
        self._round = read_round(document_bytes(asked["round"]))
        self._keep_document: dict[str, Any] = asked["keep"]
        self._keep = read_schedule(document_bytes(asked["keep"]), self._round)
        self._start = self._keep_document
        self._must = _must_change(self._round, self._keep.sessions)
        self.variants: dict[str, dict[str, Any]] = {}

    def stitch(self) -> None:
        """The answer that needs no search: whoever cannot come is replaced or left out, all else stays."""
        stitched = stitched_up(self._round, self._keep)
        if stitched is not None:
            self._offer("fewest", json.loads(write_schedule(stitched)), proven=False)
            self._start = self._keep_document  # the planner's own repair begins from what was told

    def work_out(self, name: str) -> None:
        """One variant; what is found replaces what was found before. Raises HandBack."""
        planned = _weighed(self._round, FACTORS[name], only_told=name == "fewest")
        until, found = time.monotonic() + PATIENCE, False
        with PlannerProcess(
            json.dumps(document_of(planned)).encode(),
            seconds=PATIENCE + SECONDS[name],
            workers=2,
            seed=1,
            start=self._start,
        ) as planner:
            go_on = True
            while go_on and planner.exit_code is None and time.monotonic() < until:
                planner.progress(BEAT if found else FIRST_BEAT)
                if (best := planner.new_best()) is not None:
                    if not found:
                        until, found = time.monotonic() + SECONDS[name], True
                    self._offer(name, best, proven=False)
                go_on = self._report()
            if planner.exit_code is None:
                planner.stop()
            if (best := planner.new_best()) is not None:
                self._offer(name, best, proven=_is_proven(best))
            if not go_on:
                if stopping.is_set():
                    raise HandBack
                raise JobFailed("stopped")
            if planner.exit_code not in (0, NOTHING_FOUND) and name not in self.variants:
                raise JobFailed(FAILURES.get(planner.exit_code or 0, "planner_crashed"))

    def _offer(self, name: str, best: dict[str, Any], *, proven: bool) -> None:
        schedule = _truly(self._round, best)
        if next(violations(self._round, schedule), None) is not None:
            return
        self._start = json.loads(write_schedule(schedule))
        difference = compare(self._round, self._keep, schedule)
        worth = terms(self._round, schedule)
        changes = changes_since(self._round, schedule)
        value = sum(worth.values()) - worth["change"] - worth["cancel"]
        before = self.variants.get(name)
        if name == "fewest" and before and (before["changes"], -before["value"]) < (changes, -value):
            return
        self.variants[name] = {
            "name": name,
            "changes": changes,
            "touched": len(difference.affected),
            "moved": len(difference.moved),
            "cancelled": len(difference.cancelled),
            "restaffed": len(difference.restaffed),
            "new": len(difference.new),
            "held": len(schedule.sessions),
            "cost": schedule.cost,
            "value": value,
            "proven": proven or changes == self._must,
            "seconds": round(time.monotonic() - self._began, 1),
            "differences": difference.as_data(),
            "schedule": self._start,
        }
        self.tell(done=False)

    def tell(self, *, done: bool) -> None:
        answer = {
            "format": "repair/1",
            "must": self._must,
            "told": len(self._keep.sessions),
            "before": {"cost": total_cost(self._round, self._keep), "held": len(self._keep.sessions)},
            "variants": list(_on_the_curve(self.variants.values())),
            "done": done,
        }
        self._keep_answer(answer)

    def _report(self) -> bool:
        elapsed = round(time.monotonic() - self._began, 1)
        return self._report_progress({"elapsed": elapsed, "time_limit": sum(SECONDS.values())})


def _on_the_curve(variants: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those that no other beats in changes and in value; the first is the one with the fewest changes."""
    beaten = pareto(variants, cost=lambda each: int(each["changes"]), gain=lambda each: int(each["value"]))
    for n, each in enumerate(beaten):
        yield {**each, "name": "fewest"} if n == 0 else each


def _is_proven(document: Mapping[str, Any]) -> bool:
    """Whether the planner's own bound says that nothing much better can be."""
    bound, objective = document["bound"], document["objective"]
    return bound is not None and bool(bound - objective <= NEARLY * abs(objective))


def _weighed(round: Round, factor: int, *, only_told: bool) -> Round:
    """The round with alterations at so many times their price; with `only_told` nothing new is planned."""
    weights = round.rules.weights
    dearer = replace(weights, change=weights.change * factor, cancel=weights.cancel * factor)
    changed = replace(round, rules=replace(round.rules, weights=dearer))
    if not only_told:
        return changed
    told = {each.workshop for each in round.published or ()}
    pinned = {pin.workshop for pin in round.pins}
    none = tuple(Pin(id, held=False) for id in round.workshops if id not in told | pinned)
    return replace(changed, pins=(*round.pins, *none))


def _truly(round: Round, document: Mapping[str, Any]) -> Schedule:
    """A schedule of the round with other weights and pins as one of the round itself."""
    found = read_schedule(document_bytes(document), round)
    reasons = {each.workshop: each.reasons for each in found.unscheduled}
    held = {session.workshop for session in found.sessions}
    unscheduled = tuple(
        Unscheduled(id, _honest(reasons.get(id, ()), any(pin.workshop == id for pin in round.pins)))
        for id in round.workshops
        if id not in held
    )
    schedule = Schedule(round.id, found.sessions, unscheduled)
    value = sum(terms(round, schedule).values())
    return replace(schedule, objective=value, bound=None, cost=total_cost(round, schedule))


def _honest(reasons: Iterable[Reason], pinned: bool) -> tuple[Reason, ...]:
    """What was only pinned for this search has not been looked into."""
    kept = tuple(each for each in reasons if pinned or each.rule != "pins")
    return kept or (Reason("not_found", text="Not looked into."),)


def _must_change(round: Round, sessions: Iterable[Session]) -> int:
    """A number of changes below which no repair can be: each session that cannot stay costs one at least.

    One that must not be held any more costs all that people have been told of it.
    """
    dropped = {pin.workshop for pin in round.pins if pin.held is False}
    least = 0
    for session in sessions:
        if session.workshop in dropped:
            least += 1 + len(session.facilitators) + len(session.seats)
            continue
        alone = Schedule(round.id, (session,))
        own = (session.workshop, None)  # a fund's breach is nobody's in particular
        broken = {each.rule for each in violations(round, alone) if each.workshop in own}
        least += bool(broken & SINGLE)
    return least
