"""Answers that come back: over LMTP, in the form of real programs, and what strangers send."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.calendars.answers import jobs
from app.calendars.due import due_after
from app.calendars.invitations import Post
from app.calendars.models import IncomingAnswer, Invitation
from app.confirmations.models import PlaceAnswer
from app.db import database
from app.facts import AuditEntry
from app.mail.lmtp import MAX_OCTETS, Door, open_door
from app.mail.models import BouncingAddress, OutboxLetter
from app.mail.tags import person_of, tag_of
from app.network.models import Person
from app.schedule.models import Seat
from tests.app.calendars import real_answers
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]
OURS = "baraza@example.org"


@pytest.fixture
def season(db: Session) -> Season:
    """A season of which everybody has been written to."""
    season = make_season(db)
    publish(season)
    return season


def publish(season: Season, day: str = "2027-03-09", days_later: int = 0) -> None:
    now = NOW + timedelta(days=days_later)
    version = season.publish(season.meets(day), now=now)
    due = due_after(season.db, version_id=version.id, now=now)
    post = Post(season.db, due)
    for message in due:
        post.write(message, now=now)
    for letter in season.db.scalars(select(OutboxLetter)):
        letter.state, letter.attempts = "sent", 1
    season.db.commit()


@contextmanager
def door(app: Flask, take: Callable[..., object] | None = None) -> Iterator[int]:
    """The port of an LMTP server that takes messages in for `app`."""

    def take_in(octets: bytes, recipients: Any) -> None:
        with app.app_context():
            (take or jobs.take_in)(octets, recipients, "lmtp")

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loop, opened = asyncio.new_event_loop(), threading.Event()
    inside = Door(take_in)

    async def serve() -> None:
        server = await open_door(inside, "127.0.0.1", port)
        opened.set()
        await stop.wait()
        server.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    opened.wait(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        inside.close()
        loop.close()


@pytest.fixture
def bring(app: Flask, db: Session) -> Iterator[Callable[..., IncomingAnswer]]:
    """`bring(octets)`: hand a message over as the mail server does; what was kept of it."""
    with door(app) as port:

        def brought(octets: bytes, to: str = OURS) -> IncomingAnswer:
            with smtplib.LMTP("127.0.0.1", port) as client:
                client.sendmail("", [to], octets, mail_options=["BODY=8BITMIME"])
            db.expire_all()
            return db.scalars(select(IncomingAnswer).order_by(IncomingAnswer.id.desc())).first()

        yield brought


Bring = Callable[..., IncomingAnswer]


def said(season: Season, person: Person, **values: Any) -> dict[str, Any]:
    return {
        "uid": season.session_of(season.meeting).uid,
        "attendee": str(person.email),
        "organizer": OURS,
        "sequence": 0,
        **values,
    }


def seat_of(season: Season, person: Person) -> Seat:
    return season.db.scalars(
        select(Seat).where(Seat.person_id == person.id).execution_options(populate_existing=True)
    ).one()


def outcome(row: IncomingAnswer) -> tuple[str, str]:
    return row.outcome, row.reason


# -- Real programs


@pytest.mark.parametrize("client", real_answers.CLIENTS.values(), ids=real_answers.CLIENTS)
@pytest.mark.parametrize("answer", ["accepted", "declined", "tentative"])
def test_a_participants_program_answers(season: Season, bring: Bring, client: Any, answer: str) -> None:
    row = bring(client(**said(season, season.chidi, answer=answer, comment="See you")))
    assert (outcome(row), row.answer, row.person_id) == (("taken", ""), answer, season.chidi.id)
    assert row.word == "See you"
    assert seat_of(season, season.chidi).state == ("given_up" if answer == "declined" else "held")
    assert seat_of(season, season.dede).state == "held"
    told = season.db.scalars(select(Invitation).where(Invitation.person_id == season.chidi.id)).one()
    assert told.answer == answer


@pytest.mark.parametrize(
    ("answer", "lands_as"), [("accepted", "accepted"), ("declined", "declined"), ("tentative", "unsure")]
)
def test_a_facilitators_answer_lands_where_a_tap_on_the_link_does(
    season: Season, bring: Bring, answer: str, lands_as: str
) -> None:
    row = bring(real_answers.exchange(**said(season, season.ama, answer=answer, comment="Ill")))
    assert outcome(row) == ("taken", "")
    kept = season.db.scalars(select(PlaceAnswer)).one()
    assert (kept.answer, kept.via, kept.word, kept.answered_by) == (lands_as, "calendar", "Ill", "Ama")


def test_the_same_message_brought_again_changes_nothing(season: Season, bring: Bring) -> None:
    octets = real_answers.google(**said(season, season.chidi, answer="declined"))
    assert bring(octets).id == bring(octets).id
    facts = season.db.scalars(select(AuditEntry.fact)).all()
    assert facts.count("SeatGivenUp") == 1


def test_another_time_is_a_wish_and_so_is_another_person(season: Season, bring: Bring) -> None:
    row = bring(real_answers.counter(**said(season, season.chidi)))
    assert (outcome(row), row.answer, row.word) == (("wish", ""), "counter", "A day later would do")
    assert str(row.wish_start) == "2027-03-10 08:00:00+00:00"
    row = bring(real_answers.delegated(**said(season, season.chidi)))
    assert (outcome(row), row.answer, row.word) == (("wish", ""), "delegated", "other@example.net")
    assert seat_of(season, season.chidi).state == "held"


# -- What does not count


def test_an_answer_to_an_earlier_date_is_stale(season: Season, bring: Bring) -> None:
    publish(season, "2027-03-16", days_later=1)
    row = bring(real_answers.apple(**said(season, season.chidi, answer="declined", sequence=0)))
    assert outcome(row) == ("aside", "stale")
    assert seat_of(season, season.chidi).state == "held"
    row = bring(real_answers.apple(**said(season, season.chidi, answer="declined", sequence=1)))
    assert outcome(row) == ("taken", "")


def test_an_answer_that_overtook_a_later_one_does_not_undo_it(season: Season, bring: Bring) -> None:
    later = real_answers.exchange(**said(season, season.ama, answer="declined"))
    earlier = real_answers.thunderbird(**said(season, season.ama, answer="accepted"))
    assert outcome(bring(later)) == ("taken", "")
    assert outcome(bring(earlier)) == ("aside", "overtaken")


def test_an_answer_for_somebody_else_is_forged_unless_it_came_to_the_address_signed_for_them(
    season: Season, bring: Bring
) -> None:
    octets = real_answers.thunderbird(**said(season, season.chidi, answer="declined"))
    forged = octets.replace(
        b"From: Chidi <" + str(season.chidi.email).encode(), b"From: Eve <eve@example.net"
    )
    assert outcome(bring(forged)) == ("aside", "forged")
    assert seat_of(season, season.chidi).state == "held"
    wrong = f"baraza+{tag_of(season.dede.id)}@example.org"
    assert outcome(bring(forged + b"\r\n", wrong)) == ("aside", "forged")
    tagged = f"baraza+{tag_of(season.chidi.id).upper()}@example.org"
    assert outcome(bring(forged + b"\r\n\r\n", tagged)) == ("taken", "")


def test_a_part_of_an_address_is_not_the_address(season: Season, bring: Bring) -> None:
    longer = f"x{season.chidi.email}"
    row = bring(real_answers.google(**said(season, season.chidi, answer="declined", attendee=longer)))
    assert outcome(row) == ("aside", "not_invited")


def test_what_is_of_another_system_or_from_no_program_is_kept_aside(season: Season, bring: Bring) -> None:
    other = real_answers.google(**said(season, season.chidi, answer="declined", uid="x@elsewhere"))
    assert outcome(bring(other)) == ("aside", "other_system")
    future = real_answers.google(**said(season, season.chidi, answer="declined", sequence=7))
    assert outcome(bring(future)) == ("aside", "not_ours")
    who = {"attendee": str(season.chidi.email), "organizer": OURS}
    row = bring(real_answers.words(**who))
    assert (outcome(row), row.word) == (("aside", "only_words"), "Is there a hotel near by?")
    row = bring(real_answers.absence(**who))
    assert outcome(row) == ("aside", "auto_reply")
    assert row.seen_at is not None


def nested(depth: int) -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)
    )
    return b"From: a@example.net\r\n" + head + b"Content-Type: text/plain\r\n\r\nhello\r\n"


CALENDAR = b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n%sEND:VCALENDAR\r\n"
EVENT = b"BEGIN:VEVENT\r\nUID:x\r\n%sATTENDEE;PARTSTAT=ACCEPTED:mailto:a@example.net\r\nEND:VEVENT\r\n"
ENDLESS_ZONE = (
    b"BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
    b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
PARTS = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 10_000
LARGE = b"From: a@example.net\r\n\r\n" + (b"y" * 998 + b"\r\n") * 30_000
BROKEN = (
    b"Content-Type: text/calendar; method=REPLY\r\nContent-Transfer-Encoding: base64\r\n\r\n@@@ QkVHSU4 =\0"
)
UNKNOWN_CHARSET = b"Subject: =?x-unknown?q?a?=\r\nContent-Type: text/plain; charset=x-none\r\n\r\n\xff\xfe"

HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing at all": (b"\r\n", "only_words"),
    "no headers": (b"\r\n\r\nhello", "only_words"),
    "nested a hundred deep": (nested(100), "too_deep"),
    "nested five thousand deep": (nested(5_000), "too_deep"),
    "ten thousand parts": (PARTS, "too_many_parts"),
    "thirty megabytes": (LARGE, "too_large"),
    "NULs": (b"From: a\0b@example.net\r\nSubject: \0\r\n\r\n\0\0\0", "only_words"),
    "base64 that is none": (BROKEN, "only_words"),
    "a calendar cut short": (CALENDAR.partition(b"%s")[0] + b"BEGIN:VEVENT\r\nUID:x", "malformed"),
    "a charset that nobody knows": (UNKNOWN_CHARSET, "only_words"),
    "a header of two hundred kilobytes": (b"Subject: a" + b"\r\n a" * 50_000 + b"\r\n\r\nx", "only_words"),
    "a zone that never ends": (
        CALENDAR % (ENDLESS_ZONE + EVENT % b"RRULE:FREQ=SECONDLY\r\n"),
        "other_system",
    ),
    "a sequence that is no number": (CALENDAR % (EVENT % b"SEQUENCE:many\r\n"), "malformed"),
}


@pytest.mark.parametrize("form", HOSTILE)
def test_what_strangers_send_is_kept_aside_and_changes_nothing(
    season: Season, bring: Bring, form: str
) -> None:
    octets, reason = HOSTILE[form]
    states = [seat_of(season, person).state for person in (season.chidi, season.dede)]
    started = clock.now()
    row = bring(octets)
    assert outcome(row) == ("aside", reason)
    assert clock.now() - started < timedelta(seconds=20)
    assert [seat_of(season, person).state for person in (season.chidi, season.dede)] == states


def test_what_is_too_large_is_refused_at_the_door(app: Flask, db: Session) -> None:
    with door(app) as port, smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo_or_helo_if_needed()
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            client.sendmail("a@example.net", [OURS], b"x" * (MAX_OCTETS + 1))
    assert db.scalars(select(IncomingAnswer)).all() == []


def test_what_cannot_be_kept_just_now_is_asked_for_again(app: Flask) -> None:
    def away(*_: Any) -> None:
        raise OSError("the database is away")

    with (
        door(app, away) as port,
        smtplib.LMTP("127.0.0.1", port) as client,
        pytest.raises(smtplib.SMTPDataError, match="451"),
    ):
        client.sendmail("a@example.net", [OURS], b"hello")


# -- Letters that come back


def test_a_letter_that_came_back_marks_the_address_and_what_it_said_was_not_heard(
    season: Season, bring: Bring
) -> None:
    letter = season.db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Chidi")).one()
    report = {"address": str(season.chidi.email).upper(), "to": OURS, "message_id": letter.message_id}
    late = bring(real_answers.came_back(**report, action="delayed", status="4.4.1"))
    assert outcome(late) == ("aside", "bounce_for_now")
    row = bring(real_answers.came_back(**report))
    assert (outcome(row), row.person_id) == (("bounce", ""), season.chidi.id)
    bouncing = season.db.scalars(select(BouncingAddress)).one()
    assert (bouncing.address, bouncing.reason) == (season.chidi.email, "5.1.1 550 5.1.1 No such user")
    told = season.db.scalars(select(Invitation).where(Invitation.person_id == season.chidi.id)).one()
    assert told.address == ""


def test_a_coordinator_sees_on_somebodys_page_that_letters_come_back_and_says_when_the_address_works(
    season: Season, db: Session, sign_in_as: SignIn
) -> None:
    season.chidi.email = "Chidi@example.net"
    db.add(BouncingAddress(address="chidi@example.net", since=NOW, reason="5.1.1"))
    chidi, dede = (f"/network/people/{person.code}" for person in (season.chidi, season.dede))
    officer = make_account(db, role="officer", organisation=season.chidi.organisation)
    said = "Letters have come back from Chidi@example.net since"
    coordinator = sign_in_as(make_account(db, role="coordinator"))
    assert said in Page(coordinator.get(chidi).text).text
    assert "have come back" not in coordinator.get(dede).text
    page = sign_in_as(officer).get(chidi)
    assert (page.status_code, "have come back" in page.text) == (200, False)
    coordinator.post("/calendars/addresses/works", data={"address": "Chidi@example.net"})
    assert "have come back" not in coordinator.get(chidi).text


def test_a_report_about_no_letter_of_ours_marks_nothing(season: Season, bring: Bring) -> None:
    """Else anybody could have us write to nobody any more."""
    letter = season.db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Chidi")).one()
    made_up = {"address": str(season.chidi.email), "to": OURS, "message_id": "<x@example.org>"}
    assert outcome(bring(real_answers.came_back(**made_up))) == ("aside", "bounce_unknown")
    other = {"address": str(season.dede.email), "to": OURS, "message_id": letter.message_id}
    assert outcome(bring(real_answers.came_back(**other))) == ("aside", "bounce_unknown")
    assert season.db.scalars(select(BouncingAddress)).all() == []


# -- Signed addresses


def test_a_tag_stands_for_one_person_whatever_the_case_and_for_no_other(app: Flask) -> None:
    address = f"baraza+{tag_of(17)}@example.org"
    assert person_of(address.upper(), ours=OURS) == 17
    assert person_of(address.replace("17.", "18."), ours=OURS) is None
    assert person_of(address.replace("example.org", "example.net"), ours=OURS) is None
    assert person_of(address[:20] + "\n" + address[20:], ours=OURS) is None
    assert len(address.partition("@")[0]) <= 64


def test_what_an_earlier_key_signed_stays_valid(app: Flask) -> None:
    address = f"baraza+{tag_of(17)}@example.org"
    key = app.config["SECRET_KEY"]
    app.config.update(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=[key])
    try:
        assert person_of(address, ours=OURS) == 17
    finally:
        app.config.update(SECRET_KEY=key, SECRET_KEY_FALLBACKS=[])


# -- The pages


def test_a_coordinator_looks_at_what_was_kept_aside_and_is_done_with_it(
    season: Season, bring: Bring, sign_in_as: SignIn
) -> None:
    bring(real_answers.words(attendee=str(season.chidi.email), organizer=OURS))
    browser = sign_in_as(make_account(season.db, role="coordinator"))
    assert "1 answer by mail has to be looked at" in Page(browser.get("/").text).links()
    page = Page(browser.get("/calendars/answers").text)
    assert page.heading == "Answers by mail"
    assert "Is there a hotel near by?" in page.text
    row = season.db.scalars(select(IncomingAnswer)).one()
    assert browser.post(f"/calendars/answers/{row.id}/seen").status_code == 303
    assert "Nothing to look at" in Page(browser.get("/calendars/answers").text).text
    assert "hotel" in browser.get("/calendars/answers?all=yes").text
    assert "to be looked at" not in browser.get("/").text


def test_an_address_that_works_again_is_written_to_what_it_missed(
    season: Season, bring: Bring, sign_in_as: SignIn
) -> None:
    letter = season.db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Chidi")).one()
    address = str(season.chidi.email)
    bring(real_answers.came_back(address=address, to=OURS, message_id=letter.message_id))
    version = season.session_of(season.meeting).version_id
    assert due_after(season.db, version_id=version, now=NOW) == []
    browser = sign_in_as(make_account(season.db, role="coordinator"))
    assert address in browser.get("/calendars/answers").text
    assert browser.post("/calendars/addresses/works", data={"address": address}).status_code == 303
    assert browser.post("/calendars/addresses/works", data={"address": address}).status_code == 404
    database.session.expire_all()
    assert [each.person_id for each in due_after(season.db, version_id=version, now=NOW)] == [season.chidi.id]


def test_nobody_else_sees_what_came(season: Season, sign_in_as: SignIn) -> None:
    browser = sign_in_as(make_account(season.db, role="officer"))
    assert browser.get("/calendars/answers").status_code == 403
