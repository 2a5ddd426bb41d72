"""Files that mean harm or are badly broken: read within bounds, and never at the cost of the good ones.

`SURVIVED` lists those beside which a good event is still read, `REFUSED` those that are refused as a whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from app.own_calendars.reading import NotRead, WasRead
from tests.busy_times.orders import A_WEEK_AWAY, SMALL, calendar, read_file, spans

BEACH = ("2027-03-01", "2027-03-05")
LIMITS = {"cpu_seconds": 5}
SECONDS = 45

JUNE = "DTSTART:20270601T090000Z\nDTEND:20270601T100000Z\n"


def beside(*events: str, head: str = "") -> bytes:
    """The week at the beach, and these events."""
    return calendar(*events, A_WEEK_AWAY, head=head)


def zone(lines: str) -> str:
    return f"BEGIN:VTIMEZONE\nTZID:Nowhere\n{lines}\nEND:VTIMEZONE\n"


def observance(start: str, offset_from: str, offset_to: str, rule: str) -> str:
    offsets = f"TZOFFSETFROM:{offset_from}\nTZOFFSETTO:{offset_to}"
    return f"BEGIN:STANDARD\nDTSTART:{start}\n{offsets}\n{rule}\nEND:STANDARD"


IN_NOWHERE = "DTSTART;TZID=Nowhere:20270601T090000\nDTEND;TZID=Nowhere:20270601T100000"

SURVIVED: dict[str, Callable[[], bytes]] = {
    "every second for ever": lambda: beside(JUNE + "RRULE:FREQ=SECONDLY"),
    "every second since 1970": lambda: beside("DTSTART:19700101T000000Z\nRRULE:FREQ=SECONDLY;INTERVAL=1"),
    "every minute, ten thousand times": lambda: beside(JUNE + "RRULE:FREQ=MINUTELY;COUNT=10000"),
    "every second of every day": lambda: beside(
        JUNE
        + "RRULE:FREQ=DAILY;BYHOUR="
        + ",".join(map(str, range(24)))
        + ";BYMINUTE="
        + ",".join(map(str, range(60)))
        + ";BYSECOND="
        + ",".join(map(str, range(60)))
    ),
    "daily since the year 1": lambda: beside(
        "DTSTART:00010101T000000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    ),
    "a rule that never holds": lambda: beside(JUNE + "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "a rule of ten thousand letters": lambda: beside(
        JUNE + "RRULE:FREQ=DAILY;BYYEARDAY=" + "1," * 5000 + "1"
    ),
    "an interval of zero": lambda: beside(JUNE + "RRULE:FREQ=DAILY;INTERVAL=0"),
    "a negative interval": lambda: beside(JUNE + "RRULE:FREQ=DAILY;INTERVAL=-1"),
    "an interval beyond numbers": lambda: beside(JUNE + "RRULE:FREQ=DAILY;INTERVAL=" + "9" * 300),
    "a count beyond numbers": lambda: beside(JUNE + "RRULE:FREQ=YEARLY;COUNT=" + "9" * 30),
    "no frequency": lambda: beside(JUNE + "RRULE:COUNT=3"),
    "two rules": lambda: beside(JUNE + "RRULE:FREQ=SECONDLY\nRRULE:FREQ=SECONDLY"),
    "a rule that is none": lambda: beside(JUNE + "RRULE:every second Tuesday"),
    "a hundred thousand exceptions in one line": lambda: beside(
        JUNE + "RRULE:FREQ=DAILY\nEXDATE:" + ",".join(["20270601T090000Z"] * 100_000)
    ),
    "a hundred thousand lines of exceptions": lambda: beside(
        JUNE + "RRULE:FREQ=DAILY\n" + "EXDATE:20270601T090000Z\n" * 100_000
    ),
    "a hundred thousand further dates": lambda: beside(JUNE + "RDATE:20270601T090000Z\n" * 100_000),
    "exceptions that are no dates": lambda: beside(JUNE + "RRULE:FREQ=DAILY;COUNT=2\nEXDATE:never"),
    "a line of ten megabytes": lambda: beside(JUNE + "DESCRIPTION:" + "x" * 10_000_000),
    "a folded line of five megabytes": lambda: beside(JUNE + "DESCRIPTION:" + "xxxxxxxxxxxx\n " * 400_000),
    "a name of a property of a megabyte": lambda: beside(JUNE + "x" * 1_000_000 + ":1"),
    "fifty thousand alarms": lambda: beside(JUNE + "BEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\n" * 50_000),
    "an attachment of five megabytes": lambda: beside(JUNE + "ATTACH;ENCODING=BASE64:" + "QUJD" * 1_250_000),
    "half a million empty lines": lambda: SMALL.replace(b"BEGIN:VEVENT", b"\r\n" * 500_000 + b"BEGIN:VEVENT"),
    "all kinds of line ends": lambda: SMALL.replace(b"\r\n", b"\n").replace(b"\nUID", b"\r\nUID"),
    "line ends of old Macs": lambda: SMALL.replace(b"\r\n", b"\r"),
    "nothing but control characters": lambda: beside(
        JUNE + "SUMMARY:" + "".join(map(chr, range(1, 9))) * 1000
    ),
    "NUL everywhere": lambda: beside(JUNE + "SUMMARY:\0\0\0\nLOCATION:\0"),
    "bytes that are no UTF-8": lambda: SMALL.replace(b"Beach", bytes(range(128, 256)) * 100),
    "Latin-1": lambda: SMALL.replace(b"Beach", "Été à la plage".encode("latin-1")),
    "UTF-8 with a mark in front": lambda: b"\xef\xbb\xbf" + SMALL,
    "UTF-16": lambda: SMALL.decode().encode("utf-16"),
    "small letters": lambda: SMALL.replace(b"BEGIN", b"begin").replace(b"DTSTART;VALUE", b"dtstart;value"),
    "no start": lambda: beside("DTEND:20270601T090000Z"),
    "a start that is no date": lambda: beside("DTSTART:tomorrow\nDTEND:later"),
    "the 31st of February": lambda: beside("DTSTART;VALUE=DATE:20270231"),
    "the year zero": lambda: beside("DTSTART;VALUE=DATE:00000000\nRRULE:FREQ=DAILY"),
    "the end of time": lambda: beside("DTSTART;VALUE=DATE:99991231\nRDATE;VALUE=DATE:20270601"),
    "an end before the start": lambda: beside("DTSTART:20270601T100000Z\nDTEND:20270601T090000Z"),
    "a length of a billion weeks": lambda: beside("DTSTART:20270601T100000Z\nDURATION:P999999999W"),
    "a length below nothing": lambda: beside("DTSTART:20270601T100000Z\nDURATION:-PT5H"),
    "a length that is none": lambda: beside("DTSTART:20270601T100000Z\nDURATION:P"),
    "a day and an hour mixed": lambda: beside("DTSTART;VALUE=DATE:20270601\nDTEND:20270601T090000Z"),
    "ten thousand versions of one occurrence": lambda: beside(
        "UID:same\n" + JUNE + "RRULE:FREQ=DAILY;COUNT=3",
        *["UID:same\nRECURRENCE-ID:20270602T090000Z\n" + JUNE] * 10_000,
    ),
    "a changed occurrence of nothing": lambda: beside("UID:x\nRECURRENCE-ID:whenever\n" + JUNE),
    "a sequence that is no number": lambda: beside(JUNE + "SEQUENCE:first"),
    "a zone without end": lambda: beside(
        IN_NOWHERE, head=zone(observance("16010101T000000", "+0100", "+0200", "RRULE:FREQ=SECONDLY"))
    ),
    "a zone of days": lambda: beside(
        IN_NOWHERE, head=zone(observance("19700101T000000", "+9900", "-9900", ""))
    ),
    "a zone of ten thousand switches": lambda: beside(
        IN_NOWHERE, head=zone((observance("19700101T000000", "+0100", "+0200", "") + "\n") * 10_000)
    ),
    "a zone of ten thousand dates": lambda: beside(
        IN_NOWHERE,
        head=zone(observance("19700101T000000", "+0100", "+0200", "RDATE:" + "19800101T000000," * 10_000)),
    ),
    "a zone that says nothing": lambda: beside(IN_NOWHERE, head=zone("")),
    "a zone within a zone": lambda: beside(
        IN_NOWHERE, head=zone(zone(observance("19700101T000000", "+0100", "+0200", "")))
    ),
    "a zone that is a path": lambda: beside(
        "DTSTART;TZID=../../../../etc/passwd:20270601T090000\nDTEND;TZID=/etc/passwd:20270601T100000",
        head="X-WR-TIMEZONE:../../../../etc/passwd\n",
    ),
    "two calendars in one file": lambda: calendar("UID:other\n" + JUNE) + SMALL,
    "tasks and journals": lambda: SMALL.replace(
        b"BEGIN:VEVENT", b"BEGIN:VTODO\r\nDTSTART:20270401\r\nEND:VTODO\r\nBEGIN:VEVENT"
    ),
}

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not_a_calendar"),
    "words": (lambda: b"Dear all,\r\n", "not_a_calendar"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000), "not_a_calendar"),
    "a packed file": (lambda: b"PK\x03\x04" + bytes(1000), "not_a_calendar"),
    "a web page": (lambda: b"\n  <!doctype html>", "web_page"),
    "half a calendar": (lambda: SMALL[: len(SMALL) // 2], "cut_off"),
    "ten thousand calendars in each other": (
        lambda: b"BEGIN:VCALENDAR\r\n" * 10_000 + b"END:VCALENDAR\r\n" * 10_000,
        "broken",
    ),
    "events in each other": (
        lambda: b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 10_000 + b"END:VCALENDAR\r\n",
        "broken",
    ),
    "an event that does not end": (lambda: SMALL.replace(b"END:VEVENT\r\n", b""), "broken"),
    "two million lines": (
        lambda: SMALL.replace(b"BEGIN:VEVENT", b"X:\r\n" * 2_000_000 + b"BEGIN:VEVENT"),
        "too_big",
    ),
    "sixty thousand events": (lambda: calendar(*[JUNE] * 60_000), "too_big"),
    "thirty megabytes": (lambda: SMALL.replace(b"Beach", b"x" * 30_000_000), "too_big"),
    "a thousand events every day for ever": (
        lambda: calendar(*["DTSTART:20200601T090000Z\nRRULE:FREQ=DAILY"] * 1000),
        "too_much",
    ),
    "rules that never hold, counted": (
        lambda: calendar(*[JUNE + "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"] * 50),
        "too_much",
    ),
}


@pytest.mark.parametrize("name", SURVIVED)
def test_what_is_bad_does_not_cost_what_is_good(name: str) -> None:
    began = time.monotonic()
    outcome = read_file(SURVIVED[name](), limits=LIMITS)
    assert isinstance(outcome, WasRead), outcome
    assert BEACH in spans(outcome)
    assert time.monotonic() - began < SECONDS


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_for_a_reason(name: str) -> None:
    make, reason = REFUSED[name]
    began = time.monotonic()
    assert read_file(make(), limits=LIMITS) == NotRead(reason)
    assert time.monotonic() - began < SECONDS


def test_what_could_not_be_understood_is_counted() -> None:
    outcome = read_file(beside("DTSTART:tomorrow", JUNE + "RRULE:FREQ=SECONDLY", JUNE))
    assert isinstance(outcome, WasRead)
    assert (outcome.events, outcome.counted, outcome.skipped) == (4, 1, 2)


def test_a_reader_without_enough_memory_says_that_it_is_too_much() -> None:
    events = [
        f"DTSTART:2027{1 + n % 12:02}01T090000Z\nDTEND:2027{1 + n % 12:02}01T100000Z" for n in range(20_000)
    ]
    outcome = read_file(calendar(*events), limits={"memory": 64 * 1024 * 1024})
    assert isinstance(outcome, NotRead)
    assert outcome.problem in {"too_big", "broken"}
