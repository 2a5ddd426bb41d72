"""Calendars in the background: read when due, back off, one letter, and stop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.availability.busy import BusySpan
from app.availability.spans import Span
from app.jobs.models import Job
from app.mail.models import OutboxLetter
from app.network.models import Person
from app.own_calendars import services
from app.own_calendars.jobs import queue_due, seal, write_unreadable
from app.own_calendars.models import OwnCalendar
from app.own_calendars.reading import NotRead, Unchanged, WasRead
from app.own_calendars.sealing import Seal
from tests.app.own_calendars.conftest import do_jobs
from tests.busy_times.orders import calendar
from tests.busy_times.servers import reply, serving
from tests.conftest import NOW
from tests.factories import make_person

DAYS = (Span(NOW.date(), NOW.date() + timedelta(days=3)),)
READ = WasRead(DAYS, events=3, counted=1, skipped=0, etag='"1"')
HOUR = timedelta(hours=1)


@pytest.fixture
def row(db: Session, ama: Person, account: Account) -> OwnCalendar:
    made = OwnCalendar(
        person_id=ama.id,
        kind="address",
        label="Work",
        server="example.org",
        address_sealed=seal().close("https://example.org/a.ics"),
        created_at=NOW,
        due_at=NOW,
    )
    db.add(made)
    db.commit()
    return made


def settle(db: Session, row: OwnCalendar, outcome: object, now: datetime) -> OwnCalendar | None:
    return services.settle(db, calendar_id=row.id, revision=row.revision, outcome=outcome, now=now)


def test_what_was_read_is_read_again_after_some_hours(db: Session, row: OwnCalendar) -> None:
    assert settle(db, row, READ, NOW) is None
    assert (row.state, row.due_at, row.etag) == ("read", NOW + services.EVERY, '"1"')
    settle(db, row, Unchanged(), NOW + 6 * HOUR)
    assert (row.state, row.read_at, row.read_whole_at) == ("read", NOW + 6 * HOUR, NOW)
    assert db.scalars(select(BusySpan.first_day)).all() == [NOW.date()]


def test_a_server_that_fails_is_asked_less_and_less_often(db: Session, row: OwnCalendar) -> None:
    settle(db, row, READ, NOW)
    now, waits = NOW, []
    for _ in range(6):
        settle(db, row, NotRead("trouble"), now)
        assert row.due_at is not None
        waits.append(row.due_at - now)
        now = row.due_at
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=15)
    assert waits[-1] == timedelta(days=1)
    assert db.scalars(select(BusySpan.first_day)).all() == [NOW.date()]  # what was read goes on counting
    settle(db, row, READ, now)
    assert (row.state, row.problem, row.failures, row.failing_since) == ("read", "", 0, None)


def test_a_server_that_asks_us_to_wait_is_left_alone(db: Session, row: OwnCalendar) -> None:
    settle(db, row, NotRead("trouble", wait=7200), NOW)
    assert row.due_at == NOW + 2 * HOUR


def test_its_owner_is_told_once_in_their_language(db: Session, row: OwnCalendar, account: Account) -> None:
    account.language = "fr"
    settle(db, row, READ, NOW - HOUR)
    now = NOW
    told = []
    while now < NOW + timedelta(days=40) and row.state != "stopped":
        unreadable = settle(db, row, NotRead("denied"), now)
        if unreadable is not None:
            told.append(now)
            write_unreadable(db, calendar=unreadable, now=now)
        now = row.due_at or now
    assert len(told) == 1
    assert timedelta(hours=12) <= told[0] - NOW <= timedelta(days=2)
    [letter] = db.scalars(select(OutboxLetter)).all()
    assert (letter.to_address, letter.language) == (account.email, "fr")
    assert "Work" in letter.subject
    assert "example.org/a.ics" not in letter.text
    assert (row.state, row.due_at) == ("stopped", None)


def test_a_night_without_its_server_is_no_reason_for_a_letter(db: Session, row: OwnCalendar) -> None:
    for hours in (0, 1, 5, 9):
        assert settle(db, row, NotRead("no_answer"), NOW + hours * HOUR) is None
    settle(db, row, READ, NOW + 10 * HOUR)
    assert settle(db, row, NotRead("no_answer"), NOW + 24 * HOUR) is None


def test_a_reading_by_a_rule_of_before_is_thrown_away(db: Session, row: OwnCalendar, ama: Person) -> None:
    before = row.revision
    row.revision += 1
    services.settle(db, calendar_id=row.id, revision=before, outcome=READ, now=NOW)
    assert row.state == "new"
    assert services.settle(db, calendar_id=row.id + 1, revision=0, outcome=READ, now=NOW) is None


@pytest.mark.usefixtures("from_here")
def test_the_chore_queues_what_is_due_and_the_job_reads_it(
    db: Session, ama: Person, account: Account
) -> None:
    busy = clock.today() + timedelta(days=20)
    body = calendar(f"DTSTART;VALUE=DATE:{busy:%Y%m%d}")
    with serving(reply(body, ETag='"1"'), reply(status="304 Not Modified"), reply(body)) as server:
        row = OwnCalendar(
            person_id=ama.id,
            kind="address",
            label="Work",
            server="127.0.0.1",
            address_sealed=seal().close(f"{server.url}/a.ics"),
            created_at=NOW,
            due_at=NOW,
        )
        db.add(row)
        db.commit()
        assert queue_due(clock.now()) == 1
        assert queue_due(clock.now()) == 1  # a second tick queues nothing twice
        assert len(db.scalars(select(Job)).all()) == 1
        do_jobs(db)
        assert (row.state, row.etag) == ("read", '"1"')
        row.due_at = clock.now()
        db.commit()
        queue_due(clock.now())
        do_jobs(db)
        assert server.header("If-None-Match") == '"1"'
        row.due_at, row.read_whole_at = clock.now(), clock.now() - timedelta(days=8)
        db.commit()
        queue_due(clock.now())
        do_jobs(db)
        assert server.header("If-None-Match") is None  # now and then it is read whole
    assert db.scalars(select(BusySpan.first_day)).all() == [busy]
    assert queue_due(clock.now()) == 0


def test_an_address_that_cannot_be_opened_any_more_is_said_to_be_lost(db: Session, row: OwnCalendar) -> None:
    row.address_sealed = Seal(["another key"]).close("https://example.org/a.ics")
    db.commit()
    queue_due(clock.now())
    do_jobs(db)
    assert (row.state, row.problem) == ("failing", "address_lost")


def test_what_an_earlier_key_sealed_can_still_be_opened() -> None:
    sealed = Seal(["old"]).close("https://example.org/a.ics")
    assert Seal(["new", "old"]).open(sealed) == "https://example.org/a.ics"
    assert Seal(["new"]).open(sealed) is None
    assert "example" not in sealed


def test_with_the_person_go_their_calendars(db: Session, row: OwnCalendar) -> None:
    other = make_person(db)
    row.person_id = other.id
    settle(db, row, READ, NOW)
    db.delete(other)
    db.flush()
    db.expunge_all()
    assert db.scalars(select(OwnCalendar)).all() == []
    assert db.scalars(select(BusySpan)).all() == []
