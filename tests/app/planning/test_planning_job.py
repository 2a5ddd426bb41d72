"""The real planner at work as a job: it ends with a draft, or says why not, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import clock
from app.access import system
from app.db import unit_of_work
from app.jobs import services as jobs
from app.jobs import worker
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.planning.draft_writer import document_bytes
from app.planning.models import Draft, PlanningRound
from app.planning.services import start_planning, stop_planning
from solver import check, read_round, read_schedule
from tests.app.planning.rounds import make_small_round, make_wide_round

PLANNER = system("test")
HANDLERS = {"plan_round": "app.planning.jobs:run_planning_round"}
PATIENCE = 60.0
"""Seconds after which a test gives up waiting for something that should come."""


def started(db: Session, planning_round: PlanningRound, seconds: int) -> Job:
    job = start_planning(
        db,
        actor=PLANNER,
        planning_round=planning_round,
        seconds=seconds,
        workers=2,
        now=clock.now(),
        wake=lambda job_id: None,
    )
    db.commit()
    return job


def draft_of(db: Session, job: Job) -> Draft | None:
    db.expire_all()
    return db.scalars(select(Draft).where(Draft.job_id == job.id)).first()


def assert_right(draft: Draft) -> None:
    """The draft's schedule is right for its round, by the checker, and its figures are the schedule's."""
    planned = read_round(document_bytes(draft.round_document))
    schedule = read_schedule(document_bytes(draft.schedule_document), planned)
    assert check(planned, schedule) == ()
    assert (draft.objective, draft.bound, draft.cost, draft.held) == (
        schedule.objective,
        schedule.bound,
        schedule.cost,
        len(schedule.sessions),
    )


class Onlooker:
    """Looks at the database from outside, on a connection of its own, while a job runs."""

    def __init__(self, settings: config.Settings) -> None:
        self._path = settings.instance_path / "baraza.db"

    def job(self) -> dict[str, Any]:
        connection = sqlite3.connect(self._path, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            row = connection.execute("SELECT * FROM job ORDER BY id DESC LIMIT 1").fetchone()
            return dict(row)
        finally:
            connection.close()

    def wait_until(self, happened: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The job's row, once `happened` is true of it."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            row = self.job()
            if happened(row):
                return row
            time.sleep(0.05)
        raise AssertionError("it did not happen in time")


@pytest.fixture
def onlooker(settings: config.Settings) -> Onlooker:
    return Onlooker(settings)


@pytest.fixture
def meanwhile() -> Iterator[Callable[[Callable[[], None]], None]]:
    """`meanwhile(action)` does it in another thread; what goes wrong there fails the test."""
    threads: list[threading.Thread] = []
    wrong: list[BaseException] = []

    def begin(action: Callable[[], None]) -> None:
        def run() -> None:
            try:
                action()
            except BaseException as error:
                wrong.append(error)

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield begin
    for thread in threads:
        thread.join(PATIENCE)
    assert wrong == []


def processes() -> Iterator[tuple[int, int, int]]:
    """(id, parent, group) of every process but the ended ones that nobody has collected yet."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if state != "Z":
            yield int(folder.name), int(parent), int(group)


def planners_of(parent: int) -> list[int]:
    """The planners that a process has started: children that lead a group of their own.

    Not every such child is one: a service that a browser's test began may live in the same process.
    """
    led = [each for each, its_parent, group in processes() if its_parent == parent and group == each]
    return [each for each in led if _is_planner(each)]


def _is_planner(process: int) -> bool:
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return command[1:3] == [b"-m", b"solver"]


def is_gone(planner: int) -> bool:
    """Neither the planner nor anything that it started is there any more."""
    until = time.monotonic() + PATIENCE
    while any(group == planner for _, _, group in processes()):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def something_is_kept(row: dict[str, Any]) -> bool:
    return "schedule" in row["kept"]


# -- In the ordinary course


def test_a_planned_round_ends_in_a_right_draft(db: Session) -> None:
    small = make_small_round(db)
    job = started(db, small.planning_round, seconds=30)
    run_job(job.id, HANDLERS)
    draft = draft_of(db, job)
    assert (job.state, job.error) == ("done", "")
    assert draft is not None
    assert_right(draft)
    # Lena leads in Dakar for two days, Sam and Sue are seated: 2 * 100 for the hall, 2 * 50 for Lena,
    # and for Sue two fares of 258 and four days away at 65.
    assert (draft.held, draft.cost) == (1, 200 + 100 + 2 * 258 + 4 * 65)
    # 3 * 50 held, 2 * (2 + 3) needs, 2 * 5 organisations, less the cost of 1,076 hundredths
    assert draft.objective == 15_000 + 1_000 + 1_000 - 1_076
    assert job.progress["held"] == 1


def test_what_cannot_be_held_is_left_out_with_a_reason(db: Session) -> None:
    small = make_small_round(db)
    small.lena.skills = []
    job = started(db, small.planning_round, seconds=30)
    run_job(job.id, HANDLERS)
    draft = draft_of(db, job)
    assert draft is not None
    assert_right(draft)
    assert draft.held == 0
    (left_out,) = draft.schedule_document["unscheduled"]
    assert [reason["rule"] for reason in left_out["reasons"]] == ["competence"]


