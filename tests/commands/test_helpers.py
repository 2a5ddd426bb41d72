"""Two real worker processes plan one round together, over the database alone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from app import clock, schema
from app.access import system
from app.db import database, unit_of_work
from app.jobs.models import Job
from app.jobs.queue import wake
from app.planning import services
from app.planning.draft_writer import document_bytes
from app.planning.models import Draft, PlanningRound
from app.planning.services import start_planning
from solver import check, read_round, read_schedule
from tests.app.planning.rounds import make_wide_round
from tests.architecture.databases import REDIS_URL, lacking, scratch_postgres
from tests.commands.installation import Installation, wait_until


@pytest.fixture(
    params=[
        pytest.param("redis", marks=[pytest.mark.redis, pytest.mark.postgres]),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """As for several machines: rows on PostgreSQL, woken through Redis or PostgreSQL."""
    with scratch_postgres() as url:
        if request.param == "postgresql":
            yield Installation(tmp_path / "instance", {"DATABASE_URL": url, "QUEUE_URL": url})
            return
        connection = redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3)
        try:
            connection.flushdb()
        except redis.RedisError:
            lacking(f"Redis at {REDIS_URL}")
        yield Installation(tmp_path / "instance", {"DATABASE_URL": url, "QUEUE_URL": REDIS_URL})
        connection.flushdb()
        connection.close()


def job_of(kind: str) -> Job | None:
    """The one job of this kind, if there is one, as the database has it now."""
    database.session.rollback()
    return database.session.query(Job).filter_by(kind=kind).populate_existing().one_or_none()


def is_at_work(kind: str) -> bool:
    job = job_of(kind)
    return job is not None and job.state == "running" and "schedule" in job.kept


def reached(kind: str, objective: int) -> bool:
    job = job_of(kind)
    return job is not None and job.kept["schedule"]["objective"] >= objective


def is_over(kind: str) -> bool:
    job = job_of(kind)
    return job is not None and job.is_over


def test_two_workers_plan_a_round_together(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "LARGE", 30)
    logs = [tmp_path / f"{n}.log" for n in range(2)]
    with installation.opened():
        schema.upgrade(database.engine)
        with unit_of_work() as db:
            round_id = make_wide_round(db).id
        workers = [installation.start("worker", log=log) for log in logs]
        try:
            with unit_of_work() as db:
                start_planning(
                    db,
                    actor=system("test"),
                    planning_round=db.get_one(PlanningRound, round_id),
                    seconds=40,
                    workers=1,
                    helpers=1,
                    now=clock.now(),
                    wake=wake,
                )
            wait_until(lambda: is_at_work("plan_round"), seconds=50, what="planning begun")
            wait_until(lambda: is_at_work("assist_planning"), seconds=50, what="help that finds something")
            helping = job_of("assist_planning")
            planning = job_of("plan_round")
            assert helping is not None
            assert planning is not None
            assert helping.subject_id == planning.id
            told = helping.kept["schedule"]["objective"]
            # Who plans alone still bounds the round, and improves nothing but by what it is told.
            wait_until(lambda: reached("plan_round", told), seconds=50, what="the news carried over")
            with unit_of_work() as db:
                services.stop_planning(
                    db,
                    actor=system("test"),
                    planning_round=db.get_one(PlanningRound, round_id),
                    now=clock.now(),
                )
            wait_until(lambda: is_over("plan_round"), seconds=50, what="the plan")
            wait_until(lambda: is_over("assist_planning"), seconds=50, what="the end of help")
            planning = job_of("plan_round")
            assert planning is not None
            assert (planning.state, planning.error) == ("done", "")
            draft = database.session.query(Draft).filter_by(job_id=planning.id).one()
            planned = read_round(document_bytes(draft.round_document))
            schedule = read_schedule(document_bytes(draft.schedule_document), planned)
            assert check(planned, schedule) == ()
            helped = job_of("assist_planning")
            assert helped is not None
            assert (helped.state, helped.error) == ("done", "")
            assert draft.objective >= told
        finally:
            for worker in workers:
                worker.send_signal(signal.SIGINT)
            statuses = []
            for worker in workers:
                try:
                    statuses.append(worker.wait(timeout=30))
                except Exception:
                    os.killpg(worker.pid, signal.SIGKILL)
                    raise
    assert statuses == [0, 0], [log.read_text() for log in logs]
