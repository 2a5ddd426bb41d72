"""Letters that are not essential: who stops them, how, and what is kept back then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import clock
from app.access import Actor, Forbidden
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.accounts.personal_data import personal_data
from app.accounts.services import choose_letters
from app.availability.asks import AskDetails, open_ask
from app.availability.jobs import write_due_letters
from app.db import unit_of_work
from app.facts import AuditEntry
from app.mail import services, subscriptions
from app.mail.models import CATEGORIES, OutboxLetter, Subscription
from app.mail.subscriptions import CATEGORIES_OF, LINK
from app.mail.views.outbox import KIND_WORDS
from app.personal_links import link_token
from tests.app.mail.conftest import Postman
from tests.app.mail.stopping import stop_letters
from tests.app.mail.test_outbox import deliver, queue
from tests.conftest import NOW
from tests.factories import make_account, make_actor, make_person
from tests.pages import Page

SignInAs = Callable[[Account], FlaskClient]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def on_https(app: Flask) -> Iterator[None]:
    settings: config.Settings = app.extensions["baraza.settings"]
    app.extensions["baraza.settings"] = settings.model_copy(
        update={"public_url": "https://baraza.example.org"}
    )
    yield
    app.extensions["baraza.settings"] = settings


@pytest.fixture
def reminder(db: Session) -> OutboxLetter:
    return queue(db, "r1", kind="availability_reminder", now=clock.now())


def subscription(db: Session, category: str = "reminders", address: str = "awa@example.net") -> Subscription:
    db.expire_all()
    return db.scalars(
        select(Subscription).where(Subscription.category == category, Subscription.address == address)
    ).one()


def path_of(db: Session, kind: str = "availability_reminder", address: str = "awa@example.net") -> str:
    path = subscriptions.stop_path(db, kind=kind, address=address, language="fr", now=clock.now())
    db.commit()
    return path


def stopped(db: Session, kind: str, address: str = "awa@example.net") -> None:
    stop_letters(db, address, kind)


# -- What is essential


def test_every_kind_that_the_service_writes_is_essential_or_has_categories() -> None:
    """The kinds stand in the calls themselves; one that is new has to be thought about here."""
    essential = {
        "sign_in", "password", "account_opened", "invitation", "nomination", "seat", "webhook",
        "needs_link", "needs_confirmation", "availability_thanks", "confirmation", "own_calendar",
    }  # fmt: skip
    assert essential.isdisjoint(CATEGORIES_OF)
    assert set(KIND_WORDS) - {"test"} == essential | set(CATEGORIES_OF)
    written = set()
    for file in (config.PROJECT / "app").rglob("*.py"):
        if "queue_letter(" in (text := Path(file).read_text()):
            written |= set(re.findall(r'kind(?:, \w+)? ?= ?"([a-z_]+)"(?! if \w+ == )', text))
    assert {kind for kind in written if kind not in {"address", "file"}} <= essential | set(CATEGORIES_OF)
    assert {category for each in CATEGORIES_OF.values() for category in each} == set(CATEGORIES)


@pytest.mark.parametrize("kind", sorted(CATEGORIES_OF))
def test_a_letter_that_is_not_essential_says_where_to_stop_it(
    db: Session, postman: Postman, on_https: None, client: FlaskClient, kind: str
) -> None:
    queue(db, kind=kind, now=clock.now())
    assert deliver(db, clock.now()) == 1
    [message] = postman.taken
    found = re.fullmatch(
        r"<https://baraza\.example\.org(/letters/[A-Za-z0-9_.-]+)>", message["List-Unsubscribe"]
    )
    assert found is not None
    assert message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
    assert client.post(found[1], data=ONE_CLICK).status_code == 200
    assert subscription(db, CATEGORIES_OF[kind][0]).is_stopped


@pytest.mark.parametrize("kind", sorted(set(KIND_WORDS) - set(CATEGORIES_OF)))
def test_an_essential_letter_cannot_be_stopped(
    db: Session, postman: Postman, on_https: None, kind: str
) -> None:
    for other in CATEGORIES_OF:
        stopped(db, other)
    queue(db, kind=kind)
    assert deliver(db) == 1
    [message] = postman.taken
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None
    assert path_of(db, kind) == ""


def test_one_click_is_offered_where_it_is_safe_from_being_read(db: Session, postman: Postman) -> None:
    queue(db, kind="proposition", now=clock.now())
    deliver(db, clock.now())
    [message] = postman.taken
    assert message["List-Unsubscribe"].startswith("<http://")
    assert message["List-Unsubscribe-Post"] is None


def test_nothing_that_people_wrote_gets_into_the_headers(
    db: Session, postman: Postman, on_https: None
) -> None:
    address = "awa+List-Unsubscribe-Post@example.net"
    queue(
        db,
        kind="proposition",
        to_address=address,
        to_name="Awa\r\nList-Unsubscribe: <https://evil.example>",
        subject="A\r\nList-Unsubscribe-Post: no",
        now=clock.now(),
    )
    queue(db, "2", kind="proposition", to_address="awa@example.net>\r\nList-Unsubscribe: <https://x.y")
    assert deliver(db, clock.now()) == 1
    [message] = postman.taken
    [header] = message.get_all("List-Unsubscribe")
    assert header.startswith("<https://baraza.example.org/letters/")
    assert address not in header
    assert message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]


def test_the_header_of_a_real_letter_leads_where_the_link_in_it_does(
    db: Session, postman: Postman, on_https: None
) -> None:
    now = clock.now()
    person = make_person(db, email="awa@example.net", languages=["fr"])
    open_ask(
        db,
        actor=make_actor(db, "coordinator"),
        details=AskDetails(
            title="2027",
            first_day=now.date(),
            last_day=now.date() + timedelta(days=300),
            closes_on=now.date() + timedelta(days=9),
            who="everybody",
        ),
        now=now,
    )
    db.commit()
    write_due_letters(now)
    assert deliver(db, now) == 1
    [message] = postman.taken
    assert str(message["To"]).endswith(f"<{person.email}>")
    address = str(message["List-Unsubscribe"]).strip("<>")
    lines = message.get_body(("plain",)).get_content().splitlines()
    assert f"Ne plus recevoir de messages comme celui-ci\N{NO-BREAK SPACE}: {address}" in lines
    links = Page(message.get_body(("html",)).get_content()).root.all("a", href=address)
    assert [link.text for link in links] == ["Ne plus recevoir de messages comme celui-ci"]


# -- Stopping


def test_opening_the_link_changes_nothing(client: FlaskClient, db: Session, reminder: OutboxLetter) -> None:
    path = path_of(db)
    for _ in range(3):
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert not subscription(db).is_stopped
    assert db.scalars(select(AuditEntry)).all() == []


def test_the_page_says_in_the_letters_language_what_would_stop(client: FlaskClient, db: Session) -> None:
    page = Page(client.get(path_of(db), headers={"Accept-Language": "de"}).text)
    assert page.root.one("html").attributes["lang"] == "fr"
    assert page.root.one("h1").text == "Rappels"
    assert "awa@example.net" in page.root.one("main").text
    assert [button.text for button in page.root.one("main").all("button")] == ["Arrêter ces messages"]


def test_a_mail_program_stops_them_with_one_post_and_nothing_else(
    app: Flask, db: Session, reminder: OutboxLetter, postman: Postman
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = app.test_client(use_cookies=False).post(
            path_of(db), data={**ONE_CLICK}, content_type="multipart/form-data"
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 200  # RFC 8058, 3.1: it is not led elsewhere
    assert subscription(db).is_stopped
    assert deliver(db, clock.now()) == 0
    assert reminder.state == "unwanted"
    [entry] = db.scalars(select(AuditEntry))
    assert (entry.fact, entry.subject_id, entry.facts) == (
        "LettersStopped",
        subscription(db).id,
        {"category": "reminders"},
    )


def test_what_is_stopped_twice_is_put_on_record_once(client: FlaskClient, db: Session) -> None:
    path = path_of(db)
    for _ in range(2):
        assert client.post(path, data=ONE_CLICK).status_code == 200
    assert db.scalars(select(AuditEntry.fact)).all() == ["LettersStopped"]


def test_the_page_takes_it_back(client: FlaskClient, db: Session, postman: Postman) -> None:
    path = path_of(db)
    answer = client.post(path, data={"letters": "stop"})
    assert (answer.status_code, answer.location) == (303, path)
    page = Page(client.get(path).text)
    assert [button.text for button in page.root.one("main").all("button")] == [
        "M’envoyer de nouveau ces messages"
    ]
    assert client.post(path, data={"letters": "again"}).status_code == 303
    assert db.scalars(select(AuditEntry.fact)).all() == ["LettersStopped", "LettersWantedAgain"]
    queue(db, kind="availability_reminder", now=clock.now())
    assert deliver(db, clock.now()) == 1


@pytest.mark.parametrize("data", [{}, {"letters": "everything"}, {"List-Unsubscribe": "No"}])
def test_a_post_that_says_neither_changes_nothing(client: FlaskClient, db: Session, data: Any) -> None:
    assert client.post(path_of(db), data=data).status_code == 422
    assert not subscription(db).is_stopped


def test_a_link_stops_what_it_names_and_nothing_else(client: FlaskClient, db: Session) -> None:
    path, other = path_of(db), path_of(db, "proposition", "chidi@example.net")
    client.post(path, data=ONE_CLICK)
    assert not subscription(db, "propositions", "chidi@example.net").is_stopped
    for wrong in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        f"/letters/{link_token('needs', {'subscription': subscription(db).id}, NOW + timedelta(days=900))}",
        f"/letters/{link_token(LINK, {'subscription': 999}, NOW + timedelta(days=900))}",
        f"/letters/{link_token(LINK, {'subscription': 1}, NOW - timedelta(days=1))}",
    ):
        assert client.get(wrong).status_code == 404
        assert client.post(wrong, data=ONE_CLICK).status_code == 404
    assert client.get(other).status_code == 200


def test_who_did_not_come_by_the_link_stops_nothing(db: Session) -> None:
    one = subscriptions.subscription_of(db, kind="proposition", address="a@example.net", language="en")
    for actor in (
        Actor(),
        make_actor(db, "coordinator"),
        Actor(link=(LINK, one.id + 1)),
        Actor(link=("x", one.id)),
    ):
        for act in (subscriptions.stop, subscriptions.want_again):
            with pytest.raises(Forbidden):
                act(db, actor=actor, subscription=one, now=NOW)
    with pytest.raises(Forbidden):
        subscriptions.choose(
            db, actor=Actor(), addresses=["a@b.c"], stopped=["needs"], language="en", now=NOW
        )


# -- What is kept back


def test_stopping_reminders_keeps_back_those_of_every_matter_and_no_first_letter(
    db: Session, postman: Postman
) -> None:
    stopped(db, "needs_reminder")
    for kind in CATEGORIES_OF:
        queue(db, kind, kind=kind)
    deliver(db)
    kept_back = set(db.scalars(select(OutboxLetter.kind).where(OutboxLetter.state == "unwanted")))
    assert kept_back == {kind for kind, categories in CATEGORIES_OF.items() if "reminders" in categories}
    assert len(postman.taken) == len(CATEGORIES_OF) - len(kept_back)


def test_stopping_a_matter_keeps_back_its_reminders_too(db: Session) -> None:
    stopped(db, "needs_invitation")
    assert queue(db, "1", kind="needs_reminder").is_unwanted
    assert not queue(db, "2", kind="availability_reminder").is_unwanted


def test_an_address_is_the_same_in_capitals(db: Session) -> None:
    stopped(db, "proposition", "awa@example.net")
    assert queue(db, kind="proposition", to_address="Awa@Example.NET").is_unwanted


def test_what_was_on_its_way_when_it_was_stopped_is_not_tried_again(db: Session, postman: Postman) -> None:
    postman.answers = ["451 come again"]
    letter = queue(db, kind="proposition")
    with unit_of_work() as unit:
        assert services.claim_next(unit, now=NOW, per_minute=9) is letter
    stopped(db, "proposition")
    db.refresh(letter)
    assert letter.state == "sending"
    assert deliver(db, NOW + services.LEASE) == 0
    assert (letter.state, postman.taken) == ("unwanted", [])


def test_what_was_not_wanted_can_be_written_again_once_it_is(db: Session, postman: Postman) -> None:
    stopped(db, "proposition")
    assert queue(db, "1", kind="proposition", subject="First").is_unwanted
    one = subscription(db, "propositions")
    subscriptions.want_again(db, actor=Actor(link=(LINK, one.id)), subscription=one, now=NOW)
    assert deliver(db) == 0  # what was kept back is over
    again = queue(db, "1", kind="proposition", subject="Second")
    assert deliver(db) == 1
    assert again.subject == "Second"


# -- In the account


def test_somebody_with_an_account_sees_and_changes_the_same(
    db: Session, sign_in_as: SignInAs, client: FlaskClient
) -> None:
    person = make_person(db, email="Awa@Example.net")
    account = make_account(db, person=person)
    path = path_of(db)
    client.post(path, data=ONE_CLICK)
    signed_in = sign_in_as(account)

    def ticked() -> list[str]:
        boxes = Page(signed_in.get("/account").text).root.all("input", name="wanted")
        return [box.attributes["value"] for box in boxes if "checked" in box.attributes]

    assert ticked() == ["needs", "availability", "nominations", "propositions"]
    answer = signed_in.post("/account/letters", data={"wanted": ["reminders", "needs"]})
    assert (answer.status_code, answer.location) == (303, "/account#letters")
    assert ticked() == ["reminders", "needs"]
    assert not subscription(db).is_stopped
    for address in (person.email.casefold(), account.email):
        assert subscription(db, "propositions", address).is_stopped
    assert queue(db, kind="proposition", to_address=person.email).is_unwanted
    stored = personal_data(db, actor=actor_of(db, account), account=account)
    assert {(row["address"], row["category"]) for row in stored["letter_subscription"]} >= {
        ("awa@example.net", "reminders"),
        (account.email, "propositions"),
    }


def test_nobody_chooses_for_another_account(db: Session) -> None:
    account = make_account(db)
    with pytest.raises(Forbidden):
        choose_letters(db, actor=make_actor(db, "coordinator"), account=account, wanted=[], now=NOW)


def test_what_nobody_offers_cannot_be_chosen(db: Session, sign_in_as: SignInAs) -> None:
    account = make_account(db)
    assert sign_in_as(account).post("/account/letters", data={"wanted": ["sign_in"]}).status_code == 422
    assert db.scalars(select(Subscription)).all() == []