def test_the_time_given_is_kept_to_and_the_progress_tells_of_it(db: Session) -> None:
    job = started(db, make_wide_round(db), seconds=8)
    began = time.monotonic()
    run_job(job.id, HANDLERS)
    took = time.monotonic() - began
    draft = draft_of(db, job)
    assert draft is not None
    assert_right(draft)
    assert draft.held > 0
    assert took < 8 + 10
    assert job.progress["total"] == 60
    assert job.progress["time_limit"] == 8
    assert job.progress["history"]
    assert job.kept["schedule"]["objective"] == draft.objective


def test_stopping_uses_the_best_so_far(
    app: Flask, db: Session, onlooker: Onlooker, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    planning_round = make_wide_round(db)
    job = started(db, planning_round, seconds=600)

    def stop() -> None:
        onlooker.wait_until(something_is_kept)
        with app.app_context(), unit_of_work() as other:
            stop_planning(
                other,
                actor=PLANNER,
                planning_round=other.get_one(PlanningRound, planning_round.id),
                now=clock.now(),
            )

    meanwhile(stop)
    run_job(job.id, HANDLERS)
    draft = draft_of(db, job)
    assert job.state == "done"
    assert draft is not None
    assert_right(draft)
    assert draft.held > 0
    assert planners_of(os.getpid()) == []


# -- When things die


def test_a_planner_that_is_killed_costs_nothing_but_its_remaining_time(
    db: Session, onlooker: Onlooker, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    job = started(db, make_wide_round(db), seconds=600)
    seen: list[int] = []

    def kill() -> None:
        onlooker.wait_until(something_is_kept)
        seen.extend(planners_of(os.getpid()))
        os.kill(seen[0], signal.SIGKILL)

    meanwhile(kill)
    run_job(job.id, HANDLERS)
    draft = draft_of(db, job)
    assert job.state == "done"
    assert job.progress["broke_off"] is True
    assert is_gone(seen[0])
    assert draft is not None
    assert_right(draft)
    assert draft.held > 0


def test_a_planner_that_dies_before_it_found_anything_is_a_failure_with_its_reason(
    db: Session, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    job = started(db, make_wide_round(db), seconds=600)

    def kill_at_once() -> None:
        until = time.monotonic() + PATIENCE
        while not (planners := planners_of(os.getpid())) and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(planners[0], signal.SIGKILL)

    meanwhile(kill_at_once)
    run_job(job.id, HANDLERS)
    assert draft_of(db, job) is None
    assert (job.state, job.error) == ("failed", "planner_crashed")


def test_a_worker_that_is_shut_down_hands_its_job_back_with_the_best_so_far(
    db: Session, onlooker: Onlooker, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    job = started(db, make_wide_round(db), seconds=600)

    def shut_down() -> None:
        onlooker.wait_until(something_is_kept)
        worker.stopping.set()

    meanwhile(shut_down)
    try:
        run_job(job.id, HANDLERS)
    finally:
        worker.stopping.clear()
    assert draft_of(db, job) is None
    assert job.state == "queued"
    assert job.kept["schedule"]["sessions"]
    assert planners_of(os.getpid()) == []


def test_a_worker_killed_in_mid_plan_loses_neither_the_job_nor_the_best_so_far(
    app: Flask, db: Session, settings: config.Settings, onlooker: Onlooker
) -> None:
    job = started(db, make_wide_round(db), seconds=15)
    environment = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "testing",
        "SECRET_KEY": settings.secret_key,
        "INSTANCE_PATH": str(settings.instance_path),
    }
    doomed = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "worker"],
        cwd=config.PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        row = onlooker.wait_until(something_is_kept)
        (planner,) = planners_of(doomed.pid)
    finally:
        doomed.kill()
        doomed.wait()
    assert (row["state"], row["attempts"]) == ("running", 1)
    assert is_gone(planner)

    db.refresh(job)
    kept = job.kept["schedule"]["objective"]
    with unit_of_work() as other:
        expired = clock.now() + jobs.LEASE + timedelta(seconds=1)
        assert jobs.requeue_expired(other, now=expired) == [job.id]
    run_job(job.id, HANDLERS)
    draft = draft_of(db, job)
    assert (job.state, job.attempts) == ("done", 2)
    assert draft is not None
    assert_right(draft)
    assert draft.objective >= kept
    assert draft.seconds <= 15 + 10


def test_a_job_whose_draft_was_written_before_its_worker_died_is_not_planned_again(db: Session) -> None:
    small = make_small_round(db)
    job = started(db, small.planning_round, seconds=30)
    run_job(job.id, HANDLERS)
    job.state = "queued"
    db.commit()
    run_job(job.id, HANDLERS)
    db.expire_all()
    assert job.state == "done"
    assert len(db.scalars(select(Draft)).all()) == 1


def test_a_kept_schedule_that_is_wrong_is_refused(db: Session) -> None:
    small = make_small_round(db)
    job = started(db, small.planning_round, seconds=30)
    run_job(job.id, HANDLERS)
    first = draft_of(db, job)
    assert first is not None
    boasting = {**job.kept["schedule"], "objective": first.objective + 1}
    db.delete(first)
    job.state, job.kept, job.stop_requested = "queued", {"schedule": boasting}, True
    db.commit()
    run_job(job.id, HANDLERS)
    assert draft_of(db, job) is None
    assert (job.state, job.error) == ("failed", "wrong_schedule")
