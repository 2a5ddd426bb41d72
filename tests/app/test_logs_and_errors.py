"""What is logged and shown when something goes wrong: enough to find it, nothing about anybody."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

import config
from app import create_app
from app.access import allow, anybody
from app.db import Base, database, unit_of_work
from app.logs import error_in_words
from tests.architecture.databases import scratch_database
from tests.factories import make_account, make_person

SECRET = "awa.diop@example.org"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The service with three views that run into the database."""
    with scratch_database(request.param, tmp_path) as url:
        settings = config.load(
            {}, environment="testing", secret_key="s" * 40, instance_path=tmp_path, database_url=url
        )
        made = create_app(settings)
        for path, view in {"/taken": taken, "/empty": left_empty, "/away": away}.items():
            made.add_url_rule(path, path, allow(anybody)(view))
        with made.app_context():
            Base.metadata.create_all(database.engine)
            yield made
            database.session.remove()
            database.engine.dispose()


@pytest.fixture
def client(service: Flask) -> FlaskClient:
    return service.test_client()


def taken() -> str:
    """Two write the same address at the same time: the second finds it taken."""
    with unit_of_work() as db:
        make_person(db, email=SECRET)
        make_person(db, email=SECRET)
    return ""


def left_empty() -> str:
    with unit_of_work() as db:
        make_person(db, email=SECRET, name=None)
    return ""


def away() -> str:
    """The database goes away under a signed-in reader."""
    with unit_of_work() as db:
        g.account = make_account(db)
    database.session().expire(g.account)
    database.session().expunge(g.account)  # what is asked of it now would have to be looked up
    raise OperationalError("SELECT 1", None, ConnectionError())


def test_who_was_second_is_told_so(client: FlaskClient) -> None:
    response = client.get("/taken")
    assert response.status_code == 409
    assert "Somebody was quicker" in response.text


def test_a_row_that_breaks_another_rule_is_our_own_mistake(client: FlaskClient) -> None:
    assert client.get("/empty").status_code == 500


def test_a_page_without_the_database_needs_no_database(client: FlaskClient) -> None:
    response = client.get("/away")
    assert response.status_code == 503
    assert "taking a short rest" in response.text


def test_the_trace_of_an_error_names_places_and_nobody(service: Flask) -> None:
    with pytest.raises(IntegrityError) as caught:
        taken()
    told = error_in_words((caught.type, caught.value, caught.tb))
    assert "test_logs_and_errors.py" in told
    assert "IntegrityError" in told
    assert SECRET not in told


def test_an_error_is_told_with_what_it_comes_from_and_says() -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise RuntimeError("second") from error
    except RuntimeError:
        kind, value, trace = sys.exc_info()
    assert kind is not None
    assert value is not None
    lines = [line for line in error_in_words((kind, value, trace)).splitlines() if not line.startswith(" ")]
    assert lines == ["builtins.KeyError: 'first'", "builtins.RuntimeError: second"]


def test_no_statement_of_an_error_shows_the_values_it_came_with(service: Flask) -> None:
    with pytest.raises(IntegrityError) as caught, unit_of_work() as db:
        make_person(db, email=SECRET)
        db.execute(text("INSERT INTO person (name) VALUES (:name)"), {"name": SECRET})
    assert "parameters hidden" in str(caught.value)
