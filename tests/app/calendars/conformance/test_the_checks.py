"""The checks find what they are for: a calendar spoilt in one way is found out by the check of that name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.calendars.ical import write_feed
from tests.app.calendars.conformance.checks import changes, faults
from tests.app.calendars.test_ical_feed import FEED

GOOD = write_feed(FEED)


def replaced(old: str, new: str) -> bytes:
    assert old.encode() in GOOD
    return GOOD.replace(old.encode(), new.encode())


def test_a_right_calendar_has_no_fault() -> None:
    assert faults(GOOD, "feed") == []


@pytest.mark.parametrize(
    ("found", "spoilt"),
    [
        ("raw.crlf", GOOD.replace(b"\r\n", b"\n", 1)),
        ("raw.fold75", replaced("SUMMARY:Plaidoyer", f"SUMMARY:{'x' * 80}")),
        ("raw.fold-utf8", GOOD.replace("é".encode(), b"\xc3\r\n \xa9")),
        ("raw.control", replaced("Plaidoyer", "Plai\x07doyer")),
        ("raw.line-syntax", replaced("SUMMARY:Plaidoyer", "SUMMARY Plaidoyer")),
        ("cal.version", replaced("VERSION:2.0", "VERSION:1.0")),
        ("itip.expected", replaced("CALSCALE:GREGORIAN", "METHOD:PUBLISH")),
        ("cal.name", replaced("X-WR-CALNAME:Awa", "X-WR-CALNAME:Ada")),
        ("cal.refresh", replaced("X-PUBLISHED-TTL:PT3H", "X-PUBLISHED-TTL:PT4H")),
        ("val.req-param", replaced("REFRESH-INTERVAL;VALUE=DURATION", "REFRESH-INTERVAL")),
        ("val.color", replaced("COLOR:seagreen", "COLOR:#2E8B57")),
        ("val.text-escape", replaced(r"Cotonou\; B", "Cotonou; B")),
        ("val.double-escape", replaced(r"Agenda 2030\, one", r"Agenda 2030\\, one")),
        ("val.uri", replaced("URL:https://baraza.example.org/s/3", "URL:baraza s/3")),
        ("comp.required", replaced("DTEND;VALUE=DATE:20270304\r\n", "")),
        ("evt.uid-unique", replaced("UID:webinar-7", "UID:workshop-3")),
        ("val.dtstamp-utc", replaced("DTSTAMP:20261120T080000Z", "DTSTAMP:20261120T080000")),
        ("val.enum", replaced("TRANSP:OPAQUE", "TRANSP:MAYBE")),
        ("evt.sequence", replaced("SEQUENCE:2", "SEQUENCE:-2")),
        ("val.geo", replaced("GEO:6.366667;2.433333", "GEO:6,366667;2,433333")),
        ("evt.end-type", replaced("DTEND;TZID=Africa/Lagos:20270304T163000", "DTEND:20270304T153000Z")),
        ("evt.floating", replaced("DTSTART;TZID=Africa/Lagos:", "DTSTART:")),
        ("evt.end-exclusive", replaced("DTEND;VALUE=DATE:20270304", "DTEND;VALUE=DATE:20270301")),
        ("evt.rdate", replaced("TRANSP:OPAQUE", "EXDATE:20270304T140000Z")),
        ("val.rrule", replaced("TRANSP:OPAQUE", "RRULE:FREQ=SECONDLY")),
        ("evt.alarm", replaced("TRANSP:OPAQUE", "BEGIN:VALARM\r\nEND:VALARM")),
        ("evt.attendee-published", replaced("TRANSP:OPAQUE", "ATTENDEE:mailto:awa@example.org")),
        ("evt.attendee-published", replaced("Trois jours.", "Trois jours. awa@example.org")),
        ("tz.defined", replaced("TZID:Africa/Lagos", "TZID:Africa/Dakar")),
        ("tz.rdate", replaced("TZNAME:WAT", "RDATE:20270304T140000")),
        ("tz.outlook", replaced("TZNAME:WAT", "RRULE:FREQ=MONTHLY;BYDAY=1SU")),
        ("tz.onset", replaced("19700101T000000\r\nTZOFFSETFROM:+01", "20260101T000000\r\nTZOFFSETFROM:+02")),
    ],
)  # fmt: skip
def test_a_spoilt_one_is_found_out(found: str, spoilt: bytes) -> None:
    assert found in {fault.partition(":")[0] for fault in faults(spoilt, "feed")}


@pytest.mark.parametrize(
    ("found", "spoil"),
    [
        ("upd.sequence", lambda data: data.replace(b"SEQUENCE:2", b"SEQUENCE:1")),
        ("upd.sequence", lambda data: data.replace(b"20270304T150000", b"20270304T140000")),
        ("evt.last-modified", lambda data: data.replace(b"Plaidoyer", b"Plaidoirie")),
        ("upd.uid-kept", lambda data: data.replace(b"UID:webinar-7", b"UID:webinar-8")),
    ],
)
def test_what_is_wrong_between_two_states_is_found_out(found: str, spoil: Callable[[bytes], bytes]) -> None:
    assert changes(GOOD, GOOD) == []
    assert found in {fault.partition(":")[0] for fault in changes(GOOD, spoil(GOOD))}
