"""Many letters through one connection to a real mail server, which hangs up, has enough, or dies."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import unit_of_work
from app.mail.models import OutboxLetter
from app.mail.services import WAITS
from app.mail.transport import LETTERS_A_CONNECTION
from tests.app.mail.conftest import Postman, sends_to
from tests.app.mail.test_outbox import deliver, queue, queue_only
from tests.conftest import NOW


class Host(Postman):
    """Counts its guests. `patience`: how many letters it hears from each before it does what `ends` says, at
    the command that it is about: an answer, or 'hang up'."""

    def __init__(self, patience: int = 1_000, ends: str = "", at: str = "MAIL") -> None:
        super().__init__()
        self.patience, self.ends, self.at = patience, ends, at
        self.guests: list[int] = []

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        session.number = len(self.guests)
        self.guests.append(0)
        return responses

    def _end(self, server: Any, session: Any, command: str) -> str | None:
        if command != self.at or self.guests[session.number] < self.patience:
            return None
        if self.ends == "hang up":
            server.transport.abort()
        return self.ends

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._end(server, session, "MAIL") or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._end(server, session, "RCPT") or "250 OK"

    async def handle_NOOP(self, server: Any, session: Any, envelope: Any, arg: str) -> str:  # noqa: N802
        return self._end(server, session, "NOOP") or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self.guests[session.number] += answer.startswith("250")
        return answer


@contextmanager
def hosting(app: Flask, host: Host) -> Iterator[Host]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(host, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with sends_to(app, port):
            yield host
    finally:
        controller.stop()


def states(db: Session) -> set[tuple[str, int]]:
    """State and attempts of all letters."""
    return {(letter.state, letter.attempts) for letter in db.scalars(select(OutboxLetter))}


def test_a_run_of_letters_goes_through_one_connection(app: Flask, db: Session) -> None:
    ids = {queue(db, str(n)).message_id for n in range(5)}
    with hosting(app, Host()) as host:
        assert deliver(db) == 5
    assert host.guests == [5]
    assert host.times_taken == dict.fromkeys(ids, 1)


def test_after_so_many_letters_the_next_goes_through_another(app: Flask, db: Session) -> None:
    with unit_of_work() as unit:
        for n in range(LETTERS_A_CONNECTION + 1):
            queue_only(unit, str(n))
    with hosting(app, Host()) as host, sends_to(app, app.config["MAIL_PORT"], mail_per_minute=1_000):
        assert deliver(db) == LETTERS_A_CONNECTION + 1
    assert host.guests == [LETTERS_A_CONNECTION, 1]


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "NOOP"])
def test_a_server_that_has_enough_after_some_letters_gets_the_rest_anew(
    app: Flask, db: Session, at: str
) -> None:
    """RFC 5321, 3.8: 421 may answer any command. Nothing is lost, put off or sent twice by it."""
    ids = {queue(db, str(n)).message_id for n in range(7)}
    with hosting(app, Host(patience=3, ends="421 4.7.0 Enough for now", at=at)) as host:
        assert deliver(db) == 7
    assert host.guests == [3, 3, 1]
    assert host.times_taken == dict.fromkeys(ids, 1)
    assert states(db) == {("sent", 1)}


def test_a_connection_that_dies_between_two_letters_is_made_anew(app: Flask, db: Session) -> None:
    ids = {queue(db, str(n)).message_id for n in range(4)}
    with hosting(app, Host(patience=2, ends="hang up", at="NOOP")) as host:
        assert deliver(db) == 4
    assert host.guests == [2, 2]
    assert host.times_taken == dict.fromkeys(ids, 1)
    assert states(db) == {("sent", 1)}


def test_a_connection_that_dies_in_a_letter_leaves_it_for_later_and_the_others_go(
    app: Flask, db: Session
) -> None:
    """Whether the server has heard it cannot be known: it waits, under the same Message-ID."""
    ids = {queue(db, str(n)).message_id for n in range(4)}
    with hosting(app, Host(patience=2, ends="hang up", at="RCPT")) as host:
        assert deliver(db) == 3
        assert host.guests == [2, 1]
        assert deliver(db, NOW + WAITS[0] * 2) == 1
    assert host.times_taken == dict.fromkeys(ids, 1)


def test_a_server_that_has_enough_of_us_from_the_start_is_left_alone(app: Flask, db: Session) -> None:
    letter = queue(db)
    with hosting(app, Host(patience=0, ends="421 4.3.2 Closing")) as host:
        assert deliver(db) == 0
    assert len(host.guests) == 1
    assert (letter.state, letter.attempts) == ("queued", 1)
    assert "421" in letter.error


def test_a_refused_letter_does_not_end_the_connection_for_the_others(app: Flask, db: Session) -> None:
    for n in range(3):
        queue(db, str(n))
    with hosting(app, Host()) as host:
        host.answers = ["250 OK", "550 5.7.1 no"]
        assert deliver(db) == 2
    assert host.guests == [2]
