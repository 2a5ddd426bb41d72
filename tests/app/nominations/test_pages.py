"""The pages of nominations, as whoever names people, whoever is named, and the secretariat see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.mail.models import OutboxLetter
from app.mail.rendering import render
from app.network.models import Person
from app.nominations import letters, queries
from app.nominations.models import NominationCall
from app.personal_links import link_token
from tests.app.mail.test_rendering import words, words_of_html
from tests.app.nominations.halls import Hall, make_hall
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def hall(db: Session) -> Hall:
    return make_hall(db)


@pytest.fixture
def call(hall: Hall, db: Session) -> NominationCall:
    made = hall.opened()
    made.closes_on = clock.today() + timedelta(days=30)
    db.commit()
    return made


def list_of(hall: Hall) -> str:
    return f"/nominations/{hall.workshop.id}/organisations/{hall.togo.id}"


def entry(hall: Hall, prefix: str, name: str, place: int = 1, need: int = 2) -> dict[str, str]:
    person = str(hall.people[name].id) if name else ""
    return {f"{prefix}-person_id": person, f"{prefix}-need": str(need), f"{prefix}-place": str(place)}


def test_a_focal_point_comes_straight_to_the_list_and_saves_it_in_order(
    hall: Hall, call: NominationCall, db: Session, sign_in_as: SignIn
) -> None:
    client = sign_in_as(hall.focal_point)
    answer = client.get(f"/nominations/{hall.workshop.id}")
    assert answer.location == list_of(hall)
    page = Page(client.get(list_of(hall)).text)
    assert page.heading == "Whom do you send?"
    form = {"once": "a" * 32, "seen": page.field("seen")}
    form |= entry(hall, "n1", "Ama", place=2) | entry(hall, "n2", "Binta", place=1, need=3)
    form |= {"n2-purpose": "The campaign of spring"} | entry(hall, "s1", "Chidi")
    for _ in range(2):  # a dropped line: sent again, done once
        answer = client.post(list_of(hall), data=form)
        assert (answer.status_code, answer.location) == (303, list_of(hall))
    saved = Page(client.get(list_of(hall)).text).rows()
    assert [row[:2] for row in saved] == [["Binta", "1"], ["Ama", "2"], ["Chidi", "Substitute 1"]]
    assert saved[0][3] == "The campaign of spring"


def test_what_was_typed_stays_and_errors_are_at_their_place(
    hall: Hall, call: NominationCall, sign_in_as: SignIn
) -> None:
    client = sign_in_as(hall.focal_point)
    form = {"seen": "", **entry(hall, "n1", "Ama"), **entry(hall, "n2", "Ama", place=2)}
    form |= {"n1-purpose": "Half a page of reasons"}
    answer = client.post(list_of(hall), data=form)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.errors() == ["Person 2: This person is named twice."]
    assert page.root.one("textarea", name="n1-purpose").text == "Half a page of reasons"
    without_need = client.post(list_of(hall), data={"seen": "", "n1-person_id": hall.people["Ama"].id})
    assert Page(without_need.text).errors() == ["Person 1: Say how much they need it."]


def test_somebody_new_becomes_part_of_the_organisation(
    hall: Hall, call: NominationCall, db: Session, sign_in_as: SignIn
) -> None:
    client = sign_in_as(hall.focal_point)
    taken = {"seen": "", "n1-new_name": "Esi", "n1-new_email": hall.people["Losa"].email, "n1-need": "2"}
    answer = client.post(list_of(hall), data=taken)
    assert Page(answer.text).errors() == [
        "Person 1: Somebody in the network has this address already: choose them, or ask the secretariat."
    ]
    assert client.post(list_of(hall), data={**taken, "n1-new_email": "esi@example.org"}).status_code == 303
    esi = db.scalars(select(Person).where(Person.name == "Esi")).one()
    assert (esi.organisation_id, esi.email) == (hall.togo.id, "esi@example.org")


def test_two_who_edit_one_list_do_not_overwrite_each_other_unseen(
    hall: Hall, call: NominationCall, sign_in_as: SignIn
) -> None:
    client = sign_in_as(hall.focal_point)
    client.post(list_of(hall), data={"seen": "", **entry(hall, "n1", "Ama")})
    late = {"seen": "", **entry(hall, "n1", "Binta")}
    answer = client.post(list_of(hall), data=late)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.field("n1-person_id") == str(hall.people["Binta"].id)
    again = client.post(list_of(hall), data={**late, "seen": page.field("seen")})
    assert again.status_code == 303


def test_another_coalition_sees_neither_names_nor_lists(
    hall: Hall, call: NominationCall, db: Session, sign_in_as: SignIn
) -> None:
    hall.names(call, "Ama")
    db.commit()
    stranger = sign_in_as(hall.other_officer)
    assert stranger.get(list_of(hall)).status_code == 404
    assert stranger.post(list_of(hall), data={}).status_code == 404
    page = Page(stranger.get(f"/nominations/{hall.workshop.id}", follow_redirects=True).text)
    assert "Ama" not in page.text
    assert "Platform of Togo" not in page.text
    asked_for_it = Page(sign_in_as(hall.officer).get(f"/nominations/{hall.workshop.id}").text)
    assert asked_for_it.rows() == [
        ["Platform of Fiji", "No answer yet", "0", "0", "Not yet"],
        ["Platform of Togo", "Named", "1", "0", "Not yet"],
    ]


def test_the_secretariat_asks_several_at_once_and_reminds(
    hall: Hall, db: Session, sign_in_as: SignIn
) -> None:
    client = sign_in_as(hall.coordinator)
    page = Page(client.get("/nominations").text)
    form = {"workshop_ids": hall.workshop.id, "closes_on": page.field("closes_on"), "note": "Please!"}
    assert client.post("/nominations/open", data=form).status_code == 303
    assert db.scalars(select(NominationCall)).one().note == "Please!"
    db.execute(OutboxLetter.__table__.delete())
    db.commit()
    client.post(f"/nominations/{hall.workshop.id}/remind")
    assert (
        db.scalars(select(OutboxLetter.subject)).all()
        == ["A reminder: whom does your organisation send?"] * 2
    )
    rows = Page(client.get(f"/nominations/{hall.workshop.id}").text).rows()
    assert [row[-1] for row in rows] == ["1 second ago"] * 2
    refused = client.post("/nominations/open", data={"closes_on": "2020-01-01", "note": ""})
    assert refused.status_code == 422


def test_somebody_puts_themselves_forward_by_their_link_and_withdraws(
    hall: Hall, call: NominationCall, db: Session, client: FlaskClient
) -> None:
    client.post("/language", data={"language": "en"})  # the letter was French
    path = letters.link_of(hall.workshop, hall.people["Ama"].id)
    first = client.get(path)
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert first.headers["Cache-Control"] == "no-store"
    assert client.post(path, data={"answer": "forward"}).status_code == 422
    assert client.post(path, data={"need": "3", "purpose": "For work"}).status_code == 303
    assert hall.of("Ama").state == "proposed"
    assert "has not answered yet" in Page(client.get(path).text).text
    client.post(path, data={"answer": "withdraw"})
    db.expire_all()
    assert hall.of("Ama").state == "withdrawn"


def test_a_link_that_is_over_says_so_kindly_and_a_forged_one_does_not_exist(
    hall: Hall, call: NominationCall, client: FlaskClient
) -> None:
    subject = {"workshop": hall.workshop.id, "person": hall.people["Ama"].id}
    over = link_token(queries.LINK, subject, datetime(2020, 1, 1, tzinfo=UTC))
    answer = client.get(f"/nominations/by-link/{over}")
    assert answer.status_code == 404
    assert Page(answer.text).heading == "This is over"
    other = link_token("else", subject, datetime(2099, 1, 1, tzinfo=UTC))
    assert Page(client.get(f"/nominations/by-link/{other}").text).heading != "This is over"


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt"])
def test_letters_say_the_same_in_text_and_html(
    hall: Hall, call: NominationCall, db: Session, language: str
) -> None:
    hall.names(call, "Ama", substitutes=("Binta",))
    call.note = "Two days in Lomé."
    sent = [
        ("names_wanted", {"name": "A", "wanted": [(call, [hall.togo, hall.fiji])], "is_reminder": late})
        for late in (True, False)
    ]
    forward = {"name": "A", "call": call, "organisation": hall.togo, "path": "/nominations/by-link/x"}
    sent.append(("put_yourself_forward", forward))
    for name in ("Ama", "Binta"):
        nomination = hall.of(name)
        sent.append(("nomination", {"nomination": nomination, "path": "/nominations/by-link/x"}))
    for template, context in sent:
        letter = render(template, language=language, **context)
        assert words_of_html(letter.html) == words(letter.text), template
    for state in ("declined", "withdrawn", "proposed"):
        nomination = hall.of("Ama")
        nomination.state, nomination.rank, nomination.word = state, None, "A pity."
        for template in ("nomination", "nomination_news"):
            letter = render(template, language=language, nomination=nomination, path="/x", name="A")
            assert words_of_html(letter.html) == words(letter.text), (template, state)
    db.rollback()
