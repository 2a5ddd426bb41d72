"""Feeds: who finds what under which address, and what a calendar program is answered."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.access import Actor, Forbidden, system
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.calendars import queries, services
from app.calendars.addresses import feed_path
from app.calendars.models import Feed
from app.errors import NotFound
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account, make_actor, make_group
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def feed_of(db: Session, season: Season, who: str, **account: object) -> Feed:
    feed = services.feed_of_person(
        db, account=make_account(db, person=getattr(season, who), **account), now=NOW
    )
    db.commit()
    return feed


def read(client: FlaskClient, feed: Feed, **headers: str) -> TestResponse:
    return client.get(
        feed_path(feed), headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def events(response: TestResponse) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(response.data)
    return {str(event["SUMMARY"]): event for event in calendar.events}


def test_a_feed_shows_the_persons_sessions_and_no_others(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets(), season.webinar_at())
    assert set(events(read(client, feed_of(db, season, "dede")))) == {"Meeting"}
    assert set(events(read(client, feed_of(db, season, "ama")))) == {"Meeting", "Webinar"}
    assert events(read(client, feed_of(db, season, "esi"))) == {}


def test_days_are_dates_with_an_exclusive_end(db: Session, client: FlaskClient, season: Season) -> None:
    season.publish(season.meets())
    meeting = events(read(client, feed_of(db, season, "ama")))["Meeting"]
    assert (meeting.start, meeting.end) == (date(2027, 3, 9), date(2027, 3, 11))
    assert str(meeting["LOCATION"]) == "Centre, Dakar, Senegal"


def test_an_online_session_stands_at_its_instant_in_the_readers_zone(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.webinar_at("2027-04-06T14:00Z"))
    webinar = events(read(client, feed_of(db, season, "ama", timezone="Pacific/Apia")))["Webinar"]
    assert webinar.start.isoformat() == "2027-04-07T03:00:00+13:00"
    assert "Wed 7 Apr 2027, 03:00–04:30 (Apia)" in str(webinar["DESCRIPTION"])


def test_a_feed_is_in_its_readers_language(db: Session, client: FlaskClient, season: Season) -> None:
    season.publish(season.meets())
    meeting = events(read(client, feed_of(db, season, "ama", language="fr")))["Meeting"]
    assert "9–10 mars 2027" in str(meeting["DESCRIPTION"])
    assert "Espace civique" in str(meeting["DESCRIPTION"])


def test_nobodys_name_or_address_is_in_a_feed(db: Session, client: FlaskClient, season: Season) -> None:
    season.publish(season.meets())
    feed = services.open_feed(
        db,
        actor=make_actor(db, "coordinator"),
        kind="region",
        key=season.meeting.requested_by.region,
        now=NOW,
    )
    db.commit()
    body = read(client, feed).text
    assert "Meeting" in body
    assert [word for word in ("Ama", "Chidi", "@example", "ATTENDEE", "ORGANIZER") if word in body] == []


@pytest.mark.parametrize("kind", ["organisation", "region", "topic", "group", "workshop"])
def test_there_are_feeds_about_everything_published(
    db: Session, client: FlaskClient, season: Season, kind: str
) -> None:
    group = make_group(db)
    season.meeting.group_id = group.id
    season.publish(season.meets(), season.webinar_at())
    key = {
        "organisation": str(season.meeting.requested_by_id),
        "region": season.meeting.requested_by.region,
        "topic": str(season.meeting.topic_id),
        "group": str(group.id),
        "workshop": str(season.meeting.id),
    }[kind]
    feed = services.open_feed(db, actor=make_actor(db), kind=kind, key=key, now=NOW)
    db.commit()
    assert "Meeting" in events(read(client, feed))


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("topic", "99"),
        ("region", "Atlantis"),
        ("group", "x"),
        ("nonsense", "1"),
        ("topic", "9" * 5000),
        ("topic", str(2**40)),
    ],
)
def test_there_is_no_feed_about_nothing(db: Session, kind: str, key: str) -> None:
    with pytest.raises(NotFound):
        services.open_feed(db, actor=make_actor(db), kind=kind, key=key, now=NOW)


@pytest.mark.parametrize("written", ["00{}", " {}", "+{}"])
def test_a_subject_has_one_key_however_it_is_written(db: Session, season: Season, written: str) -> None:
    with pytest.raises(NotFound):
        key = written.format(season.meeting.topic_id)
        services.open_feed(db, actor=make_actor(db), kind="topic", key=key, now=NOW)


def test_a_request_that_is_not_published_has_no_feed_by_which_others_learn_of_it(
    db: Session, season: Season
) -> None:
    with pytest.raises(NotFound):
        services.open_feed(
            db, actor=make_actor(db, "officer"), kind="workshop", key=str(season.meeting.id), now=NOW
        )


# -- Withdrawn


def test_a_cancelled_session_stays_as_cancelled_with_a_higher_sequence(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets(), season.webinar_at())
    feed = feed_of(db, season, "chidi")
    before = events(read(client, feed))["Webinar"]
    season.publish(season.meets())
    after = events(read(client, feed))["Cancelled: Webinar"]
    assert str(after["UID"]) == str(before["UID"])
    assert (str(after["STATUS"]), int(before["SEQUENCE"]), int(after["SEQUENCE"])) == ("CANCELLED", 0, 1)


def test_who_lost_a_seat_sees_the_session_cancelled_and_who_kept_one_does_not(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets())
    season.publish(season.meets(seats=[season.chidi]))
    assert (
        str(events(read(client, feed_of(db, season, "dede")))["Cancelled: Meeting"]["STATUS"]) == "CANCELLED"
    )
    assert str(events(read(client, feed_of(db, season, "chidi")))["Meeting"]["STATUS"]) == "CONFIRMED"


def test_a_tombstone_is_left_out_when_every_client_has_seen_it(db: Session, season: Season) -> None:
    season.publish(season.webinar_at())
    season.publish(season.meets(), now=NOW)
    feed = feed_of(db, season, "chidi")
    at = {days: [one.is_cancelled for one in _shown(db, feed, days)] for days in (59, 61)}
    assert at == {59: [False, True], 61: [False]}


def _shown(db: Session, feed: Feed, days: int) -> list[queries.Shown]:
    shown = queries.shown_in(db, feed=feed, reader=make_owner(db, feed), now=NOW + timedelta(days=days))
    return sorted(shown, key=lambda one: one.is_cancelled)


# -- Over HTTP


def test_the_answer_is_as_calendar_programs_need_it(db: Session, client: FlaskClient, season: Season) -> None:
    season.publish(season.meets())
    response = read(client, feed_of(db, season, "ama"))
    assert response.content_type == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, max-age=300"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in response.headers
    assert response.data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"METHOD" not in response.data


def test_the_bytes_stay_while_nothing_changes(db: Session, client: FlaskClient, season: Season) -> None:
    season.publish(season.meets())
    feed = feed_of(db, season, "ama")
    first = read(client, feed)
    feed.etag = ""  # have it written anew
    db.commit()
    second = read(client, feed)
    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_a_change_within_the_second_is_seen_by_its_time_too(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets())
    feed = feed_of(db, season, "ama")
    since = read(client, feed).headers["Last-Modified"]
    season.publish(season.meets("2027-03-16"))
    assert read(client, feed, If_Modified_Since=since).status_code == 200


def test_a_client_that_has_it_is_told_so(db: Session, client: FlaskClient, season: Season) -> None:
    season.publish(season.meets())
    feed = feed_of(db, season, "ama")
    first = read(client, feed)
    for headers in (
        {"If_None_Match": first.headers["ETag"]},
        {"If_None_Match": f'"other", {first.headers["ETag"]}'},
        {"If_None_Match": "W/" + first.headers["ETag"]},
        {"If_None_Match": first.headers["ETag"].rstrip('"') + '-gzip"'},
        {"If_Modified_Since": first.headers["Last-Modified"]},
    ):
        again = read(client, feed, **headers)
        assert (again.status_code, again.data) == (304, b""), headers
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    other_tag = read(client, feed, If_None_Match='"other"', If_Modified_Since=first.headers["Last-Modified"])
    assert other_tag.status_code == 200  # RFC 9110, 13.1.3: the tag decides


def test_a_publication_is_seen_by_those_it_touches_and_not_by_others(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets(), season.webinar_at())
    chidi, dede = feed_of(db, season, "chidi"), feed_of(db, season, "dede")
    tags = [read(client, feed).headers["ETag"] for feed in (chidi, dede)]
    season.publish(season.meets(), season.webinar_at("2027-04-07T14:00Z"))
    assert read(client, chidi, If_None_Match=tags[0]).status_code == 200
    assert read(client, dede, If_None_Match=tags[1]).status_code == 304


def test_compressed_bytes_are_the_same_calendar_under_a_tag_of_their_own(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets())
    feed = feed_of(db, season, "ama")
    plain, zipped = read(client, feed), read(client, feed, Accept_Encoding="gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]


def test_head_says_what_get_would(db: Session, client: FlaskClient, season: Season) -> None:
    feed = feed_of(db, season, "ama")
    get, head = read(client, feed), client.head(feed_path(feed))
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
def test_other_methods_are_refused_as_such(
    db: Session, client: FlaskClient, season: Season, method: str
) -> None:
    assert client.open(feed_path(feed_of(db, season, "ama")), method=method).status_code == 405


def test_a_conditional_get_asks_the_database_once(
    app: Flask, db: Session, client: FlaskClient, season: Season, counted_statements: list[str]
) -> None:
    season.publish(season.meets())
    feed = feed_of(db, season, "ama")
    path, tag = feed_path(feed), read(client, feed).headers["ETag"]
    client.get(path)  # makes what a process makes once
    counted_statements.clear()
    asked = statements_of_bare_reading(app)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    [query] = asked
    assert query.startswith("SELECT feed.id")
    plan = db.execute(text("EXPLAIN QUERY PLAN " + query)).all()
    assert [step for *_rest, step in plan if "SCAN" in step] == []
    assert counted_statements == ["EXPLAIN QUERY PLAN " + query]


def statements_of_bare_reading(app: Flask) -> list[str]:
    """Every statement from now on that goes to the database without SQLAlchemy, in this thread."""
    statements: list[str] = []
    app.wsgi_app._reader._kept.connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]
    return statements


# -- Secrets


def test_a_strangers_address_reads_nothing(db: Session, client: FlaskClient, season: Season) -> None:
    mine, other = feed_of(db, season, "ama"), feed_of(db, season, "chidi")
    signature = feed_path(other).partition("-")[2]
    for path in (
        f"/calendar/{mine.id}-{signature}",
        f"/calendar/{mine.id}-.ics",
        f"/calendar/{mine.id}-é.ics",
        f"/calendar/999-{signature}",
        "/calendar/x.ics",
    ):
        assert client.get(path).status_code == 404, path


def test_the_feeds_of_a_closed_account_are_closed(db: Session, client: FlaskClient, season: Season) -> None:
    feed = feed_of(db, season, "ama")
    assert read(client, feed).status_code == 200
    feed.account.is_active = False
    db.commit()
    assert read(client, feed).status_code == 404


def test_a_renewed_feed_has_one_address_the_new_one(db: Session, client: FlaskClient, season: Season) -> None:
    feed = feed_of(db, season, "ama")
    old = feed_path(feed)
    services.renew_feed(db, actor=make_owner(db, feed), feed=feed, now=NOW)
    db.commit()
    assert client.get(old).status_code == 404
    assert client.get(feed_path(feed)).status_code == 200


def test_addresses_outlive_a_change_of_the_secret_key(
    app: object, db: Session, client: FlaskClient, season: Season
) -> None:
    feed = feed_of(db, season, "ama")
    old, key = feed_path(feed), current_app.config["SECRET_KEY"]
    current_app.config.update(SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=[key])
    try:
        assert feed_path(feed) != old
        assert client.get(old).status_code == 200
    finally:
        current_app.config.update(SECRET_KEY=key, SECRET_KEY_FALLBACKS=[])


def test_one_can_neither_renew_nor_close_anothers_feed(
    db: Session, season: Season, sign_in_as: SignIn
) -> None:
    feed = feed_of(db, season, "ama")
    stranger = sign_in_as(make_account(db, role="coordinator"))
    for act in ("renew", "close"):
        assert stranger.post(f"/calendars/{feed.id}/{act}").status_code == 404


def test_the_page_gives_the_address_and_every_way_to_subscribe(
    db: Session, season: Season, sign_in_as: SignIn
) -> None:
    account = make_account(db, person=season.ama)
    client = sign_in_as(account)
    client.post("/calendars", data={"subject": "person:"})
    page = Page(client.get("/calendars").text)
    values = [element.attributes.get("value", "") for element in page.root.all("input")]
    [address] = [value for value in values if value.endswith(".ics")]
    assert client.get(urlsplit(address).path).status_code == 200
    targets = " ".join(page.links().values())
    for part in ("webcal://", "calendar.google.com", "outlook.live.com", "outlook.office.com"):
        assert part in targets


def make_owner(db: Session, feed: Feed) -> Actor:
    return actor_of(db, feed.account)


def test_nobody_acts_for_the_system_here(db: Session, season: Season) -> None:
    with pytest.raises(Forbidden):
        services.renew_feed(db, actor=system("x"), feed=feed_of(db, season, "ama"), now=NOW)
