"""The menu says where one is, on pages of stages too that have no entry of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.access import Actor
from app.accounts.models import Account
from app.i18n import LANGUAGES, reading
from app.stages import menu_for
from tests.factories import make_account, make_person
from tests.pages import Page


@pytest.mark.parametrize(
    ("endpoint", "entry"),
    [
        ("home.home", ["Home"]),
        ("planning.scenarios", ["Rounds"]),
        ("confirmations.index", ["Rounds"]),
        ("confirmations.place", ["Rounds"]),
        ("confirmations.mine", ["Schedule"]),
        ("seats.mine", ["Schedule"]),
        ("availability.mine", ["My availability"]),
        ("availability.new_ask", ["When people can"]),
        ("own_calendars.index", ["My availability"]),
        ("travel.mine", ["My availability"]),
        ("travel.index", ["Network"]),
        ("webhooks.index", []),
        (None, []),
    ],
)
def test_one_entry_at_most_is_where_one_is(endpoint: str | None, entry: list[str]) -> None:
    actor = Actor(account_id=1, person_id=1, roles=frozenset({("coordinator", 1)}))
    menu = menu_for(actor, lambda name: name, endpoint)
    assert [str(item["label"]) for item in menu if item["current"]] == entry


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/account", "My account"),
        ("/account/tokens", "My account"),
        ("/accounts", "Accounts and roles"),
        ("/outbox", "Outbox"),
        ("/webhooks", "Webhooks"),
    ],
)
def test_the_links_of_ones_account_say_where_one_is(
    db: Session, sign_in_as: Callable[[Account], FlaskClient], address: str, label: str
) -> None:
    client = sign_in_as(make_account(db, role="coordinator", person=make_person(db)))
    page = Page(client.get(address).text)
    here = [link.text for link in page.root.one("header", class_="site-header").all("a", aria_current="page")]
    assert here == [label]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_entries_say_the_same(app: Flask, language: str) -> None:
    actor = Actor(account_id=1, person_id=1, roles=frozenset({("coordinator", 1)}))
    with app.test_request_context(), reading(language):
        labels = [str(item["label"]) for item in menu_for(actor, lambda name: name, None)]
    assert len(set(labels)) == len(labels) > 8
