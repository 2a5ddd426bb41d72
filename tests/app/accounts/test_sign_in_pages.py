"""Signing in through the pages, as people, scanners of mail and attackers do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from tests.app.accounts.conftest import Letter, wrong
from tests.factories import make_account, make_person
from tests.pages import Page

Letters = Callable[[str], list[Letter]]


@pytest.fixture
def ama(db: Session) -> Account:
    account = make_account(db, email="ama@example.org", name="Ama", language="en")
    db.commit()
    return account


def ask(client: FlaskClient, email: str, **fields: str):
    return client.post("/sign-in", data={"email": email, **fields})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_code_of_the_letter_signs_in(client: FlaskClient, ama: Account, letters: Letters) -> None:
    assert ask(client, "Ama@example.org").location == "/sign-in/code"
    page = Page(client.get("/sign-in/code").text)
    assert page.heading == "Enter the code"
    code_field = page.root.one("input", name="code")
    assert (code_field.attributes["autocomplete"], code_field.attributes["inputmode"]) == (
        "one-time-code",
        "numeric",
    )
    assert not is_signed_in(client)
    [letter] = letters("ama@example.org")
    response = client.post("/sign-in/code", data={"code": letter.code})
    assert (response.status_code, response.location) == (303, "/")
    assert is_signed_in(client)


def test_the_link_signs_in_on_another_device_and_only_by_the_button(
    app: Flask, client: FlaskClient, ama: Account, letters: Letters
) -> None:
    ask(client, "ama@example.org")
    [letter] = letters("ama@example.org")
    scanner, phone = app.test_client(), app.test_client()
    for _ in range(3):
        assert scanner.get(letter.link).status_code == 200
        assert scanner.head(letter.link).status_code == 200
    assert not is_signed_in(scanner)
    page = Page(phone.get(letter.link).text)
    form = page.root.one("main").one("form")
    assert [button.text for button in form.all("button")] == ["Sign in"]
    assert phone.post(form.attributes["action"]).status_code == 303
    assert is_signed_in(phone)


def test_a_link_used_twice_says_so_and_offers_a_new_one(
    app: Flask, client: FlaskClient, ama: Account, letters: Letters
) -> None:
    ask(client, "ama@example.org")
    [letter] = letters("ama@example.org")
    client.post(letter.link)
    late = app.test_client()
    for response in (late.get(letter.link), late.post(letter.link)):
        page = Page(response.text)
        assert (response.status_code, page.heading) == (410, "This link has been used already")
        assert page.links()["Ask for a new link"] == "/sign-in"
    assert not is_signed_in(late)


def test_a_made_up_link_is_told_so(client: FlaskClient) -> None:
    response = client.get("/sign-in/link/made-up")
    assert (response.status_code, Page(response.text).heading) == (410, "This link cannot be used")


def test_a_wrong_code_is_said_at_its_field_and_can_be_put_right(
    client: FlaskClient, ama: Account, letters: Letters
) -> None:
    ask(client, "ama@example.org")
    [letter] = letters("ama@example.org")
    response = client.post("/sign-in/code", data={"code": wrong(letter.code)})
    page = Page(response.text)
    assert response.status_code == 422
    assert page.errors() == ["This is not the code that we sent. Look at the newest letter."]
    assert page.root.one("title").text.startswith("Error:")
    assert client.post("/sign-in/code", data={"code": letter.code}).status_code == 303


def test_after_five_wrong_codes_the_right_one_is_refused_too(
    client: FlaskClient, ama: Account, letters: Letters
) -> None:
    ask(client, "ama@example.org")
    [letter] = letters("ama@example.org")
    for _ in range(5):
        client.post("/sign-in/code", data={"code": wrong(letter.code)})
    response = client.post("/sign-in/code", data={"code": letter.code})
    assert response.status_code == 422
    assert Page(response.text).errors() == ["This code was mistyped too often. Ask for a new one."]
    assert not is_signed_in(client)


def test_an_unknown_address_is_answered_exactly_like_a_known_one(
    app: Flask, ama: Account, letters: Letters
) -> None:
    answers = []
    for address in ("ama@example.org", "who@example.org"):
        browser = app.test_client()
        asked = ask(browser, address)
        page = browser.get("/sign-in/code")
        bad = browser.post("/sign-in/code", data={"code": "000001"})
        answers.append(
            [
                (asked.status_code, asked.location, page.status_code, bad.status_code),
                [Page(answer.text).root.text.replace(address, "…") for answer in (page, bad)],
            ]
        )
    assert answers[0] == answers[1]
    assert len(letters("ama@example.org")) == 1
    assert letters("who@example.org") == []


def test_the_sixth_code_in_an_hour_is_refused_for_known_and_unknown_addresses_alike(
    app: Flask, ama: Account
) -> None:
    for address in ("ama@example.org", "who@example.org"):
        browser = app.test_client()
        answers = [ask(browser, address) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [303] * 5 + [429]
        assert Page(answers[-1].text).errors() == [
            "Too many codes were asked for this address. Try again in an hour."
        ]
        assert Page(answers[-1].text).field("email") == address


@pytest.mark.usefixtures("limits")
def test_one_computer_cannot_ask_for_codes_without_end(app: Flask) -> None:
    browser = app.test_client()
    answers = [ask(browser, f"person{n}@example.org").status_code for n in range(31)]
    assert answers == [303] * 30 + [429]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter your e-mail address."),
        ("ama", "This is no e-mail address, such as name@example.org."),
        ("a@b@c", "This is no e-mail address, such as name@example.org."),
    ],
)
def test_what_is_no_address_is_said_at_its_field_and_kept(
    client: FlaskClient, typed: str, error: str
) -> None:
    response = ask(client, typed)
    page = Page(response.text)
    assert (response.status_code, page.errors(), page.field("email")) == (422, [error], typed)


@pytest.mark.parametrize("where", ["/schedule", "/schedule?region=Pacific&mine=1"])
def test_one_comes_back_to_where_one_wanted_to_go(
    client: FlaskClient, ama: Account, letters: Letters, where: str
) -> None:
    ask(client, "ama@example.org", next=where)
    [letter] = letters("ama@example.org")
    form = Page(client.get(letter.link).text).root.one("main").one("form")
    response = client.post(letter.link, data={"next": form.one("input", name="next").attributes["value"]})
    assert response.location == where


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "evil",
        "javascript:x",
    ],
)
def test_nobody_is_led_to_another_site(
    client: FlaskClient, ama: Account, letters: Letters, evil: str
) -> None:
    client.get("/sign-in", query_string={"next": evil})
    ask(client, "ama@example.org", next=evil)
    [letter] = letters("ama@example.org")
    assert client.post("/sign-in/code", data={"code": letter.code, "next": evil}).location == "/"
    assert client.get("/sign-in", query_string={"next": evil}).location == "/"
    assert client.post("/language", data={"language": "fr", "next": evil}).location == "/"


def test_the_cookie_is_new_after_signing_in_and_holds_the_login_alone(
    client: FlaskClient, ama: Account, letters: Letters
) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    ask(client, "ama@example.org")
    client.post("/sign-in/code", data={"code": letters("ama@example.org")[0].code})
    with client.session_transaction() as cookie:
        assert {key for key in cookie if not key.startswith("_")} == {"login"}
        assert cookie.permanent


def test_signing_out_ends_the_login_and_keeps_the_language(
    db: Session, sign_in_as: Callable[[Account], FlaskClient]
) -> None:
    account = make_account(db, language="pt", timezone="Africa/Luanda")
    browser, other = sign_in_as(account), sign_in_as(account)
    with browser.session_transaction() as cookie:
        old_cookie = dict(cookie)
    assert browser.post("/sign-out").location == "/sign-in"
    assert not is_signed_in(browser)
    assert Page(browser.get("/sign-in").text).root.one("html").attributes["lang"] == "pt"
    with browser.session_transaction() as cookie:
        cookie.update(old_cookie)  # a copy of the cookie that somebody kept
    assert not is_signed_in(browser)
    assert is_signed_in(other)


def test_signing_out_everywhere_ends_every_device(
    db: Session, sign_in_as: Callable[[Account], FlaskClient]
) -> None:
    account = make_account(db)
    here, there = sign_in_as(account), sign_in_as(account)
    here.post("/account/sign-out-everywhere")
    assert not is_signed_in(here)
    assert not is_signed_in(there)


def test_get_signs_nobody_out(db: Session, sign_in_as: Callable[[Account], FlaskClient]) -> None:
    browser = sign_in_as(make_account(db))
    assert browser.get("/sign-out").status_code == 405
    assert is_signed_in(browser)


def test_a_visitor_is_sent_to_sign_in_and_comes_back(client: FlaskClient) -> None:
    assert client.get("/account").location == "/sign-in?next=/account"


def test_the_letter_speaks_the_language_of_its_reader(
    client: FlaskClient, db: Session, letters: Letters
) -> None:
    make_person(db, email="ama@example.org", languages=["fr"])
    db.commit()
    client.post("/sign-in", data={"email": "ama@example.org"}, headers={"Accept-Language": "es"})
    assert letters("ama@example.org")[0].row.language == "fr"


def test_what_is_posted_without_our_token_is_refused(app: Flask, ama: Account) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert ask(app.test_client(), "ama@example.org").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
