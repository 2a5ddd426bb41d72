"""What an entry refuses to be."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.calendars.entries import AllDay, Colour, Entry, Feed, Timed

NINE = datetime(2027, 3, 1, 9, tzinfo=UTC)
ENTRY = {
    "uid": "1@example.org",
    "sequence": 0,
    "summary": "",
    "when": AllDay(date(2027, 3, 1), date(2027, 3, 1)),
    "created_at": NINE,
    "modified_at": NINE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ("uid", {"uid": ""}),
        ("uid", {"uid": "with blank@example.org"}),
        ("uid", {"uid": "x\r\nATTENDEE"}),
        ("uid", {"uid": "x" * 203}),
        ("sequence", {"sequence": -1}),
        ("sequence", {"sequence": 2**31}),
        ("no place on Earth", {"position": (90.1, 0.0)}),
        ("no place on Earth", {"position": (0.0, -180.1)}),
        ("offset", {"modified_at": datetime(2027, 3, 1)}),  # noqa: DTZ001
    ],
)
def test_an_entry_is_within_what_calendars_can_say(fault: str, field: dict[str, object]) -> None:
    Entry(**ENTRY)
    with pytest.raises(ValueError, match=fault):
        Entry(**ENTRY | field)


def test_whole_days_do_not_end_before_they_begin() -> None:
    with pytest.raises(ValueError, match="lies before"):
        AllDay(date(2027, 3, 2), date(2027, 3, 1))


@pytest.mark.parametrize("end", [NINE, NINE - timedelta(minutes=1)])
def test_a_timed_span_takes_time(end: datetime) -> None:
    with pytest.raises(ValueError, match="not after"):
        Timed(NINE, end, "Africa/Dakar")


def test_instants_are_kept_in_utc_and_whole_seconds() -> None:
    apia = timezone(timedelta(hours=13))
    when = Timed(datetime(2027, 3, 1, 22, 0, 0, 999, tzinfo=apia), NINE + timedelta(hours=1), "Pacific/Apia")
    assert (when.start, when.start.tzinfo) == (NINE, UTC)


def test_a_feed_is_not_read_without_pause() -> None:
    with pytest.raises(ValueError, match="read again"):
        Feed(name="x", refresh=timedelta(0))


def test_colours_have_the_names_of_css() -> None:
    assert all(colour.css_name.isalpha() and colour.css_name.islower() for colour in Colour)
    assert Colour.TEAL.css_name == "teal"
