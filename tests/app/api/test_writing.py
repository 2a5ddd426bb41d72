"""What programs do: plan rounds and documents, bring schedules in, publish; each once, each on record."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.answers import KEPT_FOR
from app.api.jobs import forget_old_answers
from app.api.models import KeptAnswer
from app.db import unit_of_work
from app.facts import AuditEntry
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.planning.models import Draft
from app.schedule.models import Version
from app.stages import JOBS
from solver import check, read_round, read_schedule
from tests.app.api.conftest import MakeProgram
from tests.app.api.programs import Program
from tests.app.planning.rounds import SmallRound, make_small_round
from tests.app.schedule.seasons import Season
from tests.factories import make_account


@pytest.fixture
def small(db: Session, season: Season) -> SmallRound:
    return make_small_round(db)


def facts(db: Session) -> list[str]:
    return list(db.scalars(select(AuditEntry.fact).order_by(AuditEntry.id)))


def test_a_round_is_planned_followed_checked_and_published_by_a_program(
    db: Session, small: SmallRound, program: Program
) -> None:
    base = f"/rounds/{small.planning_round.id}"
    started = program("POST", f"{base}/planning", {"seconds": 60})
    assert (started.status_code, started.location) == (202, f"/api/v1{base}/planning")
    assert started.json["state"] == "queued"  # type: ignore[index]
    run_job(started.json["job_id"], JOBS)  # type: ignore[index]
    told = program("GET", f"{base}/planning").json
    assert (told["state"], told["held"], told["gap"]) == ("done", 1, 0.0)  # type: ignore[index]
    draft = f"/drafts/{told['draft_id']}"  # type: ignore[index]
    assert program("GET", f"{draft}/check").json == {"ok": True, "violations": []}
    [change] = program("GET", f"{draft}/changes").json["changes"]  # type: ignore[index]
    assert change["kind"] == "new"
    published = program("POST", f"{draft}/publish", {"note": "From a notebook"})
    assert published.status_code == 201
    version = program("GET", published.location.removeprefix("/api/v1")).json
    assert (version["number"], version["note"]) == (1, "From a notebook")  # type: ignore[index]
    assert {"PlanningStarted", "DraftSaved", "SchedulePublished"} <= set(facts(db))


def test_a_document_is_planned_and_nothing_of_ours_changes(
    db: Session, small: SmallRound, program: Program
) -> None:
    document = program("GET", f"/rounds/{small.planning_round.id}/document").json
    document["workshops"][0]["seats"]["max"] = 1  # type: ignore[index]
    started = program("POST", "/plans", {"round": document, "seconds": 60})
    assert started.status_code == 202, started.text
    path = started.location.removeprefix("/api/v1")
    assert program("GET", path).json["schedule"] is None  # type: ignore[index]
    run_job(started.json["job_id"], JOBS)  # type: ignore[index]
    done = program("GET", path).json
    assert done["state"] == "done"  # type: ignore[index]
    planned = read_round(json.dumps(document).encode())
    schedule = read_schedule(json.dumps(done["schedule"]).encode(), planned)  # type: ignore[index]
    assert check(planned, schedule) == ()
    assert len(schedule.sessions[0].seats) == 1
    assert db.scalars(select(Draft)).all() == []


def test_plans_are_their_owners_and_one_at_a_time(
    db: Session, small: SmallRound, program: Program, program_of: MakeProgram
) -> None:
    document = program("GET", f"/rounds/{small.planning_round.id}/document").json
    path = program("POST", "/plans", {"round": document}).location.removeprefix("/api/v1")
    again = program("POST", "/plans", {"round": document})
    assert (again.status_code, again.json["code"]) == (409, "plan_runs")  # type: ignore[index]
    other = program_of(make_account(db, role="coordinator"))
    assert other("GET", path).status_code == 404
    assert other("POST", f"{path}/stop", {}).status_code == 404
    stopped = program("POST", f"{path}/stop", {})
    assert (stopped.json["state"], stopped.json["error"]) == ("failed", "stopped")  # type: ignore[index]
    assert program("POST", f"{path}/stop", {}).json["code"] == "not_planning"  # type: ignore[index]


def test_a_malformed_round_is_refused_with_every_place(small: SmallRound, program: Program) -> None:
    document: Any = program("GET", f"/rounds/{small.planning_round.id}/document").json
    document["workshops"][0]["days"] = "two"
    document["people"][0]["home"] = "nowhere"
    answer = program("POST", "/plans", {"round": document}, Accept_Language="fr")
    assert (answer.status_code, answer.json["code"]) == (422, "malformed_document")  # type: ignore[index]
    assert {(each["pointer"], each["code"]) for each in answer.json["errors"]} == {  # type: ignore[index]
        ("#/round/workshops/0/days", "wrong_type"),
        ("#/round/people/0/home", "dangling_id"),
    }
    assert answer.json["detail"].startswith("Chaque défaut")  # type: ignore[index]


def planned_by_hand(db: Session, small: SmallRound, program: Program) -> Any:
    """A right schedule of the small round."""
    base = f"/rounds/{small.planning_round.id}"
    job = program("POST", f"{base}/planning", {"seconds": 60}).json["job_id"]  # type: ignore[index]
    run_job(job, JOBS)
    [draft] = program("GET", f"{base}/drafts").json["items"]  # type: ignore[index]
    return program("GET", f"/drafts/{draft['id']}/schedule").json


def test_a_schedule_comes_in_as_a_draft_when_it_is_right(
    db: Session, small: SmallRound, program: Program
) -> None:
    schedule = planned_by_hand(db, small, program)
    brought = program("POST", f"/rounds/{small.planning_round.id}/drafts", {"schedule": schedule})
    assert brought.status_code == 201, brought.text
    path = brought.location.removeprefix("/api/v1")
    assert program("GET", f"{path}/schedule").json == schedule
    assert program("GET", f"{path}/check").json["ok"]  # type: ignore[index]
    assert program("POST", f"{path}/publish", {}).status_code == 201


def test_a_wrong_schedule_is_refused_at_the_session_which_is_wrong(
    db: Session, small: SmallRound, program: Program
) -> None:
    schedule = planned_by_hand(db, small, program)
    wrong = copy.deepcopy(schedule)
    wrong["sessions"][0]["start"] = "2027-03-06"  # a Saturday
    path = f"/rounds/{small.planning_round.id}/drafts"
    answer = program("POST", path, {"schedule": wrong})
    assert answer.status_code == 422
    told = {(each["pointer"], each["code"]) for each in answer.json["errors"]}  # type: ignore[index]
    assert ("#/schedule/sessions/0", "working_days") in told
    document = program("GET", f"/rounds/{small.planning_round.id}/document").json
    checked = program("POST", "/check", {"round": document, "schedule": wrong}).json
    assert not checked["ok"]  # type: ignore[index]
    assert "working_days" in {each["rule"] for each in checked["violations"]}  # type: ignore[index]
    assert len(program("GET", path).json["items"]) == 1  # type: ignore[index]


def test_with_a_key_a_request_acts_once_and_gets_its_answer_again(
    db: Session, season: Season, program: Program
) -> None:
    draft = season.draft(season.meets())
    db.commit()
    path = f"/drafts/{draft.id}/publish"
    first = program("POST", path, {"note": "Once"}, Idempotency_Key="publish-1")
    again = program("POST", path, {"note": "Once"}, Idempotency_Key="publish-1")
    assert (again.status_code, again.json, again.location) == (201, first.json, first.location)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(db.scalars(select(Version)).all()) == 1
    other = program("POST", path, {"note": "Twice"}, Idempotency_Key="publish-1")
    assert (other.status_code, other.json["code"]) == (409, "key_used")  # type: ignore[index]
    without = program("POST", path, {"note": "Once"})
    assert (without.status_code, without.json["code"]) == (409, "nothing_changed")  # type: ignore[index]


def test_a_key_is_its_accounts_and_what_failed_keeps_none(
    db: Session, season: Season, program: Program, program_of: MakeProgram
) -> None:
    draft = season.draft(season.meets())
    db.commit()
    path = f"/drafts/{draft.id}/publish"
    season.round.state = "closed"
    db.commit()
    assert program("POST", path, {}, Idempotency_Key="k").json["code"] == "round_closed"  # type: ignore[index]
    season.round.state = "open"
    db.commit()
    assert program("POST", path, {}, Idempotency_Key="k").status_code == 201
    other = program_of(make_account(db, role="coordinator"))
    assert other("POST", path, {}, Idempotency_Key="k").json["code"] == "nothing_changed"  # type: ignore[index]


def test_kept_answers_are_forgotten(app: Flask, db: Session, season: Season, program: Program) -> None:
    draft = season.draft(season.meets())
    db.commit()
    program("POST", f"/drafts/{draft.id}/publish", {}, Idempotency_Key="k")
    kept = db.scalars(select(KeptAnswer)).one()
    forget_old_answers(kept.answered_at)
    assert db.scalars(select(KeptAnswer)).all() == [kept]
    forget_old_answers(kept.answered_at + KEPT_FOR * 1.1)
    assert db.scalars(select(KeptAnswer)).all() == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"seconds": 0}, ["#/seconds"]),
        ({"seconds": "10"}, ["#/seconds"]),
        ({"seconds": 10, "hours": 1}, ["#/hours"]),
        ([], ["#"]),
    ],
    ids=str,
)
def test_a_wrong_body_is_told_with_its_places(
    season: Season, program: Program, body: Any, pointers: list[str]
) -> None:
    answer = program("POST", f"/rounds/{season.round.id}/planning", body)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == pointers  # type: ignore[index]
    assert season.db.scalars(select(Job)).all() == []


def test_a_body_that_is_not_json_is_refused(app: Flask, season: Season, program: Program) -> None:
    client, path = app.test_client(), f"/api/v1/rounds/{season.round.id}/planning"
    bearer = {"Authorization": f"Bearer {program.secret}"}
    assert client.post(path, data={"seconds": "5"}, headers=bearer).status_code == 415
    for body in ('{"seconds"', b"\xff", "[" * 100_000):
        answer = client.post(path, data=body, headers=bearer, content_type="application/json")
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_json")  # type: ignore[index]


def test_an_address_of_a_closed_round_refuses_in_words(season: Season, program: Program) -> None:
    season.round.state = "closed"
    season.db.commit()
    answer = program("POST", f"/rounds/{season.round.id}/planning", {}, Accept_Language="en")
    assert (answer.status_code, answer.json["detail"]) == (  # type: ignore[index]
        409,
        "This round is closed. Open it again first.",
    )


@pytest.mark.usefixtures("limits")
def test_too_many_requests_with_one_token_are_refused_and_others_go_on(
    app: Flask, db: Session, program: Program, program_of: MakeProgram
) -> None:
    other = program_of(make_account(db))
    statuses = [program("GET", "/me").status_code for _ in range(301)]
    assert (set(statuses[:300]), statuses[300]) == ({200}, 429)
    refused = program("GET", "/rounds")
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert int(refused.headers["Retry-After"]) > 0
    assert other("GET", "/me").status_code == 200


def test_writing_needs_an_open_unit_of_work_and_a_failure_leaves_nothing(
    db: Session, season: Season, program: Program
) -> None:
    draft = season.draft(season.meets())
    season.meeting.state = "withdrawn"
    db.commit()
    answer = program("POST", f"/drafts/{draft.id}/publish", {})
    assert answer.json["code"] == "request_not_approved"  # type: ignore[index]
    with unit_of_work() as work:
        assert work.scalars(select(Version)).all() == []
