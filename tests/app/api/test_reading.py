"""What programs read: lists in pages, documents, drafts and why, versions, sessions, problems in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Account
from solver import check, read_round, read_schedule
from tests.app.api.conftest import MakeProgram
from tests.app.api.programs import Program
from tests.app.schedule.seasons import Season
from tests.factories import make_account, make_round


def all_pages(program: Program, path: str, limit: int) -> list[Any]:
    items, cursor = [], ""
    for _ in range(20):
        answer = program("GET", f"{path}{'&' if '?' in path else '?'}limit={limit}&cursor={cursor}")
        assert answer.status_code == 200, answer.text
        page = answer.json
        assert len(page["items"]) <= limit
        assert ('rel="next"' in answer.headers.get("Link", "")) == (page["next"] is not None)
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = page["next"]
    raise AssertionError("the list never ends")


def test_lists_come_whole_in_pages_of_any_size(db: Session, season: Season, program: Program) -> None:
    made = [make_round(db).id for _ in range(4)] + [season.round.id]
    season.publish(season.meets(), season.webinar_at())
    season.publish(season.meets("2027-03-16"), season.webinar_at())
    for limit in (1, 2, 5, 200):
        assert [each["id"] for each in all_pages(program, "/rounds", limit)] == sorted(made, reverse=True)
        assert [each["number"] for each in all_pages(program, "/versions", limit)] == [2, 1]
        drafts = all_pages(program, f"/rounds/{season.round.id}/drafts", limit)
        assert len(drafts) == 2
        assert len(all_pages(program, "/sessions", limit)) == 2


def test_what_comes_meanwhile_shifts_no_page(db: Session, season: Season, program: Program) -> None:
    for _ in range(3):
        make_round(db)
    db.commit()
    first = program("GET", "/rounds?limit=2").json
    make_round(db)
    db.commit()
    second = program("GET", f"/rounds?limit=2&cursor={first['next']}").json  # type: ignore[index]
    ids = [each["id"] for each in (*first["items"], *second["items"])]  # type: ignore[index]
    assert ids == sorted(set(ids), reverse=True)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "cursor=!!", "cursor=aWQ6LTE="])
def test_a_wrong_page_is_told_with_its_parameter(program: Program, query: str) -> None:
    answer = program("GET", f"/rounds?{query}")
    assert answer.status_code == 422
    assert [each["parameter"] for each in answer.json["errors"]] == [query.partition("=")[0]]  # type: ignore[index]


def test_the_rounds_document_is_one_that_the_solver_reads(season: Season, program: Program) -> None:
    answer = program("GET", f"/rounds/{season.round.id}/document")
    assert answer.json["format"] == "planning-round/1"  # type: ignore[index]
    assert set(read_round(answer.data).workshops) == {season.meeting.code, season.webinar.code}


def test_what_is_unchanged_is_not_sent_again(season: Season, program: Program) -> None:
    path = f"/rounds/{season.round.id}/document"
    etag = program("GET", path).headers["ETag"]
    again = program("GET", path, If_None_Match=etag)
    assert (again.status_code, again.data) == (304, b"")


def test_a_draft_tells_its_documents_whether_it_is_right_and_what_it_leaves_out(
    season: Season, program: Program
) -> None:
    draft = season.draft(season.meets())
    season.db.commit()
    base = f"/drafts/{draft.id}"
    round_, schedule = program("GET", f"{base}/round"), program("GET", f"{base}/schedule")
    planned = read_round(round_.data)
    broken = check(planned, read_schedule(schedule.data, planned))
    told = program("GET", f"{base}/check").json
    assert told["ok"] == (not broken)  # type: ignore[index]
    assert [each["rule"] for each in told["violations"]] == [each.rule for each in broken]  # type: ignore[index]
    left_out = program("GET", f"{base}/left-out").json["workshops"]  # type: ignore[index]
    assert [each["workshop"] for each in left_out] == [season.webinar.code]


def test_a_draft_tells_where_a_session_could_be(season: Season, program: Program) -> None:
    draft = season.draft(season.meets())
    season.db.commit()
    moves = program("GET", f"/drafts/{draft.id}/moves?workshop={season.meeting.code}").json["moves"]  # type: ignore[index]
    assert {move["venue"] for move in moves} == {season.dakar.code, season.lome.code}
    assert {"free"} <= {move["state"] for move in moves}
    assert all(move["clashes"] for move in moves if move["state"] == "impossible")
    assert program("GET", f"/drafts/{draft.id}/moves?workshop=nothing").status_code == 404


def test_changes_name_people_to_coordinators_alone(
    db: Session, season: Season, program: Program, program_of: MakeProgram
) -> None:
    season.publish(season.meets())
    version = season.publish(season.meets("2027-03-16"))
    path = f"/versions/{version.id}/changes"
    [change] = program("GET", path).json["changes"]  # type: ignore[index]
    assert (change["kind"], change["after"]["first_day"]) == ("moved", "2027-03-16")
    assert change["after"]["team"] == [season.ama.code]
    [seen] = program_of(make_account(db))("GET", path).json["changes"]  # type: ignore[index]
    assert (seen["after"]["team"], seen["after"]["seats"]) == (None, 2)


def test_documents_of_versions_are_for_coordinators(
    db: Session, season: Season, program: Program, program_of: MakeProgram
) -> None:
    version = season.publish(season.meets())
    outsider = program_of(make_account(db))
    for part in ("round", "schedule"):
        assert program("GET", f"/versions/{version.id}/{part}").status_code == 200
        assert outsider("GET", f"/versions/{version.id}/{part}").status_code == 403


def test_sessions_are_found_by_region_topic_days_and_by_who_takes_part(
    db: Session, season: Season, program_of: MakeProgram
) -> None:
    season.publish(season.meets("2027-03-09"), season.webinar_at("2027-04-06T14:00Z"))
    program = program_of(make_account(db, person=season.dede))

    def found(query: str) -> list[str]:
        return [each["workshop"] for each in program("GET", f"/sessions?{query}").json["items"]]  # type: ignore[index]

    meeting, webinar = season.meeting.code, season.webinar.code
    assert set(found("")) == {meeting, webinar}
    assert found("mine=true") == [meeting]
    assert found("last=2027-03-31") == [meeting]
    assert found("first=2027-03-11") == [webinar]
    assert set(found(f"topic={season.meeting.topic.code}&first={date(2027, 3, 10)}")) == {meeting, webinar}
    assert found("region=Nowhere") == []
    assert found(f"region={season.meeting.requested_by.region.replace(' ', '+')}") == found("")


def test_a_session_tells_its_team_and_how_many_sit_there_but_not_who(
    season: Season, program: Program
) -> None:
    season.publish(season.meets())
    answer = program("GET", f"/sessions/{season.session_of(season.meeting).id}")
    assert answer.json["team"] == [{"name": "Ama", "role": "lead"}]  # type: ignore[index]
    assert answer.json["seats"] == 2  # type: ignore[index]
    assert season.chidi.name not in answer.text
    assert "@" not in answer.text


def test_a_page_of_sessions_takes_as_many_queries_for_many_as_for_one(
    season: Season, program: Program, counted_statements: list[str]
) -> None:
    season.publish(season.meets(), season.webinar_at())
    program("GET", "/sessions?limit=1")
    counted_statements.clear()
    program("GET", "/sessions?limit=1")
    one = len(counted_statements)
    counted_statements.clear()
    program("GET", "/sessions?limit=2")
    assert len(counted_statements) == one


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "There is no such thing, or it is not for you."),
        ("fr, en;q=0.5", "Ceci n’existe pas, ou ne vous est pas destiné."),
        ("es", "Esto no existe, o no es para usted."),
        ("pt", "Isto não existe, ou não lhe diz respeito."),
    ],
)
def test_problems_are_told_in_the_language_that_is_asked_for(
    program: Program, language: str, title: str
) -> None:
    answer = program("GET", "/rounds/999", Accept_Language=language)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["title"] == title  # type: ignore[index]


def test_what_has_no_address_is_a_problem_too(app: Flask, program: Program) -> None:
    assert program("GET", "/nothing").mimetype == "application/problem+json"
    refused = program("PUT", "/rounds")
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    assert "GET" in refused.headers["Allow"]
    assert app.test_client().get("/nothing").mimetype == "text/html"


def test_language_of_the_account_where_none_is_asked_for(db: Session, program_of: MakeProgram) -> None:
    account: Account = make_account(db, language="pt")
    assert program_of(account)("GET", "/sessions/999").json["title"].startswith("Isto")  # type: ignore[index]
