"""A form that is sent twice acts once: one after the other, at the same instant, on both databases."""

from __future__ import annotations

import io
import secrets
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient
from sqlalchemy import select

import config
from app import clock, create_app, once
from app.access import allow, anybody
from app.db import Base, database, unit_of_work
from app.facts import AuditEntry
from app.jobs.forgetting import forget_sent_forms
from app.network.models import Place
from tests.architecture.databases import scratch_database

KEY = "a1" * once.KEY_BYTES


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A service with one form more, which adds a place each time it acts."""
    with scratch_database(request.param, tmp_path) as url:
        made = create_app(
            config.load(
                {}, environment="testing", secret_key="s" * 40, instance_path=tmp_path, database_url=url
            )
        )
        made.config["WTF_CSRF_ENABLED"] = False

        @made.post("/places-of-the-test/<name>")
        @allow(anybody)
        def add_place(name: str) -> object:
            with unit_of_work() as db:
                if (earlier := once.earlier_answer(db)) is not None:
                    return redirect(earlier, 303)
                place = Place(
                    code=secrets.token_hex(8),
                    name=name,
                    country="GH",
                    latitude=0,
                    longitude=0,
                    timezone="UTC",
                )
                db.add(place)
                db.flush()
                return once.answered(db, f"/places-of-the-test/{place.id}")

        with made.app_context():
            Base.metadata.create_all(database.engine)
        yield made
        with made.app_context():
            database.engine.dispose()


def send(client: FlaskClient, path: str = "/places-of-the-test/Accra", **values: str) -> str:
    response = client.post(path, data=values)
    assert response.status_code == 303
    return response.headers["Location"]


def places(service: Flask) -> list[str]:
    with service.app_context():
        return list(database.session.scalars(select(Place.name)))


def test_a_form_sent_again_gets_the_first_answer_and_changes_nothing(service: Flask) -> None:
    client = service.test_client()
    first = send(client, once=KEY, note="x")
    assert send(client, once=KEY, note="x", csrf_token="another") == first
    assert places(service) == ["Accra"]


def test_other_words_another_address_another_key_or_none_make_another_form(service: Flask) -> None:
    client = service.test_client()
    answers = {
        send(client, once=KEY, note="x"),
        send(client, once=KEY, note="y"),
        send(client, "/places-of-the-test/Lomé", once=KEY, note="x"),
        send(client, once="b2" * once.KEY_BYTES, note="x"),
        send(client, note="x"),
        send(client, note="x"),
        send(client, note="x", once="not a key"),
        send(client, note="x", once="not a key"),
    }
    assert len(answers) == len(places(service)) == 8


def test_another_file_is_another_form(service: Flask) -> None:
    client = service.test_client()

    def bring(content: bytes) -> str:
        response = client.post(
            "/places-of-the-test/Accra", data={"once": KEY, "file": (io.BytesIO(content), "calendar.ics")}
        )
        return response.headers["Location"]

    first = bring(b"one")
    assert bring(b"one") == first
    assert bring(b"two") != first
    assert places(service) == ["Accra"] * 2


def test_what_was_undone_leaves_no_key_behind(service: Flask) -> None:
    with service.test_request_context("/", method="POST", data={"once": KEY}):
        with pytest.raises(ZeroDivisionError), unit_of_work() as db:
            assert once.earlier_answer(db) is None
            raise ZeroDivisionError
        with unit_of_work() as db:
            assert once.earlier_answer(db) is None


def test_sent_five_times_at_once_it_acts_once(service: Flask) -> None:
    barrier, answers = threading.Barrier(5), list[str]()

    def go() -> None:
        client = service.test_client()
        barrier.wait(timeout=30)
        answers.append(send(client, once=KEY))

    threads = [threading.Thread(target=go) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == 5
    assert len(set(answers)) == len(places(service)) == 1


def test_keys_are_forgotten_after_a_month(service: Flask) -> None:
    client = service.test_client()
    first = send(client, once=KEY)
    with service.app_context():
        forget_sent_forms(clock.now() + once.KEPT_FOR - timedelta(minutes=5))
        assert send(client, once=KEY) == first
        forget_sent_forms(clock.now() + once.KEPT_FOR + timedelta(minutes=5))
    assert send(client, once=KEY) != first


def test_a_refused_form_is_shown_again_with_its_own_key(service: Flask) -> None:
    with service.test_request_context("/", method="POST", data={"once": KEY}):
        assert once.key_of_form() == KEY
    with service.test_request_context("/"):
        assert once.key_of_form() != once.key_of_form()
        assert not database.session.scalars(select(AuditEntry)).all()
