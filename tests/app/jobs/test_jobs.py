"""The job row is the truth: what happens to it when workers come, die and come again."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.access import system
from app.jobs import services
from app.jobs.models import Job
from app.jobs.worker import HandBack, JobFailed, Work, run_job
from tests.conftest import NOW

PLANNER = system("test")
HANDLERS = {"count": "tests.app.jobs.test_jobs:handle"}
PLACES = {"count": threading.Lock()}
seen: list[Work] = []


def handle(work: Work) -> None:
    seen.append(work)
    outcome = work.parameters.get("outcome")
    if outcome == "hand back":
        raise HandBack
    if outcome == "refuse":
        raise JobFailed("nothing_to_plan")
    if outcome == "break":
        raise ZeroDivisionError
    if outcome == "no database":
        raise OperationalError("SELECT 1", None, ConnectionError())
    if outcome == "start another":
        run_job(int(work.parameters["other"]), HANDLERS, PLACES)


@pytest.fixture
def woken() -> list[int]:
    seen.clear()
    return []


def queued(db: Session, woken: list[int], subject_id: int = 7, **parameters: str) -> Job:
    job = services.enqueue(
        db,
        actor=PLANNER,
        kind="count",
        subject_id=subject_id,
        now=NOW,
        wake=woken.append,
        parameters=parameters,
    )
    db.commit()
    return job


def test_a_second_job_on_the_same_subject_is_the_first_one(db: Session, woken: list[int]) -> None:
    assert queued(db, woken).id == queued(db, woken).id


def test_a_job_is_claimed_by_one_worker_only(db: Session, woken: list[int]) -> None:
    job = queued(db, woken)
    assert services.claim(db, job_id=job.id, now=NOW) is not None
    assert services.claim(db, job_id=job.id, now=NOW) is None


def test_a_dead_workers_job_is_queued_again_with_what_was_kept(db: Session, woken: list[int]) -> None:
    job = queued(db, woken)
    services.claim(db, job_id=job.id, now=NOW)
    services.heartbeat(db, job_id=job.id, attempt=1, now=NOW, progress={"held": 3}, kept={"best": 10})
    assert services.requeue_expired(db, now=NOW + timedelta(seconds=29)) == []
    assert services.requeue_expired(db, now=NOW + timedelta(seconds=31)) == [job.id]
    again = services.claim(db, job_id=job.id, now=NOW)
    assert again is not None
    assert (again.attempts, again.kept) == (2, {"best": 10})


def test_a_job_whose_workers_keep_dying_fails_in_the_end(db: Session, woken: list[int]) -> None:
    job = queued(db, woken)
    for attempt in range(services.MAX_ATTEMPTS):
        when = NOW + timedelta(minutes=attempt)
        services.claim(db, job_id=job.id, now=when)
        services.requeue_expired(db, now=when + timedelta(seconds=31))
    db.refresh(job)
    assert (job.state, job.error) == ("failed", "worker_died")


def test_a_worker_that_lost_its_job_is_told_to_stop_and_cannot_end_it(db: Session, woken: list[int]) -> None:
    job = queued(db, woken)
    services.claim(db, job_id=job.id, now=NOW)
    services.requeue_expired(db, now=NOW + timedelta(seconds=31))
    services.claim(db, job_id=job.id, now=NOW + timedelta(seconds=32))
    assert not services.heartbeat(db, job_id=job.id, attempt=1, now=NOW, progress={}, kept=None)
    assert not services.finish(db, job_id=job.id, attempt=1, now=NOW)
    assert services.finish(db, job_id=job.id, attempt=2, now=NOW)


def test_a_stop_reaches_the_worker_with_its_next_heartbeat(db: Session, woken: list[int]) -> None:
    job = queued(db, woken)
    services.claim(db, job_id=job.id, now=NOW)
    assert services.heartbeat(db, job_id=job.id, attempt=1, now=NOW, progress={}, kept=None)
    services.request_stop(db, job=job, now=NOW)
    assert not services.heartbeat(db, job_id=job.id, attempt=1, now=NOW, progress={}, kept=None)


@pytest.mark.parametrize(
    ("outcome", "state", "error"),
    [("", "done", ""), ("refuse", "failed", "nothing_to_plan"), ("break", "failed", "ZeroDivisionError")],
)
def test_a_job_ends_as_its_handler_does(
    db: Session, woken: list[int], outcome: str, state: str, error: str
) -> None:
    job = queued(db, woken, outcome=outcome)
    run_job(job.id, HANDLERS)
    db.refresh(job)
    assert (job.state, job.error) == (state, error)
    assert [work.subject_id for work in seen] == [7]


def test_a_job_handed_back_waits_for_another_worker(db: Session, woken: list[int]) -> None:
    job = queued(db, woken, outcome="hand back")
    run_job(job.id, HANDLERS)
    db.refresh(job)
    assert (job.state, job.attempts) == ("queued", 0)


def test_a_job_that_lost_the_database_is_taken_up_again_like_that_of_a_dead_worker(
    db: Session, woken: list[int]
) -> None:
    job = queued(db, woken, outcome="no database")
    run_job(job.id, HANDLERS)
    db.refresh(job)
    assert (job.state, job.error) == ("running", "")
    assert job.lease_until is not None
    assert services.requeue_expired(db, now=job.lease_until + timedelta(seconds=1)) == [job.id]


def test_of_a_kind_that_is_done_alone_a_second_job_waits_until_the_first_is_over(
    db: Session, woken: list[int]
) -> None:
    other = queued(db, woken, subject_id=8)
    first = queued(db, woken, outcome="start another", other=str(other.id))
    run_job(first.id, HANDLERS, PLACES)
    db.refresh(first)
    db.refresh(other)
    assert (first.state, other.state) == ("done", "queued")
    run_job(other.id, HANDLERS, PLACES)
    db.refresh(other)
    assert other.state == "done"


def test_a_stop_that_comes_as_a_worker_begins_leaves_the_job_to_that_worker(
    db: Session, woken: list[int]
) -> None:
    job = queued(db, woken)
    assert job.state == "queued"  # so the request to stop has read it
    db.execute(update(Job).values(state="running", attempts=1).execution_options(synchronize_session=False))
    services.request_stop(db, job=job, now=NOW)
    assert (job.state, job.stop_requested) == ("running", True)


def test_the_worker_is_woken_after_the_commit_and_never_after_a_rollback(
    app: object, woken: list[int]
) -> None:
    from app.db import unit_of_work

    with unit_of_work() as db:
        job = services.enqueue(db, actor=PLANNER, kind="count", subject_id=1, now=NOW, wake=woken.append)
        assert woken == []
    assert woken == [job.id]
    with pytest.raises(RuntimeError), unit_of_work() as db:
        services.enqueue(db, actor=PLANNER, kind="count", subject_id=2, now=NOW, wake=woken.append)
        raise RuntimeError
    assert woken == [job.id]
