"""What a worker does with a job of kind "plan_round": have it planned, keep the best, write a draft."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.access import system
from app.db import unit_of_work
from app.jobs.models import Job
from app.jobs.worker import HandBack, JobFailed, Work, stopping
from app.planning.draft_writer import Verified, WrongSchedule, document_bytes, verify, write_draft
from app.planning.jobs.together import Bridge, call_helpers, dismiss_helpers
from app.planning.planner_process import MALFORMED, NOTHING_FOUND, PINS_CLASH, PlannerProcess
from app.planning.queries import draft_of_job
from solver import Schedule

log = logging.getLogger(__name__)

PLANNER = system("planner")

BEAT_SECONDS = 1.0
"""How often progress is stored, the lease renewed and a wish to stop heard."""

LEAST_SECONDS = 1.0
"""With less than this left, a job that is taken up again ends with what was kept."""

POINTS_KEPT = 100
"""So many points of the history are kept for the chart."""

FAILURES = {PINS_CLASH: "pins_clash", NOTHING_FOUND: "nothing_found", MALFORMED: "round_malformed"}


def run_planning_round(work: Work) -> None:
    """Plan the round of a job until its time is up or somebody stops it, and write the draft.

    The best schedule so far is kept with the job at every improvement: a worker that takes
    the job up after another's death begins from there, with the time that is left.
    Raises JobFailed, HandBack.
    """
    with unit_of_work() as db:
        if draft_of_job(db, work.job_id) is not None:
            return  # the worker before us died just after writing it
        told = db.scalars(select(Job.progress).where(Job.id == work.job_id)).one()
    run = _Run(work, told)
    if run.seconds_left >= LEAST_SECONDS and run.report():
        run.plan()
    elif stopping.is_set():
        raise HandBack
    run.write_draft()


def plan_document(work: Work) -> None:
    """Plan a round that somebody sent as a document; the best schedule is kept with the job, for no draft.

    Raises JobFailed, HandBack.
    """
    with unit_of_work() as db:
        told = db.scalars(select(Job.progress).where(Job.id == work.job_id)).one()
    run = _Run(work, told)
    if run.seconds_left >= LEAST_SECONDS and run.report():
        run.plan()
    elif stopping.is_set():
        raise HandBack
    run.keep_verified()


class _Run:
    """One attempt at a job, with what earlier attempts have told and kept."""

    def __init__(self, work: Work, told: dict[str, Any]) -> None:
        self._work = work
        self._round_document: dict[str, Any] = work.parameters["round_document"]
        self._best: dict[str, Any] | None = work.kept.get("schedule")
        self._start: dict[str, Any] | None = work.parameters.get("start")
        self._spent = float(told.get("elapsed", 0.0))
        self._began = time.monotonic()
        self._history: list[list[float | None]] = list(told.get("history", ()))
        self._helpers = int(work.parameters.get("helpers", 0))
        self._prices: dict[str, Any] | None = None
        self._progress: dict[str, Any] = {
            **told,
            "time_limit": work.parameters["seconds"],
            "total": len(self._round_document["workshops"]),
        }

    @property
    def _elapsed(self) -> float:
        """Seconds of planning, those of earlier attempts included."""
        return self._spent + time.monotonic() - self._began

    @property
    def seconds_left(self) -> float:
        return float(self._work.parameters["seconds"]) - self._elapsed

    def report(self, *, keep: bool = False) -> bool:
        """Store the progress, and with `keep` the best schedule; returns whether to go on."""
        self._progress["elapsed"] = round(self._elapsed, 1)
        self._progress["history"] = self._history
        kept = None
        if keep and self._best is not None:
            kept = {"schedule": self._best} | ({"prices": self._prices} if self._prices else {})
            self._progress["kept"] = self._progress.get("kept", 0) + 1
        return self._work.report(self._progress, keep=kept)

    def plan(self) -> None:
        """Follow the planner to its end, or stop it, with the help of others. Raises JobFailed, HandBack."""
        if not self._helpers:
            self._follow(None)
            return
        call_helpers(self._work.job_id, self._helpers, self._work.parameters)
        try:
            self._follow(Bridge(self._work.job_id, self._work.job_id))
        finally:
            if not stopping.is_set():  # who takes this job up goes on with them
                dismiss_helpers(self._work.job_id)

    def _follow(self, bridge: Bridge | None) -> None:
        """Follow the planner; a bridge carries what others find to it."""
        with PlannerProcess(
            document_bytes(self._round_document),
            seconds=self.seconds_left,
            workers=self._work.parameters["workers"],
            seed=self._work.parameters["seed"],
            start=self._best or self._start,
            part=(0, self._helpers + 1) if bridge else None,
        ) as planner:
            go_on = True
            while go_on and planner.exit_code is None:
                for told in planner.progress(BEAT_SECONDS):
                    self._take(told)
                if bridge is not None:
                    bridge.carry(planner)
                    self._prices = planner.new_prices() or self._prices
                go_on = self.report(keep=self._take_best(planner))
            if planner.exit_code is None:
                planner.stop()
            self.report(keep=self._take_best(planner))
            if not go_on and stopping.is_set():
                raise HandBack
            self._judge(planner, asked_to_stop=not go_on)

    def write_draft(self) -> None:
        """End with the best schedule. Raises JobFailed when there is none or it is wrong."""
        self._write(self._verified())

    def keep_verified(self) -> None:
        """End with the best schedule kept with the job, verified. Raises JobFailed."""
        self._verified()
        self._progress["verified"] = True
        self.report(keep=True)

    def _verified(self) -> Verified:
        """The best schedule, held against its round, and the last figures told. Raises JobFailed."""
        if self._best is None:
            raise JobFailed("stopped")
        try:
            verified = verify(self._round_document, self._best)
        except WrongSchedule:
            raise JobFailed("wrong_schedule") from None
        self._tell_the_end(verified.schedule)
        return verified

    def _tell_the_end(self, schedule: Schedule) -> None:
        """The last figures: the planner may have ended between two lines of its progress."""
        self._progress |= {
            "objective": schedule.objective,
            "bound": schedule.bound,
            "held": len(schedule.sessions),
        }
        self._remember(schedule.objective, schedule.bound, self._elapsed)
        self.report()

    def _write(self, verified: Verified) -> None:
        with unit_of_work() as db:
            still_ours = db.scalars(
                select(Job.id)
                .where(
                    Job.id == self._work.job_id,
                    Job.state == "running",
                    Job.attempts == self._work.attempt,
                )
                .with_for_update()
            ).first()
            if still_ours is None:
                return  # taken for dead and given to another, who will write it
            as_of = self._work.parameters.get("seats_as_of")
            write_draft(
                db,
                actor=PLANNER,
                round_id=self._work.subject_id,
                job_id=self._work.job_id,
                verified=verified,
                seconds=round(self._elapsed, 1),
                origin=self._work.parameters.get("origin"),
                seats_as_of=datetime.fromisoformat(as_of) if as_of else None,
                now=clock.now(),
            )

    def _take(self, told: dict[str, Any]) -> None:
        """Take one line of the planner's progress into ours."""
        elapsed = self._spent + told.pop("elapsed")
        self._progress.update(told)
        if told["objective"] is not None:
            self._remember(told["objective"], told["bound"], elapsed)

    def _remember(self, objective: int, bound: int | None, elapsed: float) -> None:
        """Add a point to the history where it brings something new."""
        if not self._history or self._history[-1][1:] != [objective, bound]:
            self._history.append([round(elapsed, 1), objective, bound])
        if len(self._history) > POINTS_KEPT:
            del self._history[1::2]  # half as fine, from end to end

    def _take_best(self, planner: PlannerProcess) -> bool:
        """Whether the planner has written a schedule since, and it is the best so far."""
        found = planner.new_best()
        if found is None or (self._best is not None and found["objective"] < self._best["objective"]):
            return False
        self._best = found
        return True

    def _judge(self, planner: PlannerProcess, *, asked_to_stop: bool) -> None:
        """Tell an end from a failure: with a schedule in hand, a crash only cuts the search short."""
        code = planner.exit_code
        if code == 0 or (asked_to_stop and self._best is not None):
            return
        if asked_to_stop:
            raise JobFailed("stopped")
        if code not in FAILURES:
            log.error("the planner broke off", extra={"exit_code": code, "complaint": planner.complaint()})
        if code in (PINS_CLASH, MALFORMED) or self._best is None:
            raise JobFailed(FAILURES.get(code or 0, "planner_crashed"))
        self._progress["broke_off"] = code != NOTHING_FOUND
        self.report()
