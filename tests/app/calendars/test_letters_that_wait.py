"""Letters before they go: many changes become one, somebody holds them, lets them go, reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import clock
from app.access import Forbidden, system
from app.accounts.models import Account
from app.calendars.jobs import queue_waiting, send_invitations
from app.calendars.letters import services
from app.calendars.models import RoundLetters
from app.calendars.services import tell_how_to_join
from app.db import unit_of_work
from app.jobs.models import Job
from app.jobs.worker import Work
from app.mail.models import BouncingAddress, OutboxLetter
from app.schedule.models import Version, WorkshopSession
from tests.app.schedule.seasons import Season, make_season
from tests.counting import queries_made
from tests.factories import make_account, make_actor, make_person
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


@pytest.fixture
def start() -> datetime:
    return clock.now()


def written(db: Session, version: Version, now: datetime) -> list[tuple[str, str]]:
    """Have a worker write what has waited long enough; (method, name) of the letters then added."""
    before = set(db.scalars(select(OutboxLetter.id)))
    job = Job(kind="test", subject_id=version.id, state="running", attempts=1, queued_at=now)
    db.add(job)
    db.commit()
    send_invitations(Work(job.id, version.id, 1, {}, {}), now=lambda: now)
    new = select(OutboxLetter).where(OutboxLetter.id.not_in(before)).order_by(OutboxLetter.id)
    return [(str(letter.method), letter.to_name) for letter in db.scalars(new)]


def look_at(db: Session) -> datetime | None:
    return db.scalars(select(RoundLetters.look_at).execution_options(populate_existing=True)).one()


def test_many_changes_within_an_hour_are_one_letter(season: Season, db: Session, start: datetime) -> None:
    for minute, day in ((0, "2027-03-09"), (20, "2027-03-16"), (40, "2027-03-23")):
        version = season.publish(season.meets(day), now=start + minute * MINUTE)
        assert written(db, version, start + minute * MINUTE) == []
    assert written(db, version, start + 99 * MINUTE) == []
    assert look_at(db) == start + 100 * MINUTE
    names = ["Ama", "Chidi", "Dede"]
    assert written(db, version, start + 100 * MINUTE) == [("REQUEST", name) for name in names]
    assert look_at(db) is None
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Ama")).one()
    assert b"DTSTART;VALUE=DATE:20270323" in (letter.calendar or b"")
    assert b"SEQUENCE:2" in (letter.calendar or b"")


def test_what_is_changed_and_changed_back_is_not_told(season: Season, db: Session, start: datetime) -> None:
    first = season.publish(season.meets(), now=start)
    assert len(written(db, first, start + 60 * MINUTE)) == 3
    season.publish(season.meets(seats=[season.chidi]), now=start + 70 * MINUTE)
    back = season.publish(season.meets(), now=start + 80 * MINUTE)
    assert written(db, back, start + 300 * MINUTE) == []


def test_what_is_about_a_session_within_a_week_goes_at_once(season: Season, db: Session) -> None:
    now = datetime.fromisoformat("2027-03-03T10:00:00+00:00")
    version = season.publish(season.meets("2027-03-09"), season.webinar_at(), now=now)
    assert [name for _, name in written(db, version, now)] == ["Ama", "Chidi", "Dede"]
    off = season.publish(season.webinar_at(), now=now + MINUTE)
    for letter in db.scalars(select(OutboxLetter)):
        letter.state, letter.attempts = "sent", 1
    assert written(db, off, now + MINUTE) == [("CANCEL", "Ama"), ("CANCEL", "Chidi"), ("CANCEL", "Dede")]


def test_held_letters_wait_until_they_are_let_go(season: Season, db: Session, start: datetime) -> None:
    version = season.publish(season.meets(), now=start)
    actor = make_actor(db, "coordinator")
    with unit_of_work() as unit:
        services.hold_letters(unit, actor=actor, version=version, now=start)
    assert written(db, version, start + timedelta(days=2)) == []
    with unit_of_work() as unit:
        services.let_letters_go(
            unit, actor=actor, version=version, now=start + timedelta(days=2), wake=lambda job: None
        )
    assert len(written(db, version, start + timedelta(days=2))) == 3


def test_what_changes_after_they_were_let_go_waits_again(
    season: Season, db: Session, start: datetime
) -> None:
    version = season.publish(season.meets(), now=start)
    with unit_of_work() as unit:
        services.let_letters_go(
            unit, actor=system("test"), version=version, now=start + MINUTE, wake=lambda job: None
        )
    assert len(written(db, version, start + MINUTE)) == 3
    moved = season.publish(season.meets("2027-03-16"), now=start + 2 * MINUTE)
    assert written(db, moved, start + 3 * MINUTE) == []
    assert len(written(db, moved, start + 62 * MINUTE)) == 3


def test_letting_go_is_about_all_sessions_though_the_letters_of_one_are_being_written(
    season: Season, db: Session, start: datetime
) -> None:
    version = season.publish(season.meets(), season.webinar_at(), now=start)
    with unit_of_work() as unit:
        webinar = unit.scalars(
            select(WorkshopSession).where(WorkshopSession.workshop_id == season.webinar.id)
        ).one()
        tell_how_to_join(
            unit, actor=system("test"), session=webinar, address="https://meet.example.org/a", now=start
        )
    assert [job.parameters for job in db.scalars(select(Job).where(Job.parameters != {}))] == [
        {"session_id": webinar.id}
    ]
    with unit_of_work() as unit:
        job = services.let_letters_go(
            unit, actor=system("test"), version=version, now=start + MINUTE, wake=lambda job_id: None
        )
        assert job.parameters == {}


def test_only_coordinators_hold_letters_and_let_them_go(season: Season, db: Session, start: datetime) -> None:
    version = season.publish(season.meets(), now=start)
    officer = make_actor(db, "officer")
    go = partial(services.let_letters_go, wake=lambda job: None)
    for act in (services.hold_letters, go):
        with pytest.raises(Forbidden):
            act(db, actor=officer, version=version, now=start)


def test_the_chore_comes_back_to_what_waited(season: Season, db: Session, start: datetime) -> None:
    version = season.publish(season.meets(), now=start)
    written(db, version, start)
    for job in db.scalars(select(Job)):
        job.state = "done"
    db.commit()
    assert queue_waiting(start + 59 * MINUTE) == 0
    assert queue_waiting(start + 60 * MINUTE) == 1
    assert queue_waiting(start + 61 * MINUTE) == 1  # until somebody has done it; the job is the same
    waiting = db.scalars(select(Job).where(Job.kind == "send_invitations", Job.state == "queued")).all()
    assert [job.subject_id for job in waiting] == [version.id]


def test_who_cannot_be_reached_is_written_to_on_the_day_that_they_can(
    season: Season, db: Session, start: datetime
) -> None:
    version = season.publish(season.meets(), now=start)
    db.add(BouncingAddress(address=str(season.dede.email).lower(), since=start, reason="5.1.1"))
    season.chidi.email = None
    db.commit()
    assert written(db, version, start + 60 * MINUTE) == [("REQUEST", "Ama")]
    season.dede.email = "dede@elsewhere.example"
    season.chidi.email = "chidi@elsewhere.example"
    db.commit()
    assert written(db, version, start + 61 * MINUTE) == [("REQUEST", "Chidi"), ("REQUEST", "Dede")]


def test_who_has_another_address_is_told_there_what_they_were_told_before(
    season: Season, db: Session, start: datetime
) -> None:
    version = season.publish(season.meets(), now=start)
    assert len(written(db, version, start + 60 * MINUTE)) == 3
    season.dede.email = "dede@elsewhere.example"
    db.commit()
    assert written(db, version, start + 61 * MINUTE) == [("REQUEST", "Dede")]
    assert written(db, version, start + 62 * MINUTE) == []


# -- The pages


@pytest.fixture
def waiting_hours(app: Flask) -> Iterator[None]:
    settings: config.Settings = app.extensions["baraza.settings"]
    app.extensions["baraza.settings"] = settings.model_copy(update={"letters_wait_minutes": 60})
    yield
    app.extensions["baraza.settings"] = settings


@pytest.mark.usefixtures("waiting_hours")
def test_where_nothing_waits_there_is_nothing_to_hold(
    season: Season, db: Session, sign_in_as: SignIn, start: datetime
) -> None:
    version = season.publish(season.meets(), now=start)
    browser = sign_in_as(make_account(db, role="coordinator"))
    address = f"/schedule/versions/{version.id}/letters"
    assert "Hold them" in browser.get(address).text
    assert len(written(db, version, start + 61 * MINUTE)) == 3
    page = browser.get(address).text
    assert "0 letters wait" in page
    assert "Hold them" not in page


@pytest.mark.usefixtures("waiting_hours")
def test_a_coordinator_sees_what_waits_reads_it_holds_it_and_lets_it_go(
    season: Season, db: Session, sign_in_as: SignIn, start: datetime
) -> None:
    version = season.publish(season.meets(), now=start)
    season.dede.email = None
    session = season.session_of(season.meeting)
    browser = sign_in_as(make_account(db, role="coordinator"))
    page = Page(browser.get(f"/schedule/versions/{version.id}/letters").text)
    assert page.heading == "Letters of version 1"
    assert "2 letters wait to be written." in page.text
    assert "No address" in page.text
    of_session = f"/schedule/sessions/{session.id}/letters"
    assert of_session in page.links().values()
    preview = f"{of_session}/{season.chidi.id}"
    assert preview in Page(browser.get(of_session).text).links().values()
    season.chidi.languages = ["en"]
    db.commit()
    letter = Page(browser.get(preview).text)
    assert letter.heading == "Invitation: Meeting"
    assert "Hello Chidi" in letter.text
    assert "/seats/" not in browser.get(preview).text
    assert "Hello Chidi" in browser.get(f"{preview}/html").text
    assert "by-link" not in browser.get(f"{preview}/html").text
    assert db.scalars(select(OutboxLetter)).all() == []

    held = browser.post(f"/schedule/versions/{version.id}/letters/hold", follow_redirects=True)
    assert "The letters are held" in held.text
    assert "The letters of “Season” are held" in Page(browser.get("/").text).links()
    gone = browser.post(f"/schedule/versions/{version.id}/letters/go", follow_redirects=True)
    assert "are held since" not in gone.text
    assert written(db, version, clock.now()) == [("REQUEST", "Ama"), ("REQUEST", "Chidi")]
    assert "Nothing waits" in browser.get(f"/schedule/versions/{version.id}/letters").text


def test_a_letter_is_sent_once_more_on_demand_at_the_same_sequence(
    season: Season, db: Session, sign_in_as: SignIn, start: datetime
) -> None:
    version = season.publish(season.meets(), now=start)
    written(db, version, start + 60 * MINUTE)
    session = season.session_of(season.meeting)
    browser = sign_in_as(make_account(db, role="coordinator"))
    path = f"/schedule/sessions/{session.id}/letters/{season.chidi.id}/again"
    assert browser.post(path).status_code == 303
    letters = db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Chidi")).all()
    assert [letter.state for letter in letters] == ["replaced", "queued"]
    assert {b"SEQUENCE:0\r\n" in (letter.calendar or b"") for letter in letters} == {True}
    assert browser.post(f"/schedule/sessions/{session.id}/letters/{season.esi.id}/again").status_code == 404


def test_nobody_else_reads_what_waits(season: Season, db: Session, sign_in_as: SignIn) -> None:
    version = season.publish(season.meets())
    session = season.session_of(season.meeting)
    browser = sign_in_as(make_account(db, role="officer"))
    for path in (
        f"/schedule/versions/{version.id}/letters",
        f"/schedule/sessions/{session.id}/letters",
        f"/schedule/sessions/{session.id}/letters/{season.chidi.id}",
        f"/schedule/sessions/{session.id}/letters/{season.chidi.id}/html",
    ):
        assert browser.get(path).status_code == 403


@pytest.mark.usefixtures("waiting_hours")
def test_thirty_letters_cost_as_many_queries_as_three(
    season: Season, db: Session, sign_in_as: SignIn, start: datetime
) -> None:
    crowd = [
        make_person(db, organisation=season.chidi.organisation, wants={season.meeting.topic: 2})
        for _ in range(9)
    ]
    version = season.publish(season.meets(), now=start)
    session = season.session_of(season.meeting)
    browser = sign_in_as(make_account(db, role="coordinator"))
    paths = (f"/schedule/versions/{version.id}/letters", f"/schedule/sessions/{session.id}/letters")
    few = []
    for path in paths:
        browser.get(path)
        with queries_made() as made:
            browser.get(path)
        few.append(len(made))
    season.publish(season.meets(seats=crowd), season.webinar_at(seats=crowd), now=start + MINUTE)
    for path, number in zip(paths, few, strict=True):
        with queries_made() as made:
            browser.get(path)
        assert len(made) == number
