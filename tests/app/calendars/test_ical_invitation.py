"""Invitations and cancellations as they go by mail."""

from dataclasses import replace
from datetime import UTC, date, datetime

import icalendar
import pytest

from app.calendars.entries import AllDay, Entry, Status
from app.calendars.ical import write_invitation
from tests.app.calendars.readers import Reader

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ENTRY = Entry(
    uid="workshop-3@baraza.example.org",
    sequence=4,
    summary="Plaidoyer",
    when=AllDay(date(2027, 3, 1), date(2027, 3, 3)),
    created_at=AT,
    modified_at=AT,
)
BARAZA = ("Forus: Baraza", "baraza@example.org")
ASKED = "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
AWA = ("Awa Diop", "awa@example.org")


def lines_of(data: bytes) -> list[str]:
    return data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_an_invitation_to_the_line() -> None:
    assert lines_of(write_invitation(ENTRY, method="REQUEST", organizer=BARAZA, attendee=AWA)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Baraza//Baraza 1//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:workshop-3@baraza.example.org",
        "DTSTAMP:20261120T080000Z",
        "CREATED:20261120T080000Z",
        "LAST-MODIFIED:20261120T080000Z",
        "SEQUENCE:4",
        "STATUS:CONFIRMED",
        "DTSTART;VALUE=DATE:20270301",
        "DTEND;VALUE=DATE:20270304",
        "SUMMARY:Plaidoyer",
        "TRANSP:OPAQUE",
        'ORGANIZER;CN="Forus: Baraza":mailto:baraza@example.org',
        f'ATTENDEE;{ASKED};CN="Awa Diop":mailto:awa@example.org',
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@pytest.mark.parametrize("status", Status)
def test_a_cancellation_says_so_twice_and_asks_nothing(status: Status) -> None:
    entry = replace(ENTRY, status=status)
    lines = lines_of(write_invitation(entry, method="CANCEL", organizer=BARAZA, attendee=AWA))
    assert "METHOD:CANCEL" in lines
    assert "STATUS:CANCELLED" in lines
    assert "SEQUENCE:4" in lines
    assert not any("RSVP" in line for line in lines)


def test_an_answer_given_before_can_be_repeated() -> None:
    data = write_invitation(ENTRY, method="REQUEST", organizer=BARAZA, attendee=AWA, partstat="ACCEPTED")
    assert "PARTSTAT=ACCEPTED" in lines_of(data)[-3]


def test_every_reader_finds_one_event(reader: Reader) -> None:
    [event] = reader(write_invitation(ENTRY, method="REQUEST", organizer=BARAZA, attendee=AWA))
    assert (event.uid, event.sequence, event.end) == (ENTRY.uid, 4, date(2027, 3, 4))


@pytest.mark.parametrize("name", ['Awa "A" Diop', "a:b;c,d", "Zoë\r\nX:y", "", "=?utf-8?q?x?=", "^n ^^ \\n"])
def test_no_name_spoils_the_addresses(name: str) -> None:
    data = write_invitation(ENTRY, method="REQUEST", organizer=(name, BARAZA[1]), attendee=(name, AWA[1]))
    [event] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert (event["ORGANIZER"], event["ATTENDEE"]) == ("mailto:baraza@example.org", "mailto:awa@example.org")
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


def test_nobody_is_invited_to_what_is_cancelled() -> None:
    with pytest.raises(ValueError, match="is cancelled"):
        write_invitation(
            replace(ENTRY, status=Status.CANCELLED), method="REQUEST", organizer=BARAZA, attendee=AWA
        )


def test_the_organizer_is_not_invited() -> None:
    with pytest.raises(ValueError, match="organizer"):
        write_invitation(ENTRY, method="REQUEST", organizer=BARAZA, attendee=("X", "Baraza@Example.org"))
