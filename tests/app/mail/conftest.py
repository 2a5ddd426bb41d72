"""A real mail server for the outbox to send to, and the outbox on each database."""

from __future__ import annotations

import email
import os
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import create_engine, text

import config
from app import create_app
from app.db import Base, database

POSTGRESQL = os.environ.get("POSTGRES_URL", "postgresql://127.0.0.1:5432/test")


class Postman:
    """A mail server's decisions: it says what `answers` holds next, then takes everything."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[EmailMessage] = []
        self.before_answering: Callable[[], None] = lambda: None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        self.before_answering()
        return answer

    @property
    def times_taken(self) -> Counter[str]:
        """Message-ID -> how often it came."""
        return Counter(str(message["Message-ID"]) for message in self.taken)


@contextmanager
def sends_to(app: Flask, port: int, **changed: Any) -> Iterator[None]:
    """Inside, `app` is configured with a mail server on this port of this machine."""
    settings: config.Settings = app.extensions["baraza.settings"]
    mail = {"mail_server": "127.0.0.1", "mail_port": port, **changed}
    before = {name: app.config.get(name) for name in ("MAIL_SERVER", "MAIL_PORT", "MAIL_SUPPRESS_SEND")}
    app.extensions["baraza.settings"] = settings.model_copy(update=mail)
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_SUPPRESS_SEND=False)
    try:
        yield
    finally:
        app.extensions["baraza.settings"] = settings
        app.config.update(before)


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    """An SMTP server on a free port; its `handler` is a `Postman`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Postman(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def postman(app: Flask, mail_server: Controller) -> Iterator[Postman]:
    """`app` sends its letters to this postman."""
    with sends_to(app, mail_server.port):
        yield mail_server.handler


@pytest.fixture
def sqlite_outbox(app: Flask) -> Flask:
    return app


@pytest.fixture
def postgresql_outbox(tmp_path: Path) -> Iterator[Flask]:
    """An application with empty tables on PostgreSQL, in a schema of this test's own."""
    schema = f"outbox_{secrets.token_hex(4)}"
    engine = create_engine(POSTGRESQL, connect_args={"connect_timeout": 3})
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL here: {type(error).__name__}")
    settings = config.load(
        {},
        environment="testing",
        secret_key="k" * 40,
        instance_path=tmp_path,
        database_url=f"{POSTGRESQL}?options=-csearch_path%3D{schema}",
    )
    app = create_app(settings)
    with app.app_context():
        Base.metadata.create_all(database.engine)
        yield app
        database.session.remove()
        database.engine.dispose()
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()
