"""The days read from calendars of real programs, held against ical.js and against days counted by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.own_calendars.reading import Outcome, WasRead
from tests.busy_times.corpus import APPLE, EXAMPLES, GOOGLE, NEXTCLOUD, OUTLOOK, OUTLOOK_CUSTOM_ZONE
from tests.busy_times.orders import FIRST, LAST, SMALL, calendar, read_file, spans

ROOT = Path(__file__).resolve().parents[2]
WITNESS = Path(__file__).with_name("icaljs_days.mjs")
ZONES = ("Africa/Dakar", "America/Santiago", "Europe/Paris", "Pacific/Apia", "Asia/Kathmandu")

needs_witness = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules" / "ical.js").exists(),
    reason="needs node and ical.js",
)


def days(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, WasRead), outcome
    return [day.isoformat() for span in outcome.spans for day in span]


def days_by_icaljs(text: str, zone: str, rule: str, hours: int) -> list[str]:
    order = {"text": text, "zone": zone, "first": str(FIRST), "last": str(LAST), "rule": rule, "hours": hours}
    done = subprocess.run(
        ["node", str(WITNESS)], cwd=ROOT, input=json.dumps(order).encode(), capture_output=True, check=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


@needs_witness
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("program", EXAMPLES)
def test_an_independent_reader_finds_the_same_days(program: str, zone: str) -> None:
    text = EXAMPLES[program].replace("\n", "\r\n")
    for rule, hours in (("all_day", 4), ("long", 4), ("long", 8), ("every", 4)):
        found = days(read_file(text, zone=zone, rule=rule, hours=hours))
        assert found == days_by_icaljs(text, zone, rule, hours), (rule, hours)
        assert found or rule != "every"


def test_days_of_google_by_hand() -> None:
    """Nights of Tuesdays from 20:00 to 02:00 take both days in Santiago, and so does 'perhaps'."""
    found = days(read_file(GOOGLE, zone="America/Santiago"))
    holidays = [f"2027-07-{day}" for day in range(12, 24)]
    tuesdays = [date(2027, 1, 5) + timedelta(weeks=n) for n in range(38)]
    away = {date(2027, 2, 2), date(2027, 4, 6), date(2027, 5, 11), date(2027, 6, 8)}
    nights = {
        day.isoformat() for each in tuesdays if each not in away for day in (each, each + timedelta(days=1))
    }
    assert found == sorted({*holidays, *nights, "2027-05-14", "2027-03-20", "2027-03-21"})


def test_days_of_outlook_by_hand() -> None:
    found = days(read_file(OUTLOOK, zone="Europe/Paris", last=date(2027, 12, 31)))
    thursdays = ["01-28", "02-25", "04-29", "06-24", "07-29", "08-26", "10-28", "11-25", "12-30"]
    clocks = ["03-27", "03-28", "03-29", "03-30"]
    away = [f"08-{day:02}" for day in range(2, 21)]
    assert found == sorted(f"2027-{day}" for day in {*thursdays, *clocks, *away, "03-29", "03-30"})


def test_a_night_over_the_change_of_the_clocks_is_as_long_as_it_is() -> None:
    """From 22:00 to 03:00 is five hours, and four in the night in which the clocks go forward."""
    night = calendar("DTSTART;TZID=Europe/Paris:20270327T220000\nDTEND;TZID=Europe/Paris:20270328T030000")
    assert days(read_file(night, zone="Europe/Paris", hours=4)) == ["2027-03-27", "2027-03-28"]
    assert days(read_file(night, zone="Europe/Paris", hours=5)) == []
    longer = night.replace(b"20270327", b"20271030").replace(b"20270328", b"20271031")
    assert days(read_file(longer, zone="Europe/Paris", hours=6)) == ["2027-10-30", "2027-10-31"]


def test_a_zone_that_only_the_file_explains() -> None:
    found = days(read_file(OUTLOOK_CUSTOM_ZONE, zone="Africa/Dakar"))
    assert found[:3] == ["2027-06-10", "2027-06-11", "2027-07-10"]


def test_a_leap_day_and_the_turn_of_the_year() -> None:
    found = days(read_file(NEXTCLOUD, zone="Europe/Berlin"))
    assert {"2027-12-31", "2028-01-02", "2028-02-28", "2028-02-29", "2028-03-01"} <= set(found)
    assert not {"2028-01-03", "2028-03-02"} & set(found)


def test_floating_times_are_meant_where_the_owner_lives() -> None:
    for zone in ZONES:
        assert "2027-04-15" in days(read_file(APPLE, zone=zone))


def test_an_event_over_at_midnight_does_not_take_the_next_day() -> None:
    evening = calendar("DTSTART:20270301T180000Z\nDTEND:20270302T000000Z")
    assert spans(read_file(evening)) == [("2027-03-01", "2027-03-01")]
    assert spans(read_file(evening, zone="Africa/Nairobi")) == [("2027-03-01", "2027-03-02")]


def test_an_all_day_event_is_on_its_days_wherever_its_owner_lives() -> None:
    for zone in ZONES:
        assert spans(read_file(SMALL, zone=zone)) == [("2027-03-01", "2027-03-05")]


@pytest.mark.parametrize(
    ("lines", "rule", "counts"),
    [
        ("DTSTART:20270301T090000Z\nDTEND:20270301T100000Z", "long", False),
        ("DTSTART:20270301T090000Z\nDTEND:20270301T100000Z", "every", True),
        ("DTSTART:20270301T090000Z\nDTEND:20270301T130000Z", "long", True),
        ("DTSTART:20270301T090000Z\nDTEND:20270301T130000Z", "all_day", False),
        ("DTSTART:20270301T000000Z\nDTEND:20270302T000000Z", "all_day", True),
        ("DTSTART;VALUE=DATE:20270301", "all_day", True),
        ("DTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270301", "all_day", True),
        ("DTSTART;VALUE=DATE:20270301\nTRANSP:TRANSPARENT", "every", False),
        ("DTSTART;VALUE=DATE:20270301\nSTATUS:CANCELLED", "every", False),
        ("DTSTART;VALUE=DATE:20270301\nSTATUS:TENTATIVE", "every", True),
        ("DTSTART;VALUE=DATE:20270301\nSTATUS:cancelled", "every", False),
        ("DTSTART;VALUE=DATE:20270301\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", "every", False),
        ("DTSTART;VALUE=DATE:20270301\nX-MICROSOFT-CDO-BUSYSTATUS:OOF", "every", True),
        ("DTSTART:20270301T090000Z", "every", True),
        ("DTSTART:20270301T090000Z", "long", False),
    ],
)
def test_what_counts(lines: str, rule: str, counts: bool) -> None:
    outcome = read_file(calendar(lines), rule=rule)
    assert spans(outcome) == ([("2027-03-01", "2027-03-01")] if counts else [])


def test_what_the_owner_declined_does_not_count() -> None:
    lines = "DTSTART;VALUE=DATE:20270301\nATTENDEE;CN=Ama;PARTSTAT={}:mailto:Ama@example.org"
    mine: dict[str, Any] = {"mailboxes": ["ama@example.org"]}
    assert days(read_file(calendar(lines.format("DECLINED")), **mine)) == []
    assert days(read_file(calendar(lines.format("ACCEPTED")), **mine)) == ["2027-03-01"]
    assert days(read_file(calendar(lines.format("DECLINED")), mailboxes=["kofi@example.org"])) == [
        "2027-03-01"
    ]


def test_our_own_sessions_are_not_read_back() -> None:
    ours = calendar("UID:session-1\nDTSTART;VALUE=DATE:20270301", "DTSTART;VALUE=DATE:20270401")
    assert days(read_file(ours, own_uids=["session-1"])) == ["2027-04-01"]


def test_a_free_busy_file_is_read_too() -> None:
    text = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:PUBLISH
BEGIN:VFREEBUSY
DTSTART:20270101T000000Z
FREEBUSY;FBTYPE=BUSY:20270301T080000Z/20270301T160000Z,20270302T080000Z/PT1H
FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270303T080000Z/PT8H
FREEBUSY;FBTYPE=FREE:20270304T080000Z/PT8H
FREEBUSY:20270305T200000Z/P1DT2H,nonsense
END:VFREEBUSY
END:VCALENDAR
"""
    outcome = read_file(text)
    assert days(outcome) == ["2027-03-01", "2027-03-03", "2027-03-05", "2027-03-06"]
    assert isinstance(outcome, WasRead)
    assert outcome.skipped == 1


def test_no_word_of_an_event_reaches_the_library() -> None:
    from busy_times.limits import DEFAULT
    from busy_times.trimming import trim

    text = calendar(
        "UID:private@example.org\nSUMMARY:Divorce lawyer\nLOCATION:Rue 12\nDESCRIPTION:call Kofi\n"
        "ATTENDEE;CN=Kofi:mailto:kofi@example.org\nORGANIZER:mailto:ama@example.org\nURL:https://x.example\n"
        "CATEGORIES:Family\nX-SECRET:1\nDTSTART;VALUE=DATE:20270301\n"
        "BEGIN:VALARM\nDESCRIPTION:Divorce lawyer\nEND:VALARM"
    )
    left = trim(text, first=FIRST, last=LAST, limits=DEFAULT).text
    assert left.split("\r\n") == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTART;VALUE=DATE:20270301",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
