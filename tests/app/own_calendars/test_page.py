"""The page of one's own calendars: connect, see what was read, take away. Without any JavaScript."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.availability.busy import BusySpan
from app.availability.queries import spans_for_planning
from app.availability.spans import Span
from app.facts import AuditEntry
from app.network.models import Person
from app.own_calendars.jobs import seal
from app.own_calendars.models import OwnCalendar
from tests.app.own_calendars.conftest import do_jobs, only_calendar
from tests.busy_times.orders import calendar
from tests.busy_times.servers import reply, serving
from tests.factories import make_account, make_organisation, make_person
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]
PATH = "/availability/calendars"
START = clock.today() + timedelta(days=30)
BUSY = Span(START, START + timedelta(days=4))
LONG = {"rule": "long", "hours": "4", "label": "Work"}


def week(start: object = START) -> bytes:
    end = START + timedelta(days=5)
    return calendar(f"SUMMARY:Hospital\nDTSTART;VALUE=DATE:{start:%Y%m%d}\nDTEND;VALUE=DATE:{end:%Y%m%d}")


def busy(db: Session, person: Person) -> list[Span]:
    db.expire_all()
    rows = db.scalars(select(BusySpan).where(BusySpan.person_id == person.id).order_by(BusySpan.first_day))
    return [Span(row.first_day, row.last_day) for row in rows]


@pytest.mark.usefixtures("from_here")
def test_an_address_is_read_in_the_background_and_its_days_count(
    client: FlaskClient, db: Session, ama: Person
) -> None:
    with serving(reply(week(), ETag='"1"')) as server:
        answer = client.post(PATH, data={**LONG, "address": f"{server.url}/secret-of-ama/a.ics"})
        assert (answer.status_code, answer.location) == (303, PATH)
        assert "Being read" in Page(client.get(PATH).text).text
        assert do_jobs(db) == 1
    page = Page(client.get(PATH).text)
    assert "It has 1 event; 1 takes a day of yours in the time to come." in page.text
    assert "Work" in [element.text for element in page.root.all("h3")]
    assert "secret-of-ama" not in client.get(PATH).text
    assert "Hospital" not in client.get(PATH).text
    assert busy(db, ama) == [BUSY]
    planned = spans_for_planning(db, [ama.id], START - timedelta(days=1), START + timedelta(days=10))
    assert BUSY in planned[ama.id].unavailable or any(
        BUSY.first in each and BUSY.last in each for each in planned[ama.id].unavailable
    )


@pytest.mark.usefixtures("from_here")
def test_nothing_of_the_address_stands_anywhere_in_the_database(client: FlaskClient, db: Session) -> None:
    with serving(reply(week())) as server:
        client.post(PATH, data={**LONG, "address": f"{server.url}/secret-of-ama/a.ics"})
        do_jobs(db)
    tables = db.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
    for table in tables:
        for row in db.execute(text(f'SELECT * FROM "{table}"')):
            assert "secret-of-ama" not in str(tuple(row)), table
            assert "Hospital" not in str(tuple(row)), table
    exported = json.loads(client.post("/account/data").text)
    [kept] = exported["own_calendar"]
    assert "address_sealed" not in kept
    assert kept["server"] == "127.0.0.1"
    assert exported["busy_span"][0]["first_day"] == BUSY.first.isoformat()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Enter the address."),
        ("my calendar", "This is not the address of a calendar."),
        ("ftp://example.org/a.ics", "Only addresses that begin with https:// or webcal:// can be read."),
        ("https://ama:pw@example.org/a.ics", "The address holds a name or a password."),
        ("https://example.org:22/a.ics", "The address names an unusual port."),
        ("https://10.0.0.1/a.ics", "There is no calendar server on the public internet at this address."),
        ("https://localhost/a.ics", "There is no calendar server on the public internet at this address."),
    ],
)
def test_what_cannot_be_an_address_is_said_at_the_field(
    client: FlaskClient, db: Session, address: str, said: str
) -> None:
    answer = client.post(PATH, data={**LONG, "address": address})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert said in page.errors()[0]
    assert page.field("address") == address
    assert db.scalars(select(OwnCalendar)).all() == []


def test_what_leads_inside_a_network_is_found_where_it_is_read(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    """As a name whose owner points it inside later; what leads there is in `tests/busy_times`."""
    client.post(PATH, data={**LONG, "address": "https://example.org/a.ics"})
    only_calendar(db).address_sealed = seal().close("https://10.0.0.1/a.ics")
    do_jobs(db)
    assert only_calendar(db).problem == "not_public"
    assert "There is no calendar server on the public internet" in Page(client.get(PATH).text).text


def test_what_is_sent_twice_is_connected_once_and_told_the_same(client: FlaskClient, db: Session) -> None:
    form = {**LONG, "address": "https://example.org/a.ics", "once": "a" * 32}
    file = {"rule": "all_day", "hours": "4", "label": "", "once": "b" * 32}
    for _ in range(2):
        assert client.post(PATH, data=form).status_code == 303
        brought = client.post(f"{PATH}/file", data={**file, "file": (io.BytesIO(week()), "ama.ics")})
        assert brought.status_code == 303
    assert sorted(db.scalars(select(OwnCalendar.kind))) == ["address", "file"]


def test_five_calendars_are_all_there_can_be_and_each_only_once(client: FlaskClient, db: Session) -> None:
    for number in range(5):
        client.post(PATH, data={**LONG, "address": f"https://example.org/{number}.ics"})
    again = client.post(PATH, data={**LONG, "address": "https://example.org/0.ics"})
    assert again.status_code == 422
    assert len(db.scalars(select(OwnCalendar)).all()) == 5
    client.post(f"{PATH}/{db.scalars(select(OwnCalendar.id)).first()}/remove")
    twice = client.post(PATH, data={**LONG, "address": "webcal://example.org/1.ics"})
    assert Page(twice.text).errors() == ["You have given this address already."]


def test_a_file_is_read_at_once_and_not_kept(client: FlaskClient, db: Session, ama: Person) -> None:
    answer = client.post(
        f"{PATH}/file",
        data={"rule": "all_day", "hours": "4", "label": "", "file": (io.BytesIO(week()), "ama.ics")},
    )
    assert answer.status_code == 303
    row = only_calendar(db)
    assert (row.kind, row.label, row.address_sealed, row.due_at) == ("file", "ama.ics", "", None)
    assert busy(db, ama) == [BUSY]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"Dear all", "This is not a calendar in iCalendar format (.ics)."),
        (b"<html>", "There is a web page at this address, not a calendar."),
        (week()[:60], "The calendar breaks off in the middle."),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_kindly(client: FlaskClient, file: bytes, said: str) -> None:
    answer = client.post(f"{PATH}/file", data={**LONG, "file": (io.BytesIO(file), "a.ics")})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.errors()[0].startswith(said)
    assert page.field("hours") == "4"


@pytest.mark.usefixtures("from_here")
def test_other_events_count_after_another_choice(client: FlaskClient, db: Session, ama: Person) -> None:
    short = calendar(f"DTSTART:{START:%Y%m%d}T090000Z\nDTEND:{START:%Y%m%d}T110000Z")
    with serving(reply(short)) as server:
        client.post(PATH, data={**LONG, "address": f"{server.url}/a.ics"})
        do_jobs(db)
        assert busy(db, ama) == []
        row = only_calendar(db)
        wrong = client.post(f"{PATH}/{row.id}", data={"rule": "long", "hours": "90", "label": "Work"})
        assert Page(wrong.text).errors() == ["Enter a number of hours from 1 to 24."]
        client.post(f"{PATH}/{row.id}", data={"rule": "long", "hours": "2", "label": "Work"})
        do_jobs(db)
    assert busy(db, ama) == [Span(START, START)]


@pytest.mark.usefixtures("from_here")
def test_what_is_removed_is_gone_at_once(client: FlaskClient, db: Session, ama: Person) -> None:
    with serving(reply(week())) as server:
        client.post(PATH, data={**LONG, "address": f"{server.url}/a.ics"})
        do_jobs(db)
    client.post(f"{PATH}/{only_calendar(db).id}/remove")
    db.expire_all()
    assert db.scalars(select(OwnCalendar)).all() == []
    assert busy(db, ama) == []
    facts = db.scalars(select(AuditEntry.fact).where(AuditEntry.subject_kind == "person")).all()
    assert facts[-2:] == ["CalendarConnected", "CalendarForgotten"]


def test_a_calendar_is_nobody_elses(
    client: FlaskClient, db: Session, ama: Person, sign_in_as: SignIn
) -> None:
    """Not even theirs who look after its owner: they see the days."""
    client.post(PATH, data={**LONG, "address": "https://example.org/a.ics"})
    row = only_calendar(db)
    colleague = make_person(db, organisation=ama.organisation)
    for other in (
        make_account(db, role="focal_point", organisation=ama.organisation, person=colleague),
        make_account(db, role="coordinator", person=make_person(db, organisation=make_organisation(db))),
    ):
        stranger = sign_in_as(other)
        assert "example.org/a" not in stranger.get(PATH).text
        assert Page(stranger.get(PATH).text).root.all("h3") == []
        for action in ("", "/read", "/remove"):
            assert stranger.post(f"{PATH}/{row.id}{action}", data=LONG).status_code == 404
    assert only_calendar(db).label == "Work"


def test_it_is_not_read_again_every_second(client: FlaskClient, db: Session) -> None:
    client.post(PATH, data={**LONG, "address": "https://localtest.invalid/a.ics"})
    do_jobs(db)
    assert only_calendar(db).state == "failing"
    client.post(f"{PATH}/{only_calendar(db).id}/read")
    assert "This calendar was read a moment ago." in Page(client.get(PATH).text).text
    assert do_jobs(db) == 0
