"""Why a workshop is left out or held, worked out by the real solver as a job, and what lets it in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden, system
from app.availability.services import add_span
from app.errors import NotFound
from app.facts import AuditEntry
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.network.models import MAY_LEAD
from app.planning.asking import ask_why
from app.planning.draft_writer import document_bytes, verify, write_draft
from app.planning.letting_in import APPLIED, let_in
from app.planning.models import Draft, PlanningRound, Question
from app.planning.room.services import fix_session
from app.planning.round_builder import build_round
from app.planning.why_words import FACTS
from app.stages import JOBS
from solver import plan, read_round, read_schedule, write_schedule
from solver.standing.obstacles import TEXTS
from tests.app.planning.rounds import make_small_round
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_fund,
    make_organisation,
    make_person,
    make_place,
    make_round,
    make_topic,
    make_venue,
    make_workshop,
)
from tests.pages import Page

TESTER = system("test")
SignIn = Callable[[Any], FlaskClient]


def asleep(job_id: int) -> None:
    """Nobody is woken: the test runs the job itself."""


def planned(db: Session, planning_round: PlanningRound) -> Draft:
    """A draft that the planner made of a small round as it stands."""
    document = build_round(db, planning_round).document
    schedule = plan(read_round(document), seconds=60, steps=2)
    draft = write_draft(
        db,
        actor=TESTER,
        round_id=planning_round.id,
        job_id=None,
        verified=verify(json.loads(document), json.loads(write_schedule(schedule))),
        seconds=1.0,
        now=NOW,
    )
    db.commit()
    return draft


def run_open_job(db: Session) -> None:
    """What a worker would do now: the one job that is queued."""
    job_id = db.scalars(select(Job.id).where(Job.state == "queued")).one()
    db.commit()
    run_job(job_id, JOBS)
    db.expire_all()


def explained(db: Session, draft: Draft, workshop: str) -> Question:
    question = ask_why(db, actor=TESTER, draft=draft, workshop=workshop, now=NOW, wake=asleep)
    if not question.answer:
        run_open_job(db)
    assert question.answer["format"] == "explanation/1"
    return question


def held_in_newest(db: Session, planning_round: PlanningRound) -> set[str]:
    """The workshops that the newest draft of a round holds, read as documents."""
    draft = db.scalars(
        select(Draft).where(Draft.round_id == planning_round.id).order_by(Draft.id.desc()).limit(1)
    ).one()
    given = read_round(document_bytes(draft.round_document))
    schedule = read_schedule(document_bytes(draft.schedule_document), given)
    return {session.workshop for session in schedule.sessions}


def test_every_fact_of_the_solver_has_its_words() -> None:
    assert FACTS.keys() == TEXTS.keys()
    for key, sentence in FACTS.items():
        assert ("%(people)s" in str(sentence)) == (key[1] == "person"), key


def test_what_is_asked_twice_is_one_question_with_one_answer(db: Session) -> None:
    small = make_small_round(db, seats_min=2, budget=700)
    draft = planned(db, small.planning_round)
    question = explained(db, draft, "course")
    assert ask_why(db, actor=TESTER, draft=draft, workshop="course", now=NOW, wake=asleep) is question
    assert db.query(Job).count() == 1
    assert db.query(AuditEntry).filter_by(fact="WhyAsked").count() == 1
    with pytest.raises(NotFound):
        ask_why(db, actor=TESTER, draft=draft, workshop="nothing", now=NOW, wake=asleep)


def test_only_coordinators_ask(db: Session) -> None:
    draft = planned(db, make_small_round(db).planning_round)
    with pytest.raises(Forbidden):
        ask_why(db, actor=Actor(account_id=1), draft=draft, workshop="course", now=NOW, wake=asleep)


def test_the_page_says_what_keeps_it_out_and_more_money_lets_it_in(db: Session, sign_in_as: SignIn) -> None:
    small = make_small_round(db, seats_min=2, budget=700)
    draft = planned(db, small.planning_round)
    client = sign_in_as(make_account(db, role="coordinator"))
    address = f"/rounds/drafts/{draft.id}/why/course"
    assert client.get(f"/rounds/drafts/{draft.id}/left-out").text.count(address) == 1
    assert "Ask the planner" in Page(client.get(address).text).text
    assert client.post(address).location == address
    assert "Being worked out" in Page(client.get(address).text).text
    run_open_job(db)
    page = Page(client.get(address).text)
    assert "these facts together forbid it" in page.text
    assert "It may cost at most €700." in page.text
    # Hall 2 days, Lena 2 days, Sue's trip: 516 and four days' allowance of 65.
    found = re.search(r"Add €(\d+) to its budget", page.text)
    assert found
    more = int(found[1])
    question = db.scalars(select(Question)).one()
    number = next(n for n, each in enumerate(question.answer["relaxations"]) if each["kind"] == "money")
    response = client.post(f"/rounds/questions/{question.id}/let-in", data={"way": number})
    assert response.location == f"/rounds/{small.planning_round.id}"
    db.expire_all()
    assert small.workshop.budget == 700 + more
    run_open_job(db)
    assert held_in_newest(db, small.planning_round) == {"course"}


def test_a_session_held_says_what_binds_it_and_what_it_could_be_instead(
    db: Session, sign_in_as: SignIn
) -> None:
    small = make_small_round(db)
    draft = planned(db, small.planning_round)
    explained(db, draft, "course")
    client = sign_in_as(make_account(db, role="coordinator"))
    page = Page(client.get(f"/rounds/drafts/{draft.id}/why/course").text)
    room = f"/rounds/drafts/{draft.id}/room/course"
    assert page.links()["Where it can go"] == room, "where it is moved by hand"
    assert Page(client.get(room).text).links()["Why?"] == f"/rounds/drafts/{draft.id}/why/course"
    rows = page.rows()[:3]
    assert [row[0] for row in rows] == ["Best other date", "Best other venue", "In place of Lena"]
    assert rows[1][1] == "None: no other keeps all the rules."
    assert "Working days" in [row[0] for row in page.rows()[3:]]


def test_a_session_fixed_by_hand_is_explained_as_if_it_were_not(db: Session, sign_in_as: SignIn) -> None:
    small = make_small_round(db)
    draft = planned(db, small.planning_round)
    free = explained(db, draft, "course").answer
    fix_session(db, actor=TESTER, draft=draft, workshop="course", revision=draft.revision, now=NOW)
    db.commit()
    fixed = explained(db, draft, "course").answer
    (pin,) = fixed.pop("fixed")
    assert (pin["venue"], pin["start"]) == ("hall", draft.schedule_document["sessions"][0]["start"])
    assert fixed == {key: value for key, value in free.items() if key != "fixed"}
    client = sign_in_as(make_account(db, role="coordinator"))
    text = Page(client.get(f"/rounds/drafts/{draft.id}/why/course").text).text
    assert re.search(r"Fixed by hand: .*The hall", text)
    assert "The planner answers as if it were not." in text


def test_a_change_that_something_else_still_forbids_changes_nothing(db: Session, sign_in_as: SignIn) -> None:
    """The fund pays in March only: a wider window of the request is no wider window of the round."""
    small = make_small_round(db)
    small.workshop.window_last = date(2027, 3, 31)
    small.fund.first_day, small.fund.last_day = date(2027, 3, 1), date(2027, 3, 31)
    add_span(
        db,
        actor=TESTER,
        person=small.lena,
        kind="unavailable",
        first_day=date(2027, 2, 20),
        last_day=date(2027, 4, 5),
        now=NOW,
    )
    draft = planned(db, small.planning_round)
    question = explained(db, draft, "course")
    kinds = [each["kind"] for each in question.answer["relaxations"]]
    assert "window" in kinds
    client = sign_in_as(make_account(db, role="coordinator"))
    client.post(f"/rounds/questions/{question.id}/let-in", data={"way": kinds.index("window")})
    page = Page(client.get(f"/rounds/drafts/{draft.id}/why/course").text)
    assert "Nothing has been changed" in page.text
    db.expire_all()
    assert small.workshop.window_last == date(2027, 3, 31)
    assert db.query(Job).filter_by(kind="plan_round").count() == 0


# -- Every change that is offered lets it in


def crowded_round(db: Session, seed: int) -> PlanningRound:
    """A few workshops that compete for two leads, a hall and a fund: some are left out."""
    draw = Random(seed)
    here = make_place(db, name="Dakar")
    there = make_place(db, country="GH", latitude=5.6, longitude=-0.19, timezone="Africa/Accra")
    hall = make_venue(db, place=here, seats=4, cost_per_day=100)
    barn = make_venue(db, place=there, seats=8, cost_per_day=60)
    union = make_organisation(db, kind="secretariat", place=here, region="Coast")
    north = make_organisation(db, place=here, region="Coast")
    south = make_organisation(db, place=there, region="Coast")
    topic = make_topic(db)
    make_person(
        db, organisation=north, place=here, teaches={topic: MAY_LEAD}, fee_per_day=50, max_workshops=2
    )
    make_person(
        db, organisation=south, place=there, teaches={topic: MAY_LEAD}, fee_per_day=20, max_workshops=1
    )
    for n in range(6):
        own = (north, south)[n % 2]
        make_person(db, organisation=own, place=own.place, wants={topic: 1 + n % 3}, max_seats=1)
    fund = make_fund(db, amount=draw.choice([900, 2500, 9000]), organisation=union)
    first = date(2027, 3, 1)
    requests = [
        make_workshop(
            db,
            requested_by=union,
            topic=topic,
            days=draw.choice([2, 3, 5]),
            venues=[hall],
            invited=[north, south],
            funds=[fund],
            window_first=first + timedelta(days=draw.randrange(14)),
            window_last=first + timedelta(days=14 + draw.randrange(3, 14)),
            seats_min=draw.choice([1, 2, 3, 5]),
            seats_max=8,
            budget=draw.choice([None, 400, 1500]),
        )
        for _ in range(4)
    ]
    # The barn is a host that other requests could be given as well.
    requests.append(make_workshop(db, requested_by=union, topic=topic, venues=[barn], invited=[south]))
    return make_round(db, first_day=first, last_day=date(2027, 6, 30), workshops=requests)


@pytest.mark.parametrize("seed", range(4))
def test_every_change_that_is_offered_lets_it_in(db: Session, seed: int) -> None:
    """Made in the rows, through the services, and planned anew by the planner's own job: it is held."""
    planning_round = crowded_round(db, seed)
    draft = planned(db, planning_round)
    left_out = [each["workshop"] for each in draft.schedule_document["unscheduled"]]
    tried = 0
    for code in left_out:
        question = explained(db, draft, code)
        ways = [n for n, way in enumerate(question.answer["relaxations"]) if way["kind"] in APPLIED]
        for way in [*ways, *([None] if question.answer["offer"] else [])]:
            nested = db.begin_nested()
            let_in(
                db,
                actor=TESTER,
                question=question,
                chosen=way,
                seconds=1,
                workers=1,
                now=NOW,
                wake=asleep,
            )
            parameters = db.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one().parameters
            nested.rollback()
            db.expire_all()
            round = read_round(document_bytes(parameters["round_document"]))
            start = read_schedule(document_bytes(parameters["start"]), round)
            found = plan(round, seconds=5, steps=2, start=start)
            assert code in {session.workshop for session in found.sessions}, (code, way)
            tried += 1
    assert tried or not left_out
