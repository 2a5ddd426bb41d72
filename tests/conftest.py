"""What every test of the service can ask for: an application on a fresh database, people signed in to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

import config
from app import clock, create_app
from app.accounts.identity import sign_in
from app.accounts.models import Account
from app.db import Base, database
from app.planning.room.opened import forget as forget_open_drafts
from app.web import limiter

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
"""The instant that tests of services pass as `now`."""


class Browser(FlaskClient):
    """Each request in an application context of its own, as in the service: nothing stays in `g`."""

    def open(self, *arguments: Any, **options: Any) -> Any:
        with self.application.app_context():
            response = super().open(*arguments, **options)
        database.session().expire_all()
        return response


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    return config.load(
        {}, environment="testing", secret_key="k" * 40, instance_path=tmp_path_factory.mktemp("instance")
    )


@pytest.fixture(scope="session")
def _application(settings: config.Settings) -> Flask:
    application = create_app(settings)
    application.config.update(WTF_CSRF_ENABLED=False)
    application.test_client_class = Browser
    return application


@pytest.fixture(scope="session")
def empty_database(_application: Flask, settings: config.Settings) -> Path:
    """A database with all tables and no rows, copied for each test."""
    with _application.app_context():
        Base.metadata.create_all(database.engine)
        database.engine.dispose()
    made = settings.instance_path / "baraza.db"
    with sqlite3.connect(made) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Path(shutil.copy(made, settings.instance_path / "empty.db"))


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    """Requests are counted, for this test alone."""
    limiter.reset()
    limiter.enabled = True
    yield
    limiter.reset()
    limiter.enabled = False


@pytest.fixture
def app(_application: Flask, empty_database: Path, settings: config.Settings) -> Iterator[Flask]:
    """The application, on an empty database of this test's own, inside its context."""
    live = settings.instance_path / "baraza.db"
    limiter.enabled = False  # but under `limits`
    with _application.app_context():
        database.engine.dispose()
        for leftover in settings.instance_path.glob("baraza.db*"):
            leftover.unlink()
        shutil.copy(empty_database, live)
        forget_open_drafts()
        yield _application
        database.session.remove()
        database.engine.dispose()


@pytest.fixture
def db(app: Flask) -> Session:
    """The SQLAlchemy session of the test; `db.commit()` shows its rows to requests."""
    return database.session()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, one for a whole run: Playwright does not start twice in one process."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def counted_statements(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement sent from now on; clear it to count from a later point."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def sign_in_as(app: Flask, db: Session) -> Callable[[Account], FlaskClient]:
    """`sign_in_as(account)`: a client signed in as that account; commits what the test made so far."""

    def signed_in(account: Account) -> FlaskClient:
        token = sign_in(db, account=account, device="test", now=clock.now())
        db.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["login"] = token
        return client

    return signed_in
