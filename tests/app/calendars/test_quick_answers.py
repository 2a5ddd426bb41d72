"""Feeds answered before the application is asked: in the same words, and only while nothing has changed."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app import metrics
from app.calendars.addresses import feed_path
from app.calendars.kept_bytes import KeptBytes
from app.calendars.models import Feed
from app.calendars.quick import ROUTE, QuickFeeds
from app.calendars.reading_times import AGAIN_AFTER, ReadingTimes
from app.calendars.services import feed_of_person
from app.web import HEADERS
from tests.app.schedule.seasons import make_season
from tests.conftest import NOW
from tests.factories import make_account


@pytest.fixture
def feed(db: Session, client: FlaskClient) -> Feed:
    """A feed that has been written."""
    season = make_season(db)
    season.publish(season.meets(), season.webinar_at())
    feed = feed_of_person(db, account=make_account(db, person=season.ama), now=NOW)
    db.commit()
    assert client.get(feed_path(feed)).status_code == 200
    return feed


@pytest.fixture
def quick(app: Flask) -> QuickFeeds:
    quick = app.wsgi_app
    assert isinstance(quick, QuickFeeds)
    return quick


def answers() -> float:
    found = metrics.REGISTRY.get_sample_value("baraza_requests_total", {"route": ROUTE, "status": "200"})
    return found or 0.0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("asked", ["", "tag", "weak", "gzip", "time", "other"])
def test_the_application_would_say_the_same(
    client: FlaskClient, app: Flask, quick: QuickFeeds, feed: Feed, method: str, asked: str
) -> None:
    first = client.get(feed_path(feed))
    headers = {
        "": {},
        "tag": {"If-None-Match": first.headers["ETag"]},
        "weak": {"If-None-Match": f'"x", W/{first.headers["ETag"]}'},
        "gzip": {"Accept-Encoding": "br, gzip"},
        "time": {"If-Modified-Since": first.headers["Last-Modified"]},
        "other": {"If-None-Match": '"x"', "If-Modified-Since": first.headers["Last-Modified"]},
    }[asked]
    named = {"X-Request-ID": "abc"}
    quickly = client.open(feed_path(feed), method=method, headers=headers | named)
    app.wsgi_app = quick.inner  # type: ignore[method-assign]
    try:
        slowly = app.test_client().open(feed_path(feed), method=method, headers=headers | named)
    finally:
        app.wsgi_app = quick  # type: ignore[method-assign]
    assert (quickly.status, quickly.data) == (slowly.status, slowly.data)
    assert sorted(quickly.headers) == sorted(slowly.headers)
    assert HEADERS.items() <= dict(quickly.headers).items()


def test_what_changed_is_written_by_the_application_and_then_quick_again(
    client: FlaskClient, db: Session, feed: Feed
) -> None:
    tag = client.get(feed_path(feed)).headers["ETag"]
    feed.etag = ""
    db.commit()
    assert client.get(feed_path(feed)).headers["ETag"] == tag
    feed.fresh_until = NOW - timedelta(days=1)
    db.commit()
    assert client.get(feed_path(feed)).headers["ETag"] == tag


def test_bytes_kept_for_one_feed_answer_for_no_other(client: FlaskClient, db: Session, feed: Feed) -> None:
    other = feed_of_person(db, account=make_account(db, person=make_season(db).chidi), now=NOW)
    db.commit()
    mine, theirs = client.get(feed_path(feed)).data, client.get(feed_path(other)).data
    assert mine != theirs
    assert [client.get(feed_path(one)).data for one in (feed, other)] == [mine, theirs]
    zipped = client.get(feed_path(feed), headers={"Accept-Encoding": "gzip"}).data
    assert gzip.decompress(zipped) == mine


@pytest.mark.parametrize(
    "agent", ["", "Google-Calendar-Importer", "iOS/17 dataaccessd/1.0", "Microsoft.Exchange", "Thunderbird"]
)
def test_any_program_is_answered_whatever_it_says_of_itself(
    client: FlaskClient, feed: Feed, agent: str
) -> None:
    answer = client.get(feed_path(feed) + "?nocache=1", headers={"User-Agent": agent})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 200), ("PROPFIND", 405), ("REPORT", 405)])
def test_programs_that_try_what_calendar_servers_can_do_are_told_that_this_is_none(
    client: FlaskClient, feed: Feed, method: str, status: int
) -> None:
    assert client.open(feed_path(feed), method=method).status_code == status


def test_an_answer_is_counted(client: FlaskClient, feed: Feed) -> None:
    before = answers()
    client.get(feed_path(feed))
    assert answers() == before + 1


# -- When it was last read


def test_a_reading_is_noted_at_once_where_little_is_read(
    app: Flask, client: FlaskClient, db: Session, feed: Feed, quick: QuickFeeds
) -> None:
    feed.read_at = None
    db.commit()
    quick.times = ReadingTimes(app)
    client.get(feed_path(feed)).close()
    db.refresh(feed)
    assert feed.read_at is not None


def test_a_feed_is_written_at_once_an_hour_at_most_and_a_process_writes_once_a_minute(
    app: Flask, db: Session, feed: Feed
) -> None:
    times = ReadingTimes(app)
    times.note(feed.id, NOW - AGAIN_AFTER / 2, NOW)
    assert not times.is_due()
    times.note(feed.id, NOW - AGAIN_AFTER, NOW)
    assert times.is_due()
    times.write()
    db.refresh(feed)
    assert feed.read_at == NOW
    times.note(feed.id, NOW, NOW + AGAIN_AFTER)
    assert not times.is_due()  # before the minute is over


def test_bytes_make_way_for_those_asked_for_later() -> None:
    kept = KeptBytes(room=8)
    for number in range(5):
        kept.put((str(number), False), b"xx")
        kept.get(("0", False))
    assert [kept.get((str(number), False)) for number in range(5)] == [b"xx", None, b"xx", b"xx", b"xx"]
    kept.put(("large", False), b"x" * 3)
    assert kept.get(("large", False)) is None
