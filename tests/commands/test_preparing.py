"""Commands that prepare an installation: init, create-admin, the demonstration and its links."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import schema
from app.accounts.models import Account
from app.db import database
from app.demo.load import CAST
from app.network.models import Organisation, Person
from tests.commands.installation import Installation
from tests.factories import make_account, make_organisation
from tests.pages import Page


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """Exit status and what was said."""
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    database.session.rollback()
    return result.exit_code, result.output


def test_init_makes_the_database_and_twice_changes_nothing(installation: Installation) -> None:
    first, second = installation.flask("init"), installation.flask("init")
    assert (first.returncode, first.stdout) == (0, "The database has been brought to its newest form.\n")
    assert (second.returncode, second.stdout) == (0, "The database is ready.\n")
    with installation.opened():
        assert schema.at_head(database.engine)


def test_the_first_coordinator_is_made_and_signs_in_by_the_link_once(app: Flask, client: FlaskClient) -> None:
    status, said = run(app, "create-admin", "Awa@Example.ORG", "--name", "Awa Diop")
    assert status == 0
    account = database.session.query(Account).one()
    assert (account.name, account.email) == ("Awa Diop", "awa@example.org")
    assert [(grant.role, grant.organisation.kind) for grant in account.grants] == [
        ("coordinator", "secretariat")
    ]
    link = urlsplit(re.search(r"http\S+", said)[0]).path
    assert client.get(link).status_code == 200, "looking at it uses nothing up"
    assert client.post(link).status_code == 303
    assert client.get("/rounds").status_code == 200
    assert app.test_client().post(link).status_code == 410


def test_create_admin_twice_makes_one_account_and_another_link(app: Flask) -> None:
    links = [re.search(r"http\S+", run(app, "create-admin", "awa@example.org")[1])[0] for _ in range(2)]
    assert len(set(links)) == 2
    assert len(database.session.query(Account).one().grants) == 1


def test_create_admin_gives_the_role_at_the_secretariat_that_is_there(app: Flask, db: Session) -> None:
    secretariat = make_organisation(db, kind="secretariat")
    account = make_account(db, email="awa@example.org")
    db.commit()
    run(app, "create-admin", "awa@example.org")
    assert [grant.organisation_id for grant in db.get_one(Account, account.id).grants] == [secretariat.id]


def test_create_admin_refuses_what_is_no_address(app: Flask) -> None:
    status, said = run(app, "create-admin", "awa at example")
    assert status == 2
    assert "EMAIL" in said
    assert database.session.query(Account).count() == 0


@pytest.fixture
def demonstration(app: Flask) -> str:
    status, said = run(app, "demo", "load")
    assert status == 0, said
    return said


def test_the_demonstration_is_loaded_into_an_empty_database_alone(app: Flask, demonstration: str) -> None:
    people = database.session.query(Person).count()
    status, said = run(app, "demo", "load")
    assert status == 1
    assert "not empty" in said
    assert database.session.query(Person).count() == people


def test_the_links_sign_each_role_in_and_their_feeds_answer(app: Flask, demonstration: str) -> None:
    status, said = run(app, "demo", "links", "--json")
    assert status == 0
    found = json.loads(said)
    assert list(found) == [name for name, *_ in CAST]
    for role, person in found.items():
        assert set(person) == {"name", "sign_in", "feed"}
        browser = app.test_client()
        assert browser.post(urlsplit(person["sign_in"]).path).status_code == 303, role
        assert person["name"] in Page(browser.get("/account").text).text
        feed = app.test_client().get(urlsplit(person["feed"]).path)
        assert feed.data.startswith(b"BEGIN:VCALENDAR\r\n"), role


def test_the_links_are_printed_for_people_too(app: Flask, demonstration: str) -> None:
    status, said = run(app, "demo", "links")
    assert status == 0
    assert len(re.findall(r"sign in \(works once\)  http", said)) == len(CAST)
    assert "Focal point: " in said


def test_without_the_demonstration_there_are_no_links(app: Flask, db: Session) -> None:
    make_organisation(db)
    db.commit()
    status, said = run(app, "demo", "links")
    assert status == 1
    assert "demo load" in said
    assert database.session.query(Organisation).count() == 1
