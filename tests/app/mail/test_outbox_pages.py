"""The outbox in the browser: who sees that there is a letter, who may read it, and what it may do there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import config
from app.accounts.models import Account
from app.mail import services
from app.mail.models import OutboxLetter
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import make_account
from tests.pages import Page

SignInAs = Callable[[Account], FlaskClient]


@pytest.fixture
def letter(db: Session) -> OutboxLetter:
    made = make_letter(db)
    db.commit()
    return made


def make_letter(db: Session, key: str = "invitation-1", **values: Any) -> OutboxLetter:
    defaults: dict[str, Any] = {
        "kind": "invitation",
        "to_name": "Awa Diop",
        "to_address": "awa@example.net",
        "language": "fr",
        "subject": "Plaidoyer",
        "text": "Bonjour : https://example.org/oui\n<b>",
        "html": '<p style="color:red">Bonjour</p><script>alert(1)</script>',
        "calendar": b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
        "method": "REQUEST",
        "now": NOW,
    }
    return services.queue_letter(db, key=key, **{**defaults, **values})


@pytest.fixture(params=["production", "with a mail server"])
def closed(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """The letters go out, or this is production: nobody reads them here."""
    settings: config.Settings = app.extensions["baraza.settings"]
    change = (
        {"environment": "production"} if request.param == "production" else {"mail_server": "mail.example"}
    )
    app.extensions["baraza.settings"] = settings.model_copy(update=change)
    yield
    app.extensions["baraza.settings"] = settings


def test_without_a_mail_server_anybody_reads_the_letters(client: FlaskClient, letter: OutboxLetter) -> None:
    page = Page(client.get("/outbox").text)
    assert page.heading == "Outbox"
    assert "Answers by mail" not in page.links(), "those are for coordinators"
    [row] = page.rows()
    assert [text for text in row if "Plaidoyer" in text or "Waiting" in text] == [
        "Plaidoyer Invitation",
        "Waiting",
    ]
    shown = Page(client.get(f"/outbox/{letter.id}").text)
    text = shown.root.one("section", aria_labelledby="text")
    assert [part.text for part in text.all("p")] == ["Bonjour : https://example.org/oui <b>"]
    assert shown.links()["https://example.org/oui"] == "https://example.org/oui"
    frame = shown.root.one("iframe").attributes
    assert frame["src"] == f"/outbox/{letter.id}/html"
    assert "allow-scripts" not in frame["sandbox"]
    assert "allow-same-origin" not in frame["sandbox"]


def test_the_html_of_a_letter_is_shown_as_sent_and_can_run_nothing(
    client: FlaskClient, letter: OutboxLetter
) -> None:
    response = client.get(f"/outbox/{letter.id}/html")
    assert response.text == letter.html
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == "'self'"
    assert "script-src" not in policy
    assert "allow-scripts" not in policy["sandbox"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_only_the_page_of_a_letter_may_hold_a_frame(client: FlaskClient, letter: OutboxLetter) -> None:
    assert (
        client.get(f"/outbox/{letter.id}").headers["Content-Security-Policy"].endswith("; frame-src 'self'")
    )
    assert "frame-src" not in client.get("/outbox").headers["Content-Security-Policy"]


def test_the_calendar_file_is_given_octet_by_octet(
    client: FlaskClient, db: Session, letter: OutboxLetter
) -> None:
    response = client.get(f"/outbox/{letter.id}/invite.ics")
    assert response.data == letter.calendar
    assert response.content_type == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="invite.ics"'
    plain = make_letter(db, key="plain", calendar=None, method=None)
    db.commit()
    assert client.get(f"/outbox/{plain.id}/invite.ics").status_code == 404


def test_a_letter_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert [client.get(f"/outbox/99{part}").status_code for part in ("", "/html", "/invite.ics")] == [404] * 3


@pytest.mark.usefixtures("closed")
def test_where_letters_go_out_a_coordinator_sees_what_became_of_them_and_not_their_words(
    db: Session, letter: OutboxLetter, sign_in_as: SignInAs
) -> None:
    letter.kind = "sign_in"
    browser = sign_in_as(make_account(db, role="coordinator"))
    outbox = Page(browser.get("/outbox").text)
    assert len(outbox.rows()) == 1
    assert outbox.links()["Answers by mail"] == "/calendars/answers"
    page = browser.get(f"/outbox/{letter.id}")
    assert page.status_code == 200
    assert "awa@example.net" in Page(page.text).text
    assert "Bonjour" not in page.text
    assert browser.get(f"/outbox/{letter.id}/html").status_code == 403
    assert browser.get(f"/outbox/{letter.id}/invite.ics").status_code == 403


@pytest.mark.usefixtures("closed")
def test_what_an_invitation_says_a_coordinator_reads_without_what_lets_its_reader_in(
    db: Session, letter: OutboxLetter, sign_in_as: SignInAs
) -> None:
    secret = "x" * 30 + "." + "y-_" * 20
    letter.text = f"Bonjour\n\nhttps://example.org/seats/by-link/{secret}\n"
    letter.html = f'<p>Bonjour <a href="https://example.org/seats/by-link/{secret}">oui</a></p>'
    browser = sign_in_as(make_account(db, role="coordinator"))
    for path in (f"/outbox/{letter.id}", f"/outbox/{letter.id}/html"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "Bonjour" in page.text
        assert secret not in page.text
        assert secret[:20] not in page.text


@pytest.mark.usefixtures("closed")
def test_where_letters_go_out_nobody_else_sees_the_outbox(
    db: Session, client: FlaskClient, letter: OutboxLetter, sign_in_as: SignInAs
) -> None:
    paths = [
        "/outbox",
        f"/outbox/{letter.id}",
        f"/outbox/{letter.id}/html",
        f"/outbox/{letter.id}/invite.ics",
    ]
    assert {client.get(path).status_code for path in paths} == {302}
    for role in (None, "officer", "focal_point"):
        browser = sign_in_as(make_account(db, role=role))
        assert {browser.get(path).status_code for path in paths} == {403}


def test_a_failed_letter_is_tried_again_by_a_coordinator_alone(
    client: FlaskClient, db: Session, letter: OutboxLetter, sign_in_as: SignInAs
) -> None:
    letter.state, letter.error = "failed", "550 no"
    db.commit()
    path = f"/outbox/{letter.id}/retry"
    assert client.post(path).status_code == 403
    assert sign_in_as(make_account(db, role="officer")).post(path).status_code == 403
    browser = sign_in_as(make_account(db, role="coordinator"))
    buttons = Page(browser.get(f"/outbox/{letter.id}").text).root.one("main").all("button")
    assert [button.text for button in buttons] == ["Try again"]
    assert browser.post(path).location == f"/outbox/{letter.id}"
    db.refresh(letter)
    assert letter.state == "queued"
    assert browser.post(path).status_code == 409


def test_the_list_can_be_narrowed_to_a_state(client: FlaskClient, db: Session, letter: OutboxLetter) -> None:
    make_letter(db, key="other", subject="Refused").state = "failed"
    db.commit()
    subjects = [row[1] for row in Page(client.get("/outbox?state=failed").text).rows()]
    assert subjects == ["Refused Invitation"]
    assert len(Page(client.get("/outbox?state=made-up").text).rows()) == 2


def test_thirty_letters_cost_as_many_queries_as_one(
    client: FlaskClient, db: Session, letter: OutboxLetter
) -> None:
    client.get("/outbox")
    with queries_made() as with_one:
        client.get("/outbox")
    for n in range(29):
        make_letter(db, key=str(n))
    db.commit()
    with queries_made() as with_thirty:
        assert len(Page(client.get("/outbox").text).rows()) == 30
    assert len(with_thirty) == len(with_one)
