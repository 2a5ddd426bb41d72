"""Home: what needs each person now, in order, and nothing that is for others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.availability.models import AvailabilitySpan
from app.confirmations.models import ProposedPlace
from app.home import queries
from app.home.queries import Task
from app.jobs.models import Job
from tests.app.confirmations.plans import make_asked
from tests.app.schedule.seasons import make_season
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import (
    make_account,
    make_actor,
    make_facilitator,
    make_organisation,
    make_person,
    make_round,
    make_topic,
    make_workshop,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


def kinds(tasks: list[Task]) -> list[tuple[str, int]]:
    return [(task.kind, task.count) for task in tasks]


def test_a_coordinator_hears_of_requests_to_decide_and_to_place(app: Flask, db: Session) -> None:
    coordinator = make_actor(db, "coordinator")
    for state in ("submitted", "submitted", "drafted", "returned", "withdrawn"):
        make_workshop(db, state=state)
    make_round(db, workshops=[make_workshop(db)])
    make_workshop(db)
    make_workshop(db)
    make_workshop(db)
    assert kinds(queries.tasks(db, actor=coordinator, now=clock.now())) == [
        ("requests_to_decide", 2),
        ("requests_without_round", 3),
        ("round_to_plan", 1),
    ]


def test_a_round_goes_from_to_plan_over_planned_to_a_draft_and_is_silent_once_published(
    app: Flask, db: Session
) -> None:
    coordinator = make_actor(db, "coordinator")
    season = make_season(db)
    steps = [kinds(queries.tasks(db, actor=coordinator, now=clock.now()))]
    job = Job(kind="plan_round", subject_id=season.round.id, queued_at=NOW)
    db.add(job)
    db.flush()
    steps.append(kinds(queries.tasks(db, actor=coordinator, now=clock.now())))
    job.state = "done"
    draft = season.draft(season.meets())
    steps.append(kinds(queries.tasks(db, actor=coordinator, now=clock.now())))
    assert queries.tasks(db, actor=coordinator, now=clock.now())[0].subject_id == draft.id
    season.publish(season.meets())
    steps.append(kinds(queries.tasks(db, actor=coordinator, now=clock.now())))
    assert steps == [[("round_to_plan", 1)], [("round_is_planned", 1)], [("draft_to_publish", 1)], []]


def test_before_a_draft_that_people_were_asked_about_is_published_their_answers_are_waited_for(
    app: Flask, db: Session
) -> None:
    asked = make_asked(db)
    coordinator = make_actor(db, "coordinator")
    places = db.scalars(select(ProposedPlace)).all()
    tasks = [each for each in queries.tasks(db, actor=coordinator, now=NOW) if "answers" in each.kind]
    assert [(each.kind, each.count, each.subject_id) for each in tasks] == [
        ("answers_outstanding", len(places), asked.asking.id)
    ]
    for place in places:
        place.answer, place.answered_at = "accepted", NOW
    assert ("draft_to_publish", 1) in kinds(queries.tasks(db, actor=coordinator, now=NOW))


def test_a_closed_or_empty_round_asks_for_nothing(app: Flask, db: Session) -> None:
    make_round(db)
    make_round(db, workshops=[make_workshop(db)], state="closed")
    assert queries.tasks(db, actor=make_actor(db, "coordinator"), now=clock.now()) == []


def test_an_officer_hears_of_the_coalitions_own_requests_alone(app: Flask, db: Session) -> None:
    mine, theirs = make_organisation(db, kind="coalition"), make_organisation(db, kind="coalition")
    officer = make_actor(db, "officer", organisation=mine)
    returned = make_workshop(db, requested_by=mine, state="returned")
    drafted = make_workshop(db, requested_by=mine, state="drafted")
    for state in ("returned", "drafted", "submitted"):
        make_workshop(db, requested_by=theirs, state=state)
    found = queries.tasks(db, actor=officer, now=clock.now())
    assert [(task.kind, task.subject_id) for task in found] == [
        ("request_returned", returned.id),
        ("request_drafted", drafted.id),
    ]


def test_who_teaches_and_has_not_said_when_is_asked_to(app: Flask, db: Session) -> None:
    teacher, learner = make_facilitator(db, make_topic(db)), make_person(db)
    actors = {person: make_actor(db, person=person) for person in (teacher, learner)}
    asked = {
        person: kinds(queries.tasks(db, actor=actor, now=clock.now())) for person, actor in actors.items()
    }
    assert asked == {teacher: [("availability_untold", 1)], learner: []}
    span = AvailabilitySpan(
        person=teacher, kind="unavailable", first_day=date(2027, 3, 1), last_day=date(2027, 3, 2)
    )
    db.add(span)
    db.flush()
    assert queries.tasks(db, actor=actors[teacher], now=clock.now()) == []


def test_one_sees_ones_own_sessions_from_today_on(app: Flask, db: Session) -> None:
    season = make_season(db)
    season.publish(season.meets("2027-03-09"), season.webinar_at("2027-04-06T14:00Z"))
    chidi = make_actor(db, person=season.chidi)

    def coming(today: date) -> list[str]:
        found = queries.coming_sessions(db, actor=chidi, today=today)
        return [session.workshop.titles["en"] for session in found]

    assert coming(date(2027, 3, 10)) == ["Meeting", "Webinar"], "the second of its two days"
    assert coming(date(2027, 3, 11)) == ["Webinar"]
    assert coming(date(2027, 4, 7)) == []


def test_the_page_links_each_task_to_where_it_is_done(app: Flask, db: Session, sign_in_as: SignIn) -> None:
    make_workshop(db, state="submitted")
    planning_round = make_round(db, title="Season 2027", workshops=[make_workshop(db)])
    page = Page(sign_in_as(make_account(db, role="coordinator")).get("/").text)
    links = page.links()
    assert links["1 request waits for your decision"] == "/workshops?state=submitted"
    assert links["“Season 2027” can be planned"] == f"/rounds/{planning_round.id}"


def test_the_page_of_a_participant_has_their_sessions_and_nothing_of_the_office(
    app: Flask, db: Session, sign_in_as: SignIn
) -> None:
    season = make_season(db)
    season.publish(season.meets((clock.today() + timedelta(days=30)).isoformat()))
    page = Page(sign_in_as(make_account(db, person=season.chidi)).get("/").text)
    assert "Meeting" in page.text
    assert "/rounds" not in page.links().values()
    other = Page(sign_in_as(make_account(db, person=season.esi)).get("/").text)
    assert "Meeting" not in other.text
    assert "You have a seat" in page.text
    assert "You lead it" in Page(sign_in_as(make_account(db, person=season.ama)).get("/").text).text


def test_home_asks_the_database_as_often_with_thirty_rounds_as_with_one(
    app: Flask, db: Session, sign_in_as: SignIn
) -> None:
    account = make_account(db, role="coordinator")
    make_round(db, workshops=[make_workshop(db)])
    client = sign_in_as(account)
    with queries_made() as with_one:
        client.get("/")
    for _ in range(29):
        make_round(db, workshops=[make_workshop(db)])
    db.commit()
    with queries_made() as with_thirty:
        client.get("/")
    assert len(with_thirty) == len(with_one)


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/")
