"""Several workers at one large round: the jobs that assist a planning job, and what passes between them.

Each worker, on whatever machine, has a planner of its own at the same round. What it finds it keeps with its
job, as it would anyhow; `Bridge` carries from those rows what others have found to the planner of this one,
as the files that `solver.engine.exchange` describes. So there is nothing that all of them must reach but
the database, and who is lost is merely heard of no more.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app import clock
from app.access import system
from app.db import unit_of_work
from app.jobs import services as jobs
from app.jobs.models import Job
from app.jobs.queue import wake
from app.planning.planner_process import PlannerProcess
from app.planning.queries import JOB_KIND

ASSIST_KIND = "assist_planning"

CARRY_SECONDS = 2.0
"""How often rows of others are looked at."""

WAKE_SECONDS = 5.0
"""How often workers are woken again for helpers that nobody has begun: all may have been busy."""

IMPATIENCE = timedelta(seconds=5)
"""A planning job that waits so long takes precedence over helping another."""


def call_helpers(job_id: int, helpers: int, parameters: Mapping[str, Any]) -> None:
    """Queue the jobs that assist a planning job, unless an earlier attempt at it has."""
    with unit_of_work() as db:
        if jobs.open_job(db, kind=ASSIST_KIND, subject_id=job_id) is not None:
            return
        for k in range(1, helpers + 1):
            jobs.enqueue_another(
                db,
                actor=system("planner"),
                kind=ASSIST_KIND,
                subject_id=job_id,
                now=clock.now(),
                wake=wake,
                parameters={
                    "part": [k, helpers + 1],
                    "workers": parameters["workers"],
                    "seed": parameters["seed"] + k * 1000,
                },
            )


def dismiss_helpers(job_id: int) -> None:
    """End the jobs that assist a planning job that is over."""
    with unit_of_work() as db:
        for helper in db.scalars(
            select(Job).where(
                Job.kind == ASSIST_KIND, Job.subject_id == job_id, Job.state.in_(("queued", "running"))
            )
        ).all():
            jobs.request_stop(db, job=helper, now=clock.now())


def is_wanted_elsewhere() -> bool:
    """Whether a round waits to be planned that nobody has begun."""
    waiting = select(Job.id).where(
        Job.kind == JOB_KIND, Job.state == "queued", Job.queued_at < clock.now() - IMPATIENCE
    )
    with unit_of_work() as db:
        return db.scalars(waiting.limit(1)).first() is not None


class Bridge:
    """Carries what the others at a planning job have kept to the planner of one of them."""

    def __init__(self, main_id: int, own_id: int) -> None:
        self._main_id, self._own_id = main_id, own_id
        self._seen: dict[int, int] = {}
        self._carry_next = self._wake_next = 0.0

    def carry(self, planner: PlannerProcess) -> None:
        """Hand over what is new, every few seconds; who plans also wakes workers for what waits."""
        now = time.monotonic()
        if now < self._carry_next:
            return
        self._carry_next = now + CARRY_SECONDS
        for job_id, kept in self._news():
            for of in ("schedule", "prices"):
                if of in kept:
                    planner.tell(f"job-{job_id}", of, kept[of])
        if self._own_id == self._main_id and now >= self._wake_next:
            self._wake_next = now + WAKE_SECONDS
            self._wake_others()

    def _news(self) -> list[tuple[int, dict[str, Any]]]:
        """What has been kept since the last time; documents are large, so numbers are compared first."""
        assisting = and_(Job.kind == ASSIST_KIND, Job.subject_id == self._main_id)
        with unit_of_work() as db:
            told = db.execute(
                select(Job.id, Job.progress).where(
                    or_(Job.id == self._main_id, assisting), Job.id != self._own_id
                )
            ).all()
            fresh = {id: progress["kept"] for id, progress in told if "kept" in progress}
            fresh = {id: count for id, count in fresh.items() if self._seen.get(id) != count}
            self._seen |= fresh
            if not fresh:
                return []
            return [(id, kept) for id, kept in db.execute(select(Job.id, Job.kept).where(Job.id.in_(fresh)))]

    def _wake_others(self) -> None:
        planning = (JOB_KIND, ASSIST_KIND)
        with unit_of_work() as db:
            waiting = db.scalars(
                select(Job.id)
                .where(Job.kind.in_(planning), Job.state == "queued")
                .order_by(Job.kind.desc(), Job.id)  # rounds that nobody plans come first
            ).all()
        for job_id in waiting:
            wake(job_id)
