"""Several workers at one round: who is called and dismissed, and what is carried from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import system
from app.jobs import services as jobs
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.planning import services
from app.planning.jobs.together import ASSIST_KIND, Bridge, call_helpers, dismiss_helpers, is_wanted_elsewhere
from app.planning.planner_process import PlannerProcess
from app.planning.services import start_planning
from tests.app.planning.rounds import make_small_round, make_wide_round

TEST = system("test")
HANDLERS = {ASSIST_KIND: "app.planning.jobs.assisting:assist_planning"}


class Listener:
    """Stands where a planner does, and writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, Mapping[str, Any]]] = []

    def tell(self, name: str, of: str, document: Mapping[str, Any]) -> None:
        self.told.append((name, of, document))


def started(db: Session, *, helpers: int = 2, seconds: int = 30, wide: bool = False) -> Job:
    planning_round = make_wide_round(db) if wide else make_small_round(db).planning_round
    job = start_planning(
        db,
        actor=TEST,
        planning_round=planning_round,
        seconds=seconds,
        workers=1,
        helpers=helpers,
        now=clock.now(),
        wake=lambda job_id: None,
    )
    db.commit()
    return job


def helpers_of(db: Session, job: Job) -> list[Job]:
    db.expire_all()
    return list(
        db.scalars(select(Job).where(Job.kind == ASSIST_KIND, Job.subject_id == job.id).order_by(Job.id))
    )


def test_helpers_are_for_large_rounds(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert started(db).parameters["helpers"] == 0
    monkeypatch.setattr(services, "LARGE", 60)
    assert started(db, wide=True).parameters["helpers"] == 2


def test_helpers_are_called_once_each_with_a_part_and_a_seed_of_its_own(db: Session) -> None:
    job = started(db)
    for _ in range(2):  # the second worker at a job finds those of the first
        call_helpers(job.id, 2, job.parameters)
    called = helpers_of(db, job)
    assert [helper.parameters["part"] for helper in called] == [[1, 3], [2, 3]]
    assert len({helper.parameters["seed"] for helper in called} | {job.parameters["seed"]}) == 3


def test_helpers_are_dismissed_with_the_job(db: Session) -> None:
    job = started(db)
    call_helpers(job.id, 2, job.parameters)
    begun, waiting = helpers_of(db, job)
    assert jobs.claim(db, job_id=begun.id, now=clock.now()) is not None
    db.commit()
    dismiss_helpers(job.id)
    begun, waiting = helpers_of(db, job)
    assert (begun.state, begun.stop_requested) == ("running", True)
    assert (waiting.state, waiting.error) == ("failed", "stopped")


@pytest.mark.parametrize("state", ["over", "no time left"])
def test_a_helper_that_comes_too_late_ends_at_once(db: Session, state: str) -> None:
    job = started(db)
    call_helpers(job.id, 1, job.parameters)
    if state == "over":
        job.state = "done"
    else:
        job.progress = {"elapsed": 28.0}
    db.commit()
    (helper,) = helpers_of(db, job)
    run_job(helper.id, HANDLERS)
    (helper,) = helpers_of(db, job)
    assert (helper.state, helper.error, helper.kept) == ("done", "", {})


def test_a_helper_gives_way_to_a_round_that_nobody_plans(db: Session) -> None:
    job = started(db)
    assert not is_wanted_elsewhere()
    job.queued_at = clock.now() - timedelta(seconds=10)
    call_helpers(job.id, 1, job.parameters)
    db.commit()
    assert is_wanted_elsewhere()
    (helper,) = helpers_of(db, job)
    run_job(helper.id, HANDLERS)
    (helper,) = helpers_of(db, job)
    assert (helper.state, helper.attempts) == ("queued", 0)


def test_a_bridge_carries_what_others_have_kept_once(db: Session) -> None:
    job = started(db)
    call_helpers(job.id, 2, job.parameters)
    helper, silent = helpers_of(db, job)
    job.kept, job.progress = {"schedule": {"of": "main"}, "prices": {"of": "main"}}, {"kept": 1}
    helper.kept, helper.progress = {"schedule": {"of": "helper"}}, {"kept": 1}
    strange = Job(kind=ASSIST_KIND, subject_id=job.id + 1000, queued_at=clock.now())
    strange.kept, strange.progress = {"schedule": {"of": "another"}}, {"kept": 1}
    db.add(strange)
    db.commit()
    main_id, helper_id = job.id, helper.id
    at_main, at_silent = Listener(), Listener()
    Bridge(main_id, main_id).carry(cast(PlannerProcess, at_main))
    assert at_main.told == [(f"job-{helper_id}", "schedule", {"of": "helper"})]
    bridge = Bridge(main_id, silent.id)
    for _ in range(2):
        bridge._carry_next = 0.0
        bridge.carry(cast(PlannerProcess, at_silent))
    assert sorted(at_silent.told, key=str) == sorted(
        [
            (f"job-{main_id}", "schedule", {"of": "main"}),
            (f"job-{main_id}", "prices", {"of": "main"}),
            (f"job-{helper_id}", "schedule", {"of": "helper"}),
        ],
        key=str,
    )
