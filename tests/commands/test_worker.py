"""A real worker process is woken through each kind of queue, and its jobs outlive it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from app import clock, schema
from app.access import system
from app.db import database, unit_of_work
from app.jobs.models import Job
from app.jobs.queue import wake
from app.mail.models import OutboxLetter
from app.planning.models import Draft, PlanningRound
from app.planning.services import start_planning
from app.schedule.services import publish_draft
from tests.app.schedule.seasons import make_season
from tests.architecture.databases import REDIS_URL, lacking, scratch_postgres
from tests.commands.installation import Installation, wait_until


@pytest.fixture(
    params=[
        pytest.param("sqlite"),
        pytest.param("redis", marks=pytest.mark.redis),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """One for each kind of queue; that of PostgreSQL keeps its data there too."""
    folder = tmp_path / "instance"
    if request.param == "redis":
        connection = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3)
        try:
            connection.flushdb()
        except redis.RedisError:
            lacking(f"Redis at {REDIS_URL}")
        yield Installation(folder, {"QUEUE_URL": REDIS_URL})
        connection.flushdb()
        connection.close()
    elif request.param == "postgresql":
        with scratch_postgres() as url:
            yield Installation(folder, {"DATABASE_URL": url, "QUEUE_URL": url})
    else:
        yield Installation(folder)


def job_of(kind: str) -> Job:
    """The one job of this kind as the database has it now."""
    database.session.rollback()
    return database.session.query(Job).filter_by(kind=kind).populate_existing().one()


def ended(process: subprocess.Popen[bytes], *, within: float) -> int:
    """The exit status of a process that was asked to end."""
    try:
        return process.wait(timeout=within)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def test_a_worker_is_woken_and_a_killed_workers_job_is_finished_by_the_next(
    installation: Installation, tmp_path: Path
) -> None:
    with installation.opened():
        schema.upgrade(database.engine)
        with unit_of_work() as db:
            season = make_season(db)
            draft_id = season.draft(season.meets()).id
            round_id = season.round.id
        first = installation.start("worker", log=tmp_path / "first.log")
        try:
            with unit_of_work() as db:
                draft = db.get_one(Draft, draft_id)
                publish_draft(db, actor=system("test"), draft=draft, note="", now=clock.now())
            wait_until(lambda: job_of("send_invitations").is_over, seconds=50, what="invitations written")
            assert job_of("send_invitations").state == "done"
            assert database.session.query(OutboxLetter).filter_by(kind="invitation").count() == 3
            with unit_of_work() as db:
                start_planning(
                    db,
                    actor=system("test"),
                    planning_round=db.get_one(PlanningRound, round_id),
                    seconds=4,
                    workers=1,
                    now=clock.now(),
                    wake=wake,
                )
            wait_until(lambda: job_of("plan_round").state == "running", seconds=50, what="planning begun")
        finally:
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        assert job_of("plan_round").attempts == 1
        with unit_of_work() as db:  # as if its lease had run out by now
            job_of("plan_round").lease_until = clock.now() - timedelta(seconds=1)
        second = installation.start("worker", log=tmp_path / "second.log")
        try:
            wait_until(lambda: job_of("plan_round").is_over, seconds=50, what="planning taken up")
        finally:
            second.send_signal(signal.SIGINT)
            status = ended(second, within=30)
        assert (job_of("plan_round").state, job_of("plan_round").attempts) == ("done", 2)
        assert database.session.query(Draft).filter_by(job_id=job_of("plan_round").id).count() == 1
    assert status == 0, (tmp_path / "second.log").read_text()


def test_a_worker_ends_on_sigterm_as_on_ctrl_c(installation: Installation, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with installation.opened():
        schema.upgrade(database.engine)
        with unit_of_work() as db:
            db.add(Job(kind="no_such_kind", subject_id=1, queued_at=clock.now()))
        worker = installation.start("worker", log=log)
        try:
            wait_until(lambda: job_of("no_such_kind").is_over, seconds=50, what="the worker is at work")
        finally:
            worker.send_signal(signal.SIGTERM)
            status = ended(worker, within=30)
        assert (job_of("no_such_kind").state, job_of("no_such_kind").error) == ("failed", "KeyError")
    assert status == 0, log.read_text()
