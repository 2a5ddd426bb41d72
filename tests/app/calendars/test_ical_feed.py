"""Feeds: what is in them to the octet, what is not, and that they stay the same."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest

from app.calendars.entries import AllDay, Colour, Entry, Feed, Status, Timed
from app.calendars.ical import dated, write_feed
from tests.app.calendars.readers import Reader

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
WEBINAR = Entry(
    uid="webinar-7@baraza.example.org",
    sequence=2,
    summary="Agenda 2030, one year on",
    when=Timed(
        datetime(2027, 3, 4, 14, tzinfo=UTC), datetime(2027, 3, 4, 15, 30, tzinfo=UTC), "Africa/Lagos"
    ),
    created_at=AT,
    modified_at=AT + timedelta(days=1),
    conference="https://meet.example.org/7",
)
WORKSHOP = Entry(
    uid="workshop-3@baraza.example.org",
    sequence=0,
    summary="Plaidoyer",
    when=AllDay(date(2027, 3, 1), date(2027, 3, 3)),
    created_at=AT,
    modified_at=AT,
    status=Status.TENTATIVE,
    description="Trois jours.\nDe 9 h à 17 h.",
    location="Cotonou; Bénin",
    position=(6.366667, 2.433333),
    url="https://baraza.example.org/s/3",
    categories=("Leadership, gouvernance", "Plaidoyer"),
    transparent=True,
)
FEED = Feed(
    name="Awa Diop: workshops",
    description="What Awa is invited to",
    source="https://baraza.example.org/c/abc.ics",
    page="https://baraza.example.org/me",
    colour=Colour.SEAGREEN,
    refresh=timedelta(hours=3),
    entries=(WEBINAR, WORKSHOP),
)


def lines_of(feed: Feed) -> list[str]:
    return write_feed(feed).replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def test_a_feed_to_the_line() -> None:
    assert lines_of(FEED) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Baraza//Baraza 1//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Awa Diop: workshops",
        "X-WR-CALNAME:Awa Diop: workshops",
        "DESCRIPTION:What Awa is invited to",
        "X-WR-CALDESC:What Awa is invited to",
        "URL:https://baraza.example.org/me",
        "SOURCE;VALUE=URI:https://baraza.example.org/c/abc.ics",
        "REFRESH-INTERVAL;VALUE=DURATION:PT3H",
        "X-PUBLISHED-TTL:PT3H",
        "COLOR:seagreen",
        "X-APPLE-CALENDAR-COLOR:#2E8B57",
        "LAST-MODIFIED:20261121T080000Z",
        "BEGIN:VTIMEZONE",
        "TZID:Africa/Lagos",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0100",
        "TZNAME:WAT",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:workshop-3@baraza.example.org",
        "DTSTAMP:20261120T080000Z",
        "CREATED:20261120T080000Z",
        "LAST-MODIFIED:20261120T080000Z",
        "SEQUENCE:0",
        "STATUS:TENTATIVE",
        "DTSTART;VALUE=DATE:20270301",
        "DTEND;VALUE=DATE:20270304",
        "SUMMARY:Plaidoyer",
        "DESCRIPTION:Trois jours.\\nDe 9 h à 17 h.",
        "LOCATION:Cotonou\\; Bénin",
        "GEO:6.366667;2.433333",
        "URL:https://baraza.example.org/s/3",
        "CATEGORIES:Leadership · gouvernance,Plaidoyer",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:webinar-7@baraza.example.org",
        "DTSTAMP:20261121T080000Z",
        "CREATED:20261120T080000Z",
        "LAST-MODIFIED:20261121T080000Z",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "DTSTART;TZID=Africa/Lagos:20270304T150000",
        "DTEND;TZID=Africa/Lagos:20270304T163000",
        "SUMMARY:Agenda 2030\\, one year on",
        "LOCATION:https://meet.example.org/7",
        "URL:https://meet.example.org/7",
        "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://meet.example.org/7",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_feed_names_nobody_asks_nothing_and_rings_no_bell() -> None:
    names = {line.partition(":")[0].partition(";")[0] for line in lines_of(FEED)}
    assert not names & {"METHOD", "ORGANIZER", "ATTENDEE"}
    assert "BEGIN:VALARM" not in lines_of(FEED)


def test_the_order_of_the_entries_changes_no_octet() -> None:
    entries = [replace(WEBINAR, uid=f"{number}@example.org") for number in range(9)]
    written = write_feed(replace(FEED, entries=tuple(entries)))
    random.Random(1).shuffle(entries)
    assert write_feed(replace(FEED, entries=tuple(entries))) == written


def test_a_changed_entry_changes_its_own_lines_and_the_date_of_the_feed_alone() -> None:
    moved_at = AT + timedelta(days=2)
    moved = replace(
        WORKSHOP, when=AllDay(date(2027, 3, 8), date(2027, 3, 9)), sequence=1, modified_at=moved_at
    )
    before, after = lines_of(FEED), lines_of(replace(FEED, entries=(WEBINAR, moved)))
    webinar = before[before.index("UID:webinar-7@baraza.example.org") : -2]
    assert after[after.index("UID:webinar-7@baraza.example.org") :][: len(webinar)] == webinar
    assert "LAST-MODIFIED:20261122T080000Z" in after[:20]


def test_an_empty_feed_is_a_calendar_without_events(reader: Reader) -> None:
    empty = Feed(name="Nothing yet")
    assert reader(write_feed(empty)) == []
    assert lines_of(empty)[-1] == "END:VCALENDAR"


def test_blank_categories_are_left_out_and_backslashes_replaced() -> None:
    entry = replace(WORKSHOP, categories=("", " ", r"a\b"))
    lines = lines_of(replace(FEED, entries=(entry,)))
    assert [line for line in lines if line.startswith("CATEGORIES")] == ["CATEGORIES:a/b"]


def test_an_event_of_one_day_ends_on_the_next(reader: Reader) -> None:
    one_day = replace(WORKSHOP, when=AllDay(date(2027, 2, 28), date(2027, 2, 28)))
    [event] = reader(write_feed(replace(FEED, entries=(one_day,))))
    assert (event.start, event.end) == (date(2027, 2, 28), date(2027, 3, 1))


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
def test_utc_needs_no_time_zone(zone: str) -> None:
    when = replace(WEBINAR.when, zone=zone)
    lines = lines_of(replace(FEED, entries=(replace(WEBINAR, when=when),)))
    assert "DTSTART:20270304T140000Z" in lines
    assert "BEGIN:VTIMEZONE" not in lines


def test_an_hour_that_comes_twice_is_told_in_utc(reader: Reader) -> None:
    # In Paris 02:30 comes twice on 31 October 2027, at 00:30 and at 01:30 UTC; 00:00 to 02:30 ends in it.
    spans = [((0, 30), (3, 0)), ((1, 30), (3, 0)), ((0, -120), (0, 30))]
    midnight = datetime(2027, 10, 31, tzinfo=UTC)
    entries = tuple(
        replace(
            WEBINAR,
            uid=f"{number}@example.org",
            when=Timed(
                midnight + timedelta(hours=start[0], minutes=start[1]),
                midnight + timedelta(hours=end[0], minutes=end[1]),
                "Europe/Paris",
            ),
        )
        for number, (start, end) in enumerate(spans)
    )
    feed = replace(FEED, entries=entries)
    assert "BEGIN:VTIMEZONE" not in lines_of(feed)
    assert {event.uid: (event.start, event.end) for event in reader(write_feed(feed))} == {
        entry.uid: (entry.when.start, entry.when.end) for entry in entries
    }


def test_each_zone_is_defined_once_and_in_order() -> None:
    zones = ["Pacific/Apia", "Africa/Dakar", "Europe/Paris", "Africa/Dakar"]
    entries = tuple(
        replace(WEBINAR, uid=f"{number}@example.org", when=replace(WEBINAR.when, zone=zone))
        for number, zone in enumerate(zones)
    )
    defined = [line for line in lines_of(replace(FEED, entries=entries)) if line.startswith("TZID:")]
    assert defined == ["TZID:Africa/Dakar", "TZID:Europe/Paris", "TZID:Pacific/Apia"]


def test_a_description_cannot_add_a_line() -> None:
    hostile = replace(WEBINAR, description="x\r\nATTENDEE:mailto:evil@example.org\nEND:VEVENT")
    lines = lines_of(replace(FEED, entries=(hostile,)))
    assert lines.count("END:VEVENT") == 1
    assert r"DESCRIPTION:x\nATTENDEE:mailto:evil@example.org\nEND:VEVENT" in lines


def test_two_entries_cannot_share_a_uid() -> None:
    with pytest.raises(ValueError, match="the same uid"):
        write_feed(replace(FEED, entries=(WEBINAR, replace(WORKSHOP, uid=WEBINAR.uid))))


def test_an_unknown_zone_is_refused() -> None:
    nowhere = replace(WEBINAR, when=replace(WEBINAR.when, zone="Africa/Nowhere"))
    with pytest.raises(ZoneInfoNotFoundError):
        write_feed(replace(FEED, entries=(nowhere,)))


LATER = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)


def test_what_reads_as_before_was_not_modified() -> None:
    entries = (
        replace(WEBINAR, uid="u" * 202, summary="BEGIN:VEVENT", description="é; ,\\\n" * 40),
        replace(WORKSHOP, summary="END:VEVENT", alarm=timedelta(hours=1)),
    )
    before = write_feed(replace(FEED, entries=entries))
    assert tuple(dated(entries, before=before, now=LATER)) == entries


def test_what_reads_otherwise_though_the_session_is_as_it_was_is_modified_now_and_stays_so() -> None:
    renamed = replace(WEBINAR, summary="Agenda 2030, half way")
    entries = (renamed, WORKSHOP)
    found = tuple(dated(entries, before=write_feed(FEED), now=LATER))
    assert found == (replace(renamed, modified_at=LATER), WORKSHOP)
    written = write_feed(replace(FEED, entries=found))
    assert tuple(dated(entries, before=written, now=LATER + timedelta(days=1))) == found


def test_two_changes_within_a_second_have_two_times() -> None:
    found = (WEBINAR,)
    for word in ("one", "two"):
        before = write_feed(replace(FEED, entries=found))
        found = tuple(dated([replace(WEBINAR, summary=word)], before=before, now=LATER))
    assert found[0].modified_at == LATER + timedelta(seconds=1)


def test_a_session_that_changed_and_one_that_is_new_have_their_own_times() -> None:
    moved = replace(WEBINAR, sequence=3, modified_at=LATER)
    new = replace(WORKSHOP, uid="workshop-4@baraza.example.org")
    assert list(dated([moved, new], before=write_feed(FEED), now=LATER + timedelta(days=1))) == [moved, new]
    assert list(dated([moved], before=b"", now=LATER)) == [moved]
