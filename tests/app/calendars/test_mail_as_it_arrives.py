"""Invitations as they arrive at a real mail server: what decides whether they do, and have buttons."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import icalendar
import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from app.calendars.due import due_after
from app.calendars.invitations import Post
from app.mail.delivery import deliver_due
from app.mail.tags import person_of
from app.schedule.models import Version
from tests.app.mail.conftest import sends_to
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account


class Sink:
    """Keeps envelopes as they come."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [
            email.message_from_bytes(octets, policy=email.policy.default)
            for _, recipient, octets in self.taken
            if recipient == address
        ]


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
    season = make_season(db)
    season.meeting.titles = {"en": "Meeting\r\nBcc: x@example.net", "fr": "Réunion <script>"}
    make_account(db, person=season.ama, language="pt", timezone="Africa/Dakar")
    season.dede.languages = ["es"]
    db.commit()
    return season


def send(season: Season, version: Version, days: int = 0) -> None:
    now = NOW + timedelta(days=days)
    due = due_after(season.db, version_id=version.id, now=now)
    post = Post(season.db, due)
    for message in due:
        post.write(message, now=now)
    season.db.commit()
    deliver_due(now)


def calendar_of(message: EmailMessage) -> Any:
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return icalendar.Calendar.from_ical(part.get_payload(decode=True))


@pytest.mark.parametrize("tags", [True, False])
def test_sender_answer_address_and_organiser_agree(
    app: Flask, season: Season, sink: Controller, tags: bool
) -> None:
    with sends_to(app, sink.port, mail_reply_tags=tags):
        send(season, season.publish(season.meets()))
    senders = set()
    for mail_from, recipient, octets in sink.handler.taken:
        message = email.message_from_bytes(octets, policy=email.policy.default)
        address = parseaddr(str(message["From"]))[1]
        senders.add(address)
        assert address == parseaddr(str(message["Reply-To"]))[1] == mail_from
        event = calendar_of(message).events[0]
        assert str(event["ORGANIZER"]).lower() == f"mailto:{address}"
        assert str(event["ATTENDEE"]).lower() == f"mailto:{recipient}"
        person_id = person_of(address, ours="baraza@example.org")
        invited = next(one for one in (season.ama, season.chidi, season.dede) if one.email == recipient)
        assert person_id == (invited.id if tags else None)
    assert len(senders) == (3 if tags else 1)


def test_changes_and_cancellations_thread_under_the_first(
    app: Flask, season: Season, sink: Controller
) -> None:
    with sends_to(app, sink.port):
        send(season, season.publish(season.meets()))
        send(
            season, season.publish(season.meets("2027-03-16"), season.webinar_at(), now=NOW + timedelta(1)), 1
        )
        send(season, season.publish(season.webinar_at(), now=NOW + timedelta(2)), 2)
    first, second, third = (message for message in sink.handler.to(str(season.dede.email)))
    assert [calendar_of(one)["METHOD"] for one in (first, second, third)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert first["In-Reply-To"] is None
    for later in (second, third):
        assert later["In-Reply-To"] == later["References"] == first["Message-ID"]
    assert len({one["Message-ID"] for one in (first, second, third)}) == 3


def test_every_letter_is_light_plain_automatic_and_in_its_readers_language(
    app: Flask, season: Season, sink: Controller
) -> None:
    with sends_to(app, sink.port):
        send(season, season.publish(season.meets()))
    languages = {}
    for _, recipient, octets in sink.handler.taken:
        message = email.message_from_bytes(octets, policy=email.policy.default)
        assert len(octets) <= 50_000
        assert octets.isascii()
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Bcc"] is None
        assert "\n" not in str(message["Subject"])
        [alternative] = [
            part for part in message.walk() if part.get_content_type() == "multipart/alternative"
        ]
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        assert kinds == ["text/plain", "text/html", "text/calendar"]
        calendar = list(alternative.iter_parts())[-1]
        assert (calendar.get_param("method"), calendar.get_content_charset()) == ("REQUEST", "utf-8")
        assert calendar.get_content_disposition() is None
        [attached] = list(message.iter_attachments())
        assert attached.get_payload(decode=True) == calendar.get_payload(decode=True)
        html = message.get_body(("html",)).get_content()
        assert "<script>" not in html
        text = message.get_body(("plain",)).get_content()
        assert "<" not in text.replace("<script>", "")
        languages[recipient] = str(message["Content-Language"])
    assert languages == {
        season.ama.email: "pt", season.chidi.email: "fr", season.dede.email: "es",
    }  # fmt: skip
