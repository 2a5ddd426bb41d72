"""VTIMEZONE: hand-checked components, and readers of others who must find the true hour in every zone."""

import re
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest

from app.calendars.entries import Entry, Feed, Timed
from app.calendars.ical import write_feed
from app.calendars.vtimezone import is_ambiguous, vtimezone, zone
from tests.app.calendars.readers import Reader

SHIFTING = [
    "Africa/Cairo",  # summer ends on the Friday after the last Thursday of October
    "Africa/Casablanca",  # winter offset in Ramadan
    "Africa/El_Aaiun",
    "America/Asuncion",  # stayed on summer time in October 2024
    "America/Havana",
    "America/New_York",
    "America/Nuuk",  # changed its rule in 2023
    "America/Santiago",
    "America/St_Johns",  # half hours
    "Antarctica/Troll",  # two hours of summer time
    "Asia/Almaty",  # changed for good in March 2024
    "Asia/Beirut",  # at midnight
    "Asia/Gaza",  # summer time less Ramadan
    "Asia/Jerusalem",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Europe/Dublin",  # summer is the standard by its data
    "Europe/Lisbon",
    "Europe/Paris",
    "Pacific/Chatham",  # quarters of an hour
    "Pacific/Easter",
]  # fmt: skip
STEADY = [
    "Africa/Lagos",
    "Africa/Porto-Novo",
    "America/La_Paz",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Pacific/Apia",
]
TZDATA = resources.files("tzdata")
ZONE_NAMES = TZDATA.joinpath("zones").read_text().split()
# Many names have the same history; one of them is enough.
ALL_ZONES = {TZDATA.joinpath("zoneinfo", name).read_bytes(): name for name in ZONE_NAMES}.values()


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)


@cache
def probes(name: str, first_year: int, last_year: int) -> list[datetime]:
    """Instants all over those years, close together where the offset is another than an hour before."""
    hours = 24 * 365 * (last_year - first_year + 1)
    instants = [at(first_year, 1, 1, 9, 30) + timedelta(hours=hour) for hour in range(0, hours, 24 * 19)]
    opening = at(first_year, 1, 1)
    offsets = [(opening + timedelta(hours=hour)).astimezone(zone(name)).utcoffset() for hour in range(hours)]
    for hour, (before, after) in enumerate(pairwise(offsets), 1):
        if before != after:
            instants += [
                opening + timedelta(hours=hour, minutes=minutes) for minutes in (-90, -30, 0, 30, 90)
            ]
    return instants


def feed_in(name: str, instants: list[datetime]) -> Feed:
    """A feed with a session of twenty minutes at each of the instants."""
    entries = (
        Entry(
            uid=f"{number}@baraza.example.org",
            sequence=0,
            summary=name,
            when=Timed(instant, instant + timedelta(minutes=20), name),
            created_at=instants[0],
            modified_at=instants[0],
        )
        for number, instant in enumerate(instants)
    )
    return Feed(name=name, entries=tuple(entries))


def assert_read_at_the_true_hour(reader: Reader, name: str, instants: list[datetime]) -> None:
    feed = feed_in(name, instants)
    found = {event.uid: (event.start, event.end) for event in reader(write_feed(feed))}
    assert found == {entry.uid: (entry.when.start, entry.when.end) for entry in feed.entries}


@pytest.mark.parametrize(("first_year", "last_year"), [(2023, 2025), (2027, 2027)])
@pytest.mark.parametrize("name", SHIFTING + STEADY)
def test_three_readers_find_the_true_hour(reader: Reader, name: str, first_year: int, last_year: int) -> None:
    assert_read_at_the_true_hour(reader, name, probes(name, first_year, last_year))


def test_every_zone_is_read_at_the_true_hour(icaljs: Reader) -> None:
    instants = [at(2026, 1, 1, 0, 30) + timedelta(days=day, hours=day % 24) for day in range(0, 730, 23)]
    for name in ALL_ZONES:
        assert_read_at_the_true_hour(icaljs, name, instants)


