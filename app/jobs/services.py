"""Queueing, claiming and finishing jobs. Each verb is one small transaction's worth of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.access import Actor
from app.db import after_commit
from app.jobs.models import Job

LEASE = timedelta(seconds=30)
"""How long a worker may be silent before its job is given to another."""

MAX_ATTEMPTS = 3

Wake = Callable[[int], None]


def enqueue(
    db: Session,
    *,
    actor: Actor,
    kind: str,
    subject_id: int,
    now: datetime,
    wake: Wake,
    parameters: Mapping[str, Any] | None = None,
) -> Job:
    """Queue a job and have a worker woken after the commit; one that is not over yet is returned instead."""
    job = open_job(db, kind=kind, subject_id=subject_id)
    if job is None:
        return enqueue_another(
            db, actor=actor, kind=kind, subject_id=subject_id, now=now, wake=wake, parameters=parameters
        )
    job_id = job.id
    after_commit(db, lambda: wake(job_id))
    return job


def enqueue_another(
    db: Session,
    *,
    actor: Actor,
    kind: str,
    subject_id: int,
    now: datetime,
    wake: Wake,
    parameters: Mapping[str, Any] | None = None,
) -> Job:
    """`enqueue`, whatever else there is to do on the subject: for work that several share."""
    job = Job(
        kind=kind,
        subject_id=subject_id,
        parameters=dict(parameters or {}),
        queued_by=actor.name,
        queued_at=now,
    )
    db.add(job)
    db.flush()
    job_id = job.id
    after_commit(db, lambda: wake(job_id))
    return job


def open_job(db: Session, *, kind: str, subject_id: int) -> Job | None:
    """The job of this kind on this subject that is not over yet."""
    return db.scalars(
        select(Job)
        .where(Job.kind == kind, Job.subject_id == subject_id, Job.state.in_(("queued", "running")))
        .order_by(Job.id)
        .limit(1)
    ).first()


def kind_of(db: Session, *, job_id: int) -> str | None:
    """The kind of a job; `None` when there is none with this id."""
    return db.scalar(select(Job.kind).where(Job.id == job_id))


def claim(db: Session, *, job_id: int, now: datetime) -> Job | None:
    """Take a queued job for this worker; `None` when another has it or it is over."""
    claimed = db.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "queued")
        .values(
            state="running",
            attempts=Job.attempts + 1,
            started_at=now,
            lease_until=now + LEASE,
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return None if claimed is None else db.get(Job, claimed, populate_existing=True)


def heartbeat(
    db: Session,
    *,
    job_id: int,
    attempt: int,
    now: datetime,
    progress: Mapping[str, Any],
    kept: Mapping[str, Any] | None,
) -> bool:
    """Renew the lease and tell how far it is; returns whether to go on.

    False when somebody asked to stop, or when the job has been given to another worker.
    """
    values: dict[str, Any] = {"lease_until": now + LEASE, "progress": dict(progress)}
    if kept is not None:
        values["kept"] = dict(kept)
    stop_requested = db.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running", Job.attempts == attempt)
        .values(**values)
        .returning(Job.stop_requested)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return stop_requested is False


def finish(db: Session, *, job_id: int, attempt: int, now: datetime, error: str = "") -> bool:
    """End a job that this attempt still holds: `done`, or `failed` with `error`, a code."""
    ended = db.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running", Job.attempts == attempt)
        .values(state="failed" if error else "done", finished_at=now, lease_until=None, error=error[:500])
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return ended is not None


def hand_back(db: Session, *, job_id: int, attempt: int) -> None:
    """Queue a job again that this worker cannot go on with because it is being shut down."""
    db.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == "running", Job.attempts == attempt)
        .values(state="queued", attempts=Job.attempts - 1, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def request_stop(db: Session, *, job: Job, now: datetime) -> None:
    """Ask a job to end with what it has; one that no worker has begun ends at once."""
    db.refresh(job, with_for_update=True)  # a worker may be claiming it just now
    job.stop_requested = True
    if job.state == "queued":
        job.state, job.finished_at, job.error = "failed", now, "stopped"
    db.flush()


def requeue_expired(db: Session, *, now: datetime) -> list[int]:
    """Queue the jobs of dead workers again, fail those that died too often; returns what to wake.

    Jobs that are queued and that nobody woke (the queue was away) are among them.
    """
    gone = (Job.state == "running", Job.lease_until < now)
    db.execute(
        update(Job)
        .where(*gone, Job.attempts >= MAX_ATTEMPTS)
        .values(state="failed", finished_at=now, lease_until=None, error="worker_died")
        .execution_options(synchronize_session=False)
    )
    db.execute(
        update(Job)
        .where(*gone)
        .values(state="queued", lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return list(db.scalars(select(Job.id).where(Job.state == "queued").order_by(Job.id)))
