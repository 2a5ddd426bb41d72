"""Why, for programs: asked once, worked out by the real solver as a job, read by whoever may read."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.facts import AuditEntry
from app.jobs.models import Job
from app.planning.models import Draft, Question
from tests.app.api.conftest import MakeProgram
from tests.app.api.programs import Program
from tests.app.planning.rounds import make_small_round
from tests.app.planning.test_why import planned, run_open_job
from tests.conftest import NOW


@pytest.fixture
def left_out(db: Session, program: Program) -> Draft:
    """The draft of a round whose course needs two seats, and has not the money for them."""
    return planned(db, make_small_round(db, seats_min=2, budget=700).planning_round)


def asked(program: Program, draft: Draft, workshop: str = "course") -> Any:
    answer = program("POST", f"/drafts/{draft.id}/explanations", {"workshop": workshop})
    assert answer.status_code == 202, answer.text
    assert answer.location == f"/api/v1/explanations/{answer.json['id']}"  # type: ignore[index]
    return answer.json


def test_why_a_workshop_is_left_out_and_what_would_let_it_in(
    db: Session, left_out: Draft, program: Program
) -> None:
    told = asked(program, left_out)
    assert (told["state"], told["reasons"], told["is_current"]) == ("queued", None, True)
    run_open_job(db)
    told = program("GET", f"/explanations/{told['id']}").json
    assert (told["state"], told["error"], told["workshop"]) == ("done", "", "course")
    reasons = told["reasons"]
    assert (reasons["held"], reasons["alone"], reasons["binds"]) == (False, True, None)
    assert "budget" in {each["rule"] for each in reasons["obstacles"]}
    money = next(each for each in reasons["relaxations"] if each["kind"] == "money")
    assert money["budget"] == 700 + money["amount"]
    [session] = money["becomes"]
    assert (session["workshop"], session["venue"]) == ("course", "hall")
    assert money["session"]["seats"] == session["seats"]
    assert len(session["seats"]) == 2


def test_why_a_session_is_where_it_is(db: Session, program: Program) -> None:
    draft = planned(db, make_small_round(db).planning_round)
    number = asked(program, draft)["id"]
    run_open_job(db)
    reasons = program("GET", f"/explanations/{number}").json["reasons"]  # type: ignore[index]
    assert (reasons["held"], reasons["obstacles"], reasons["offer"]) == (True, [], None)
    assert [each["of"] for each in reasons["alternatives"]] == ["date", "venue", "member"]
    other_date, other_venue, _other_member = reasons["alternatives"]
    assert other_date["session"]["start"] != draft.schedule_document["sessions"][0]["start"]
    assert other_date["difference"] <= 0
    assert (other_venue["session"], other_venue["difference"]) == (None, None)  # the hall is its only one
    assert 0 < reasons["binds"]["free"] <= reasons["binds"]["all"]


def test_what_is_known_is_answered_at_once_and_asked_anew_after_a_change(
    db: Session, left_out: Draft, program: Program
) -> None:
    first = asked(program, left_out)
    assert asked(program, left_out)["id"] == first["id"]
    run_open_job(db)
    again = asked(program, left_out)
    assert (again["id"], again["state"]) == (first["id"], "done")
    assert again["reasons"]["obstacles"]
    assert (db.query(Job).count(), db.query(AuditEntry).filter_by(fact="WhyAsked").count()) == (1, 1)
    left_out.revision += 1
    db.commit()
    assert program("GET", f"/explanations/{first['id']}").json["is_current"] is False  # type: ignore[index]
    listed = f"/drafts/{left_out.id}/explanations"
    assert program("GET", listed).json["items"] == []  # type: ignore[index]
    new = asked(program, left_out)
    assert (new["state"], new["is_current"]) == ("queued", True)
    assert [each["id"] for each in program("GET", listed).json["items"]] == [new["id"]]  # type: ignore[index]


def test_what_failed_says_so_and_is_worked_out_anew(db: Session, left_out: Draft, program: Program) -> None:
    number = asked(program, left_out)["id"]
    job = db.query(Job).one()
    job.state, job.error = "failed", "planner_crashed"
    db.commit()
    told = program("GET", f"/explanations/{number}").json
    assert (told["state"], told["error"], told["reasons"]) == ("failed", "planner_crashed", None)  # type: ignore[index]
    again = asked(program, left_out)
    assert (again["id"], again["state"], again["error"]) == (number, "queued", "")


def test_reading_is_enough_to_read_but_not_to_ask(
    db: Session, left_out: Draft, coordinator: Account, program: Program, program_of: MakeProgram
) -> None:
    number = asked(program, left_out)["id"]
    reader = program_of(coordinator, scopes=("read",))
    assert reader("GET", f"/explanations/{number}").status_code == 200
    refused = reader("POST", f"/drafts/{left_out.id}/explanations", {"workshop": "course"})
    assert (refused.status_code, refused.mimetype) == (403, "application/problem+json")
    assert refused.json["scope"] == "plan"  # type: ignore[index]


def test_what_is_not_there_and_what_is_no_explanation(db: Session, left_out: Draft, program: Program) -> None:
    path = f"/drafts/{left_out.id}/explanations"
    assert program("POST", path, {"workshop": "nothing"}).status_code == 404
    assert program("POST", "/drafts/999/explanations", {"workshop": "course"}).status_code == 404
    wrong = program("POST", path, {"workshop": 7})
    assert wrong.status_code == 422
    assert [each["pointer"] for each in wrong.json["errors"]] == ["#/workshop"]  # type: ignore[index]
    repair = Question(round_id=left_out.round_id, kind="repair", asked_at=NOW)
    db.add(repair)
    db.commit()
    assert program("GET", f"/explanations/{repair.id}").status_code == 404
