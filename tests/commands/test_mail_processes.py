"""Letters go out and answers come in by processes of their own, killed and ended as processes are."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock, schema
from app.calendars.models import IncomingAnswer
from app.db import database, unit_of_work
from app.mail.delivery import deliver_due
from app.mail.models import OutboxLetter
from app.mail.services import LEASE
from tests.app.calendars import real_answers
from tests.app.mail.conftest import Controller, Postman, sends_to
from tests.app.schedule.seasons import make_season
from tests.architecture.databases import scratch_postgres
from tests.commands.installation import Installation, free_port, wait_until
from tests.commands.test_worker import ended

OURS = "baraza@example.org"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(free_port()), "MAIL_SENDER": OURS}
    if request.param == "postgresql":
        with scratch_postgres() as url:
            yield Installation(tmp_path / "instance", {**mail, "DATABASE_URL": url, "QUEUE_URL": url})
    else:
        yield Installation(tmp_path / "instance", mail)


def test_a_worker_killed_while_the_server_has_its_letter_loses_none_and_repeats_that_one_at_most(
    installation: Installation, tmp_path: Path
) -> None:
    postman, taken, go_on = Postman(), threading.Event(), threading.Event()

    def hold() -> None:  # the letter is there, and the worker has not heard so
        taken.set()
        go_on.wait(30)

    postman.before_answering = hold
    port = int(installation.variables["MAIL_PORT"])
    server = Controller(postman, hostname="127.0.0.1", port=port)
    server.start()
    try:
        with installation.opened() as app:
            schema.upgrade(database.engine)
            with unit_of_work() as db:
                season = make_season(db)
                season.publish(season.meets(), now=clock.now())
            worker = installation.start("worker", log=tmp_path / "worker.log")
            try:
                assert taken.wait(50), (tmp_path / "worker.log").read_text()
            finally:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
            postman.before_answering = lambda: None
            go_on.set()
            with sends_to(app, port):  # the next worker, when the lease of the dead one has run out
                deliver_due(clock.now() + LEASE + timedelta(minutes=1))
            letters = database.session.scalars(select(OutboxLetter)).all()
            assert {letter.state for letter in letters} == {"sent"}
            assert len(letters) == 3
            assert sorted(postman.times_taken.values()) == [1, 1, 2]
            assert set(postman.times_taken) == {letter.message_id for letter in letters}
    finally:
        go_on.set()
        server.stop()


def test_mail_is_taken_in_by_a_process_of_its_own_until_it_is_told_to_end(
    installation: Installation, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "receive.log"
    with installation.opened():
        schema.upgrade(database.engine)
        with unit_of_work() as db:
            season = make_season(db)
            season.publish(season.meets(), now=clock.now())
            uid = season.session_of(season.meeting).uid
            attendee = str(season.chidi.email)
        receiver = installation.start("receive-mail", "--listen", f"127.0.0.1:{port}", log=log)
        try:
            wait_until(lambda: answers_at(port), seconds=50, what="mail is taken in")
            with smtplib.LMTP("127.0.0.1", port) as client:
                for octets in (
                    real_answers.thunderbird(
                        uid=uid, attendee=attendee, organizer=OURS, answer="declined", sequence=0
                    ),
                    b"not a letter at all",
                ):
                    client.sendmail("", [OURS], octets, mail_options=["BODY=8BITMIME"])
        finally:
            receiver.send_signal(signal.SIGTERM)
            status = ended(receiver, within=30)
        kept = Counter(database.session.scalars(select(IncomingAnswer.via)))
    assert kept == {"lmtp": 2}
    assert status == 0, log.read_text()


def answers_at(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
