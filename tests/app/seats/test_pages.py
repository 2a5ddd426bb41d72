"""The pages of seats, and that every page counts them alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.mail.rendering import render
from app.network.models import Person
from app.personal_links import link_token
from app.schedule.models import Seat
from app.seats import queries, services
from app.seats.letters import link_of
from tests.app.mail.test_rendering import words, words_of_html
from tests.app.seats.arenas import Arena, make_arena
from tests.conftest import NOW
from tests.factories import make_account, make_organisation
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]
PROJECT = Path(__file__).parents[3]


@pytest.fixture
def arena(db: Session) -> Arena:
    return make_arena(db)


@pytest.fixture
def client(client: FlaskClient) -> FlaskClient:
    """Somebody who chose English: the letters to these people are French."""
    client.post("/language", data={"language": "en"})
    return client


def given_up(arena: Arena, person: Person) -> Seat:
    """Somebody has given up their seat; returns the offer that followed."""
    services.give_up(arena.db, actor=arena.by_link(person), line=arena.line(person), now=NOW)
    [offer] = services.offer_next(arena.db, session_id=arena.session.id, now=NOW)
    offer.until = datetime(2027, 3, 7, tzinfo=UTC)
    arena.db.commit()
    return offer


def test_a_seat_is_given_up_by_link_with_one_tap_and_reading_changes_nothing(
    arena: Arena, client: FlaskClient
) -> None:
    path = link_of(arena.session, arena.season.chidi.id)
    answer = client.get(path)
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    page = Page(answer.text)
    form = page.root.one("main").one("form")
    assert form.one("button").text == "Give up my seat"
    assert arena.states()["Chidi"] == "held"
    assert client.post(path, data={"answer": "give_up"}).status_code == 303
    assert "You have given up your seat." in Page(client.get(path).text).text
    assert (arena.states()["Chidi"], arena.states()["Esi"]) == ("given_up", "offered")


def test_an_offer_is_answered_by_link_by_yes_or_no(arena: Arena, client: FlaskClient) -> None:
    offer = given_up(arena, arena.season.chidi)
    path = link_of(arena.session, offer.person_id)
    page = Page(client.get(path).text)
    assert [each.text for each in page.root.one("main").all("button")] == [
        "Yes, I take the seat",
        "No, thank you",
    ]
    client.post(path, data={"answer": "accept"})
    assert arena.states()["Esi"] == "held"
    assert "You have a seat." in Page(client.get(path).text).text


def test_an_offer_that_passed_on_says_so_and_a_link_that_is_over_too(
    arena: Arena, client: FlaskClient
) -> None:
    offer = given_up(arena, arena.season.chidi)
    offer.until = datetime(2020, 1, 1, tzinfo=UTC)
    arena.db.commit()
    path = link_of(arena.session, offer.person_id)
    assert "This offer is over." in Page(client.get(path).text).text
    answer = client.post(path, data={"answer": "accept"}, follow_redirects=True)
    assert "This offer has passed on to somebody else." in Page(answer.text).text
    assert arena.states()["Esi"] == "offered"
    subject = {"session": arena.session.id, "person": offer.person_id}
    over = client.get(f"/seats/{link_token(queries.LINK, subject, datetime(2020, 1, 1, tzinfo=UTC))}")
    assert (over.status_code, Page(over.text).heading) == (404, "This is over")
    assert client.get("/seats/forged").status_code == 404


def test_a_signed_in_participant_finds_the_offer_at_home_and_takes_it(
    arena: Arena, db: Session, sign_in_as: SignIn
) -> None:
    given_up(arena, arena.season.chidi)
    client = sign_in_as(make_account(db, person=arena.season.esi))
    home = Page(client.get("/").text)
    where = home.links()["You are offered a seat in “Meeting”: say yes or no"]
    assert client.post(where, data={"answer": "accept"}).location == where
    assert "You have a seat." in Page(client.get(where).text).text
    assert sign_in_as(make_account(db)).get(where).status_code == 404


def test_the_waiting_list_says_why_and_names_nobody_of_another_coalition(
    arena: Arena, db: Session, sign_in_as: SignIn
) -> None:
    given_up(arena, arena.season.chidi)
    path = f"/schedule/sessions/{arena.session.id}/seats"
    whole = Page(sign_in_as(make_account(db, role="coordinator")).get(path).text)
    [faye] = [row for row in whole.rows() if "Faye" in row[1]]
    assert faye[0] == "1"
    assert faye[2] == (
        "place 1 on the list of Platform of Togo; it would be useful to them; their organisation has 0 seats"
    )
    asked_for_it = arena.season.meeting.requested_by
    officer = Page(sign_in_as(make_account(db, role="officer", organisation=asked_for_it)).get(path).text)
    assert "Faye" not in officer.text
    assert "Somebody of another organisation" in officer.text
    togo = Page(sign_in_as(make_account(db, role="focal_point", organisation=arena.togo)).get(path).text)
    assert "Faye" in togo.text
    assert "Chidi" not in togo.text
    elsewhere = make_account(db, role="officer", organisation=make_organisation(db, kind="coalition"))
    assert sign_in_as(elsewhere).get(path).status_code == 404
    for page in (whole, officer, togo):
        assert "@" not in page.root.one("main").text


def test_who_looks_after_somebody_gives_their_seat_back_for_them(
    arena: Arena, db: Session, sign_in_as: SignIn
) -> None:
    path = f"/schedule/sessions/{arena.session.id}/seats/{arena.season.chidi.id}/give-up"
    stranger = sign_in_as(make_account(db, role="focal_point", organisation=arena.togo))
    assert stranger.post(path).status_code == 404
    home = arena.season.chidi.organisation
    assert sign_in_as(make_account(db, role="focal_point", organisation=home)).post(path).status_code == 303
    assert arena.states()["Chidi"] == "given_up"


def test_every_page_says_the_same_number_of_seats(arena: Arena, db: Session, sign_in_as: SignIn) -> None:
    given_up(arena, arena.season.chidi)
    client = sign_in_as(make_account(db, role="coordinator"))
    session, workshop = arena.session, arena.season.meeting
    count = queries.counts(db, session_ids=[session.id])[session.id]
    sentence = "1 seat is taken. 1 is being offered. 2 nominated people wait for one."
    assert (count.held, count.offered, count.waiting) == (1, 1, 2)
    for path in (f"/schedule/sessions/{session.id}", f"/workshops/{workshop.id}"):
        assert sentence in Page(client.get(path).text).text, path
    figures = Page(client.get(f"/schedule/sessions/{session.id}/seats").text).root.all(class_="stat")
    assert [figure.text for figure in figures][:4] == ["planned 2", "taken 1", "being offered 1", "free 0"]
    senegal = arena.season.chidi.organisation
    stats = Page(client.get(f"/network/organisations/{senegal.code}").text).root.all(class_="stat")
    assert [stat.text for stat in stats] == ["taken 1", "being offered 1", "nominated people waiting 0"]


def test_nothing_but_the_ledger_counts_seats() -> None:
    """No template measures a list of seats in force, and no other module groups or counts its lines."""
    measured = re.compile(r"session\.(seats|ledger)\s*\|\s*length|seated\s*\|\s*length\s*(?!<)")
    drafts = ("planning/", "schedule/version.html")  # the documents of drafts and versions
    for file in (PROJECT / "templates").rglob("*.html"):
        name = str(file.relative_to(PROJECT / "templates"))
        if not name.startswith(drafts):
            found = [each for each in measured.finditer(file.read_text()) if "seated" not in each[0]]
            assert not found, name
    documents = {"app/planning/jobs/mending.py", "app/api/views/writing.py"}
    counting = re.compile(r"func\.count\([^)]*Seat|len\([\w.]*\.(seats|ledger)\)|group_by\(Seat")
    for file in (PROJECT / "app").rglob("*.py"):
        if file.relative_to(PROJECT).as_posix() not in {"app/seats/queries.py", *documents}:
            assert not counting.search(file.read_text()), file


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt"])
def test_the_offer_says_the_same_in_text_and_html(app: Flask, arena: Arena, language: str) -> None:
    for session in (arena.session, None):
        line = arena.line(arena.season.chidi)
        if session is None:
            line.session.starts_at = datetime(2027, 3, 9, 14, tzinfo=UTC)
            line.session.ends_at, line.session.venue = datetime(2027, 3, 9, 15, tzinfo=UTC), None
        letter = render(
            "seat_offer", language=language, person=line.person, session=line.session,
            until=NOW, zone="Africa/Dakar", path="/seats/x",
        )  # fmt: skip
        assert words_of_html(letter.html) == words(letter.text)
    arena.db.rollback()
