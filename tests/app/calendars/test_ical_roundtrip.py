"""Whatever people write and whenever they meet, three programs of others read the same out of a feed."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendars.entries import AllDay, Entry, Feed, Status, Timed
from app.calendars.ical import write_feed
from tests.app.calendars.readers import Event, Reader

ZONES = ["Africa/Casablanca", "America/Asuncion", "Asia/Kathmandu", "Europe/Paris", "Pacific/Apia", "UTC"]
AT = datetime(2026, 11, 20, tzinfo=UTC)


def readable(text: str) -> str:
    """The text without what no calendar can hold."""
    text = re.sub("\r\n|[\n\r\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    return "".join(
        letter for letter in text if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs")
    )


words = st.text(
    st.one_of(st.characters(), st.sampled_from("\\,;:\"'\r\n\t =^\u2028é")), max_size=120
)  # fmt: skip
days = st.dates(datetime(2024, 1, 1).date(), datetime(2029, 12, 31).date())  # noqa: DTZ001
whole_days = st.builds(
    lambda first, more: AllDay(first, first + timedelta(days=more)), days, st.integers(0, 12)
)
hours = st.builds(
    lambda start, minutes, zone: Timed(start, start + timedelta(minutes=minutes), zone),
    st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 960),
    st.sampled_from(ZONES),
)
entries = st.builds(
    Entry,
    uid=st.from_regex(r"[a-z0-9.-]{1,20}@baraza\.example\.org", fullmatch=True),
    sequence=st.integers(0, 2**31 - 1),
    summary=words,
    when=st.one_of(whole_days, hours),
    created_at=st.just(AT),
    modified_at=st.just(AT),
    status=st.sampled_from(Status),
    description=words,
    location=words,
    categories=st.lists(words.filter(lambda word: readable(word).strip()), max_size=3).map(tuple),
)
feeds = st.builds(
    Feed, name=words, entries=st.lists(entries, max_size=4, unique_by=lambda entry: entry.uid).map(tuple)
)


def as_read(entry: Entry) -> Event:
    when = entry.when
    return Event(
        uid=entry.uid,
        start=when.first_day if isinstance(when, AllDay) else when.start,
        end=when.last_day + timedelta(days=1) if isinstance(when, AllDay) else when.end,
        sequence=entry.sequence,
        status=entry.status.value,
        summary=readable(entry.summary),
        description=readable(entry.description),
        location=readable(entry.location),
        categories=tuple(
            readable(re.sub(r"\s*,\s*", " · ", category).replace("\\", "/")) for category in entry.categories
        ),
    )


@settings(deadline=None, derandomize=True)
@given(feeds)
def test_every_reader_finds_what_was_written(reader: Reader, feed: Feed) -> None:
    found = sorted(reader(write_feed(feed)))
    assert found == sorted(map(as_read, feed.entries))


@settings(deadline=None, derandomize=True)
@given(feeds)
def test_every_line_is_short_and_clean(feed: Feed) -> None:
    data = write_feed(feed)
    assert data.endswith(b"END:VCALENDAR\r\n")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        assert not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in line.decode())
