"""Invitations while things break: workers killed at every step, a database that is locked, mail servers that
are slow, refuse somebody, or die after DATA. Nothing is lost, and nothing is said twice."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import clock
from app.calendars.due import due_after
from app.calendars.jobs import send_invitations
from app.calendars.models import Invitation
from app.jobs.models import Job
from app.jobs.worker import Work
from app.mail.delivery import deliver_due
from app.mail.models import OutboxLetter
from app.schedule.models import Version
from tests.app.calendars.itip import read
from tests.app.mail.conftest import sends_to
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW

WORKER = """
import os, signal, sys
from pathlib import Path
import config
from app import clock, create_app
from app.calendars.jobs import send_invitations
from app.jobs.worker import Work
from app.mail.delivery import deliver_due

folder, port, job_id, version_id, survives = sys.argv[1], *map(int, sys.argv[2:])
app = create_app(config.load({}, environment="testing", secret_key="k" * 40, instance_path=Path(folder),
                             mail_server="127.0.0.1", mail_port=port))
app.config["MAIL_SUPPRESS_SEND"] = False
left = survives

def now():
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return clock.now()

with app.app_context():
    send_invitations(Work(job_id, version_id, 1, {}, {}), now=now, at_once=1)
    deliver_due(clock.now())
"""


class Sink:
    """Takes letters, and does to some what `does` says: 'hang' (no word for a while), 'lose' (takes it, and
    hangs up), or an answer."""

    def __init__(self) -> None:
        self.does: dict[str, list[str]] = {}
        self.taken: list[tuple[str, bytes]] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        waiting = self.does.get(address, [])
        return waiting.pop(0) if waiting and waiting[0][0].isdigit() else "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        [address] = envelope.rcpt_tos
        waiting = self.does.get(address, [])
        act = waiting.pop(0) if waiting else ""
        if act != "hang":
            self.taken.append((address, envelope.content))
        if act == "hang":
            await asyncio.sleep(12)  # longer than we wait for any answer
        if act == "lose":
            server.transport.abort()
        return "250 OK"

    @property
    def told(self) -> Counter[tuple[str, str, int]]:
        found = (read(octets) for _, octets in self.taken)
        return Counter((one.attendee, one.method, one.sequence) for one in found if one is not None)


@pytest.fixture
def sink() -> Iterator[Controller]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def job_of(db: Session, version: Version) -> Job:
    job = Job(kind="test", subject_id=version.id, state="running", attempts=1, queued_at=NOW)
    db.add(job)
    db.commit()
    return job


def write(db: Session, version: Version) -> None:
    send_invitations(Work(job_of(db, version).id, version.id, 1, {}, {}))
    db.expire_all()


def everybody(season: Season) -> dict[tuple[str, str, int], int]:
    return {(str(one.email), "REQUEST", 0): 1 for one in (season.ama, season.chidi, season.dede)}


@pytest.mark.parametrize("survives", [0, 1, 3, 5, 7, 9])
def test_a_worker_killed_at_any_step_of_writing_is_carried_on_from(
    app: Flask, db: Session, season: Season, settings: config.Settings, sink: Controller, survives: int
) -> None:
    version = season.publish(season.meets(), season.webinar_at(seats=[season.esi]))
    arguments = [settings.instance_path, sink.port, job_of(db, version).id, version.id, survives]
    killed = subprocess.run(
        [sys.executable, "-c", WORKER, *map(str, arguments)], cwd=config.PROJECT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    db.expire_all()
    with sends_to(app, sink.port):
        write(db, version)
        deliver_due(clock.now())
    keys = Counter(letter.key for letter in db.scalars(select(OutboxLetter)))
    assert set(keys.values()) == {1}
    assert len(keys) == len(db.scalars(select(Invitation)).all()) == 5
    assert {letter.state for letter in db.scalars(select(OutboxLetter))} == {"sent"}
    assert len(sink.handler.taken) == 5
    assert due_after(db, version_id=version.id, now=clock.now()) == []


def test_a_server_that_takes_a_letter_and_dies_gets_it_again_under_the_same_name(
    app: Flask, db: Session, season: Season, sink: Controller
) -> None:
    sink.handler.does = {str(season.chidi.email): ["lose"]}
    version = season.publish(season.meets())
    with sends_to(app, sink.port):
        write(db, version)
        now = clock.now()
        assert deliver_due(now) == 2
        assert deliver_due(now + timedelta(minutes=2)) == 1
        assert deliver_due(now + timedelta(days=2)) == 0
    told = sink.handler.told
    assert told[str(season.chidi.email), "REQUEST", 0] == 2
    names = {read(octets).message_id for to, octets in sink.handler.taken if to == season.chidi.email}
    assert len(names) == 1
    assert [told[str(one.email), "REQUEST", 0] for one in (season.ama, season.dede)] == [1, 1]


def test_a_recipient_that_is_refused_keeps_nobody_else_waiting(
    app: Flask, db: Session, season: Season, sink: Controller
) -> None:
    sink.handler.does = {str(season.chidi.email): ["550 5.7.1 no", "450 later"]}
    version = season.publish(season.meets())
    with sends_to(app, sink.port):
        write(db, version)
        assert deliver_due(clock.now()) == 2
        assert deliver_due(clock.now() + timedelta(days=2)) == 0
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Chidi")).one()
    assert (letter.state, letter.error) == ("failed", "550 5.7.1 no")


def test_a_silent_server_costs_a_time_out_and_no_letter(
    app: Flask, db: Session, season: Season, sink: Controller
) -> None:
    sink.handler.does = {str(season.ama.email): ["hang"]}
    version = season.publish(season.meets())
    with sends_to(app, sink.port):
        write(db, version)
        now = clock.now()
        deliver_due(now)
        deliver_due(now + timedelta(minutes=5))
    assert sink.handler.told == everybody(season)


def test_a_database_that_is_locked_for_a_while_holds_it_up_and_loses_nothing(
    app: Flask, db: Session, season: Season, settings: config.Settings, sink: Controller
) -> None:
    version = season.publish(season.meets())
    job = job_of(db, version)
    db.commit()
    locked, release = threading.Event(), threading.Event()

    def lock(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute("BEGIN IMMEDIATE")
        locked.set()
        release.wait(2)
        connection.rollback()
        connection.close()

    thread = threading.Thread(target=lock, args=(settings.instance_path / "baraza.db",))
    thread.start()
    locked.wait(5)
    with sends_to(app, sink.port):
        send_invitations(Work(job.id, version.id, 1, {}, {}))
        deliver_due(clock.now())
    thread.join()
    assert sink.handler.told == everybody(season)


def test_a_clock_that_jumps_back_between_two_changes_loses_none_and_sequence_rises(
    app: Flask, db: Session, season: Season, sink: Controller
) -> None:
    first = season.publish(season.meets(), now=NOW)
    with sends_to(app, sink.port):
        write(db, first)
        deliver_due(clock.now())
        moved = season.publish(season.meets("2027-03-16"), now=NOW - timedelta(hours=3))
        write(db, moved)
        deliver_due(clock.now())
        deliver_due(clock.now() + timedelta(hours=5))
    told = sink.handler.told
    assert told == {**everybody(season), **{(name, "REQUEST", 1): 1 for name, _, _ in everybody(season)}}