def test_paris_has_a_yearly_rule_whose_onset_is_told_by_the_old_clock() -> None:
    assert vtimezone("Europe/Paris", [at(2027, 3, 1)]) == (
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:DAYLIGHT",
        "DTSTART:19810329T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19961027T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


def test_casablanca_has_one_observance_for_each_switch_of_ramadan() -> None:
    assert vtimezone("Africa/Casablanca", [at(2025, 5, 1)]) == (
        "BEGIN:VTIMEZONE",
        "TZID:Africa/Casablanca",
        *("BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100"),
        *("TZNAME:+01", "END:STANDARD"),
        *("BEGIN:STANDARD", "DTSTART:20240310T030000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000"),
        *("TZNAME:+00", "END:STANDARD"),
        *("BEGIN:DAYLIGHT", "DTSTART:20240414T020000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100"),
        *("TZNAME:+01", "END:DAYLIGHT"),
        *("BEGIN:STANDARD", "DTSTART:20250223T030000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0000"),
        *("TZNAME:+00", "END:STANDARD"),
        *("BEGIN:DAYLIGHT", "DTSTART:20250406T020000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0100"),
        *("TZNAME:+01", "END:DAYLIGHT"),
        "END:VTIMEZONE",
    )


def test_kathmandu_has_one_offset() -> None:
    assert vtimezone("Asia/Kathmandu", [at(2027, 1, 1)]) == (
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Kathmandu",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0545",
        "TZOFFSETTO:+0545",
        "TZNAME:+0545",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


@pytest.mark.parametrize(
    ("name", "year", "rules"),
    [
        ("America/New_York", 2027, ["BYMONTH=3;BYDAY=2SU", "BYMONTH=11;BYDAY=1SU"]),
        ("Australia/Lord_Howe", 2027, ["BYMONTH=4;BYDAY=1SU", "BYMONTH=10;BYDAY=1SU"]),
        ("Africa/Cairo", 2027, ["BYMONTH=4;BYDAY=-1FR", "BYMONTH=10;BYDAY=-1FR"]),
        ("Africa/Cairo", 2024, []),  # in 2024 the Friday after the last Thursday of October was in November
        ("America/Asuncion", 2025, []),  # no winter any more
        # The last Sundays of March 2027 and 2028 are also the fourth: the last it is.
        ("Europe/Paris", 2028, ["BYMONTH=3;BYDAY=-1SU", "BYMONTH=10;BYDAY=-1SU"]),
    ],
)
def test_a_rule_is_written_where_it_holds_in_the_years_needed(name: str, year: int, rules: list[str]) -> None:
    written = [line for line in vtimezone(name, [at(year, 7, 1)]) if line.startswith("RRULE")]
    assert written == [f"RRULE:FREQ=YEARLY;{rule}" for rule in rules]


def test_summer_is_daylight_also_where_the_data_call_winter_the_exception() -> None:
    lines = vtimezone("Europe/Dublin", [at(2027, 1, 1)])
    assert lines[lines.index("BEGIN:DAYLIGHT") + 3] == "TZOFFSETTO:+0100"
    assert lines[lines.index("BEGIN:STANDARD") + 3] == "TZOFFSETTO:+0000"


def test_a_change_for_good_is_no_daylight_saving() -> None:
    lines = vtimezone("America/Caracas", [at(2016, 6, 1)])  # half an hour forward on 1 May 2016
    assert "DTSTART:20160501T023000" in lines
    assert "BEGIN:DAYLIGHT" not in lines


@pytest.mark.parametrize("name", SHIFTING + STEADY)
def test_exchange_can_read_what_is_written(name: str) -> None:
    """MS-OXCICAL 2.1.3.1.1.19: offsets present, a rule only of the form with one numbered weekday."""
    lines = vtimezone(name, [at(2026, 1, 1), at(2027, 12, 31)])
    observances = sum(line.startswith("BEGIN:") for line in lines) - 1
    for required in ("DTSTART:", "TZOFFSETFROM:", "TZOFFSETTO:"):
        assert sum(line.startswith(required) for line in lines) == observances
    rule = re.compile(r"RRULE:FREQ=YEARLY;BYMONTH=\d+;BYDAY=-?\d[A-Z]{2}")
    assert all(rule.fullmatch(line) for line in lines if line.startswith("RRULE"))
    assert not any(line.startswith("RDATE") for line in lines)


@pytest.mark.parametrize("name", SHIFTING + STEADY)
def test_an_observance_begins_before_the_first_instant(name: str) -> None:
    onsets = [line.split(":")[1] for line in vtimezone(name, [at(2027, 1, 1)]) if line.startswith("DTSTART")]
    assert min(onsets) < "20270101T000000"


def test_the_hour_that_autumn_repeats_is_ambiguous_in_both_passes() -> None:
    paris = zone("Europe/Paris")  # 31 October 2027: 03:00 becomes 02:00 at 01:00 UTC
    hours = [at(2027, 10, 31, 0) + timedelta(minutes=30 * halves) for halves in range(-1, 5)]
    assert [is_ambiguous(hour, paris) for hour in hours] == [False, True, True, True, True, False]


def test_the_hour_that_spring_skips_makes_nothing_ambiguous() -> None:
    paris = zone("Europe/Paris")  # 28 March 2027: 02:00 becomes 03:00 at 01:00 UTC
    hours = [at(2027, 3, 28, 0) + timedelta(minutes=30 * halves) for halves in range(5)]
    assert not any(is_ambiguous(hour, paris) for hour in hours)


def test_the_tzdata_package_is_asked_before_the_files_of_the_system(tmp_path: Path) -> None:
    wrong = TZDATA.joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Vaduz").write_bytes(wrong)
    system = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([tmp_path])
    zoneinfo.ZoneInfo.clear_cache(only_keys=["Europe/Vaduz"])
    zone.cache_clear()
    try:
        assert datetime(2027, 1, 1, tzinfo=zone("Europe/Vaduz")).utcoffset() == timedelta(hours=1)
    finally:
        zoneinfo.reset_tzpath(system)


@pytest.mark.parametrize("name", ["Africa/Dakr", "", "Africa", "../zones", "Europe/../Europe/Paris"])
def test_what_names_no_zone_is_refused(name: str) -> None:
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        zone(name)
