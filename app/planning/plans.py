"""Plans of rounds that programs send as documents: kept with their jobs, of no round of ours.

For trying things out: take a round's document, change what might be otherwise, have it planned, compare.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Conflict, Invalid, NotFound
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.planning.documents import Document, read_round_at
from app.planning.facts import DocumentPlanned, DocumentPlanningStopped
from app.planning.services import LONGEST_SECONDS

KIND = "plan_document"


def start_plan(
    db: Session,
    *,
    actor: Actor,
    document: Document,
    seconds: int,
    workers: int,
    seed: int,
    now: datetime,
    wake: jobs.Wake,
) -> Job:
    """Set the planner to work on a document; an account has one such plan in the making at a time.

    Raises Forbidden, Malformed, Invalid("seconds"), Conflict("nothing_to_plan" | "plan_runs").
    """
    require(actor.is_coordinator and actor.account_id is not None)
    if not 1 <= seconds <= LONGEST_SECONDS:
        raise Invalid("seconds", "out_of_range", least=1, most=LONGEST_SECONDS)
    planned = read_round_at(document, "round")
    if not planned.workshops:
        raise Conflict("nothing_to_plan")
    assert actor.account_id is not None  # noqa: S101 - required above
    if jobs.open_job(db, kind=KIND, subject_id=actor.account_id) is not None:
        raise Conflict("plan_runs")
    job = jobs.enqueue(
        db,
        actor=actor,
        kind=KIND,
        subject_id=actor.account_id,
        now=now,
        wake=wake,
        parameters={
            "seconds": seconds,
            "workers": workers,
            "seed": seed,
            "round_document": dict(document),
        },
    )
    fact = DocumentPlanned(job.id, workshops=len(planned.workshops), seconds=seconds)
    record(db, actor=actor, fact=fact, now=now)
    return job


def stop_plan(db: Session, *, actor: Actor, job: Job, now: datetime) -> Job:
    """Ask the planner to stop; what it has found so far is the plan.

    Raises Forbidden, Conflict("not_planning").
    """
    require(actor.account_id is not None and actor.account_id == job.subject_id)
    if job.is_over:
        raise Conflict("not_planning")
    jobs.request_stop(db, job=job, now=now)
    record(db, actor=actor, fact=DocumentPlanningStopped(job.id), now=now)
    return job


def plan_for(db: Session, *, actor: Actor, job_id: int) -> Job:
    """A plan that the actor asked for. Raises NotFound."""
    job = db.get(Job, job_id)
    if job is None or job.kind != KIND or job.subject_id != actor.account_id:
        raise NotFound
    return job


def schedule_of(job: Job) -> dict[str, Any] | None:
    """The schedule that a plan ended with, once it has been held against its round."""
    return job.kept.get("schedule") if job.state == "done" and job.progress.get("verified") else None
