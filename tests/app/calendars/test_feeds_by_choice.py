"""Feeds by choice: several for one thing, how much each says, and who may know what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.calendars import services
from app.calendars.addresses import feed_path
from app.calendars.links import code_of
from app.calendars.models import Feed
from app.calendars.services import Choices
from app.db import unit_of_work
from app.errors import Conflict, NotFound
from app.planning.services import open_to_public
from app.workshops.services import set_visibility
from tests.app.calendars.conformance.checks import changes, parse
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account, make_actor
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def season(db: Session) -> Season:
    season = make_season(db)
    season.publish(season.meets(), season.webinar_at())
    return season


def opened(
    db: Session, account: Account, kind: str = "person", key: object = None, **choices: object
) -> Feed:
    feed = services.open_feed(
        db,
        actor=actor_of(db, account),
        kind=kind,
        key=str(account.person_id if key is None else key),
        choices=Choices(**choices),  # type: ignore[arg-type]
        now=NOW,
    )
    db.commit()
    return feed


def read(client: FlaskClient, feed: Feed) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(client.get(feed_path(feed)).data)


def by_summary(calendar: icalendar.Calendar) -> dict[str, icalendar.Event]:
    return {str(event["SUMMARY"]): event for event in calendar.events}


def mark(db: Session, season: Season, visibility: str) -> None:
    coordinator = make_actor(db, "coordinator")
    db.commit()
    with unit_of_work() as work:
        set_visibility(work, actor=coordinator, workshop=season.meeting, visibility=visibility, now=NOW)


def test_one_has_several_feeds_of_the_same_each_in_its_own_language(
    db: Session, client: FlaskClient, season: Season
) -> None:
    account = make_account(db, person=season.ama, name="Ama")
    phone = opened(db, account, label="phone", language="fr")
    work = opened(db, account, label="work")
    assert feed_path(phone) != feed_path(work)
    assert str(read(client, phone)["NAME"]) == "Baraza – Ama (phone)"
    assert "À la demande de" in str(by_summary(read(client, phone))["Meeting"]["DESCRIPTION"])
    assert "Asked for by" in str(by_summary(read(client, work))["Meeting"]["DESCRIPTION"])


@pytest.mark.parametrize("other", [{"language": "fr"}, {"alarm_minutes": 60}, {"timed_days": True}])
def test_what_is_chosen_anew_modifies_the_events_that_read_otherwise_and_no_other(
    db: Session, client: FlaskClient, season: Season, other: dict[str, object]
) -> None:
    account = make_account(db, person=season.ama)
    feed = opened(db, account)
    before = parse(client.get(feed_path(feed)).data).named("VEVENT")
    db.expire_all()
    later = NOW + timedelta(days=1)
    services.change_feed(db, actor=actor_of(db, account), feed=feed, choices=Choices(**other), now=later)
    db.commit()
    after = parse(client.get(feed_path(feed)).data).named("VEVENT")
    assert before != after
    for old, new in zip(before, after, strict=True):
        assert (new.value("LAST-MODIFIED") > old.value("LAST-MODIFIED")) == (new != old)


def test_a_title_put_right_modifies_its_event_once(db: Session, client: FlaskClient, season: Season) -> None:
    feed = opened(db, make_account(db, person=season.ama))
    states = [client.get(feed_path(feed)).data]
    season.meeting.titles = {"en": "Encounter"}
    for number, start in enumerate(("2027-04-07T14:00Z", "2027-04-08T14:00Z"), start=1):
        season.publish(season.meets(), season.webinar_at(start), now=NOW + timedelta(days=number))
        states.append(client.get(feed_path(feed)).data)
    before, after, later = states
    assert changes(before, after) == changes(after, later) == []
    [old], [new], [still] = (
        [event for event in parse(data).named("VEVENT") if event.value("SUMMARY") in {"Meeting", "Encounter"}]
        for data in states
    )
    assert new.value("LAST-MODIFIED") > old.value("LAST-MODIFIED")
    assert (new.value("SEQUENCE"), new) == (old.value("SEQUENCE"), still)


def test_closing_one_leaves_the_other(db: Session, client: FlaskClient, season: Season) -> None:
    account = make_account(db, person=season.ama)
    lost, kept = opened(db, account, label="phone"), opened(db, account, label="work")
    lost_path = feed_path(lost)
    services.close_feed(db, actor=actor_of(db, account), feed=lost, now=NOW)
    db.commit()
    assert client.get(lost_path).status_code == 404
    assert client.get(feed_path(kept)).status_code == 200


def test_a_discreet_feed_withholds_title_and_place(db: Session, client: FlaskClient, season: Season) -> None:
    feed = opened(db, make_account(db, person=season.ama), detail="discreet")
    text = client.get(feed_path(feed)).text
    for told in ("Webinar", "Dakar", "Centre", "Civic", "GEO", "CATEGORIES", "/sessions/", "Platform"):
        assert told not in text, told
    events = sorted(read(client, feed).events, key=lambda event: str(event["LOCATION"]))
    assert [(str(e["SUMMARY"]), str(e["LOCATION"])) for e in events] == [
        ("Meeting", "Online"),
        ("Meeting", "Senegal"),
    ]
    assert "9–10 Mar 2027" in str(events[1]["DESCRIPTION"])


def test_a_busy_feed_says_when_and_nothing_else(db: Session, client: FlaskClient, season: Season) -> None:
    feed = opened(db, make_account(db, person=season.ama), detail="busy")
    events = read(client, feed).events
    assert {str(event["SUMMARY"]) for event in events} == {"Busy"}
    for event in events:
        assert {"DESCRIPTION", "LOCATION", "URL", "GEO", "CATEGORIES"}.isdisjoint(event)
        assert (str(event["TRANSP"]), str(event["CLASS"])) == ("OPAQUE", "CONFIDENTIAL")


def test_what_is_veiled_has_a_uid_of_its_own_in_each_feed(
    db: Session, client: FlaskClient, season: Season
) -> None:
    account = make_account(db, person=season.ama)
    uids = [
        {str(event["UID"]) for event in read(client, opened(db, account, detail=detail)).events}
        for detail in ("full", "busy", "busy", "discreet")
    ]
    assert len(set.union(*uids)) == sum(map(len, uids))


def test_alarms_are_in_a_feed_by_choice_alone(db: Session, client: FlaskClient, season: Season) -> None:
    account = make_account(db, person=season.ama)
    ringing = by_summary(read(client, opened(db, account, alarm_minutes=60)))["Webinar"]
    [alarm] = ringing.walk("VALARM")
    assert (str(alarm["ACTION"]), alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(hours=-1))
    assert by_summary(read(client, opened(db, account)))["Webinar"].walk("VALARM") == []


def test_days_in_person_come_as_a_span_or_as_days_with_their_hours(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.dakar.place.timezone = "Africa/Dakar"
    account = make_account(db, person=season.ama, timezone="Asia/Kathmandu")
    span = by_summary(read(client, opened(db, account)))["Meeting"]
    assert (span.start, span.end) == (date(2027, 3, 9), date(2027, 3, 11))
    assert "Each day 09:00–17:00, local time (Dakar)" in str(span["DESCRIPTION"])
    timed = by_summary(read(client, opened(db, account, timed_days=True)))["Meeting"]
    assert timed.start.isoformat() == "2027-03-09T09:00:00+00:00"
    assert timed["DTSTART"].params["TZID"] == "Africa/Dakar"
    assert timed["RRULE"].to_ical() == b"FREQ=DAILY;COUNT=2"
    assert str(timed["UID"]) == str(span["UID"])


def test_not_even_the_zone_of_a_withheld_place_is_told(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.dakar.place.timezone = "Africa/Dakar"
    account = make_account(db, person=season.ama, timezone="Europe/Paris")
    text = client.get(feed_path(opened(db, account, detail="discreet", timed_days=True))).text
    assert "Dakar" not in text


def test_days_of_travel_are_entries_of_their_own_and_leave_one_free(
    db: Session, client: FlaskClient, season: Season
) -> None:
    account = make_account(db, person=season.ama)
    events = by_summary(read(client, opened(db, account, with_travel=True)))
    out, back = events["Travel to Dakar"], events["Travel home"]
    assert (out.end, back.start) == (date(2027, 3, 9), date(2027, 3, 11))
    assert {str(event["TRANSP"]) for event in (out, back)} == {"TRANSPARENT"}
    assert "Travel home" not in by_summary(read(client, opened(db, account)))


def test_a_choice_made_anew_is_seen_under_the_same_address(
    db: Session, client: FlaskClient, season: Season
) -> None:
    account = make_account(db, person=season.ama)
    feed = opened(db, account)
    path, tag = feed_path(feed), client.get(feed_path(feed)).headers["ETag"]
    with unit_of_work() as work:
        services.change_feed(
            work,
            actor=actor_of(work, account),
            feed=work.get_one(Feed, feed.id),
            choices=Choices(detail="busy"),
            now=NOW,
        )
    answer = client.get(path, headers={"If-None-Match": tag})
    assert (answer.status_code, b"Busy" in answer.data, b"Webinar" in answer.data) == (200, True, False)


def test_nobody_has_feeds_without_end(db: Session, season: Season) -> None:
    account = make_account(db, person=season.ama)
    for number in range(services.MOST_FEEDS):
        opened(db, account, label=str(number))
    with pytest.raises(Conflict, match="too_many_feeds"):
        opened(db, account)


# -- Kinds


def test_there_are_feeds_of_a_country_and_a_round(db: Session, client: FlaskClient, season: Season) -> None:
    account = make_account(db)
    assert set(by_summary(read(client, opened(db, account, "country", "SN")))) == {"Meeting"}
    both = read(client, opened(db, account, "round", season.round.id))
    assert set(by_summary(both)) == {"Meeting", "Webinar"}
    assert str(both["NAME"]) == "Baraza – Season"


@pytest.mark.parametrize(
    ("kind", "key"), [("country", "TG"), ("round", "99"), ("public", ""), ("team", "99")]
)
def test_there_is_none_where_nothing_is(db: Session, season: Season, kind: str, key: str) -> None:
    with pytest.raises(NotFound):
        opened(db, make_account(db), kind, key)


def test_a_team_sees_when_its_members_teach_and_nobody_else_does(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets(team=[season.ama, season.binta]), season.webinar_at(team=[season.binta]))
    feed = opened(db, make_account(db, person=season.ama), "team", season.meeting.id)
    assert set(by_summary(read(client, feed))) == {"Meeting", "Webinar"}
    with pytest.raises(NotFound):
        opened(db, make_account(db, person=season.chidi), "team", season.meeting.id)


def test_who_left_the_team_reads_nothing_more_in_its_feed_not_even_its_name(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.publish(season.meets(team=[season.ama, season.binta]), season.webinar_at())
    feed = opened(db, make_account(db, person=season.binta), "team", season.meeting.id)
    season.meeting.titles = {"en": "Something secret"}
    db.commit()
    assert "Something secret" in client.get(feed_path(feed)).text
    season.publish(season.meets(), season.webinar_at())
    text = client.get(feed_path(feed)).text
    assert ("Something secret" in text, "VEVENT" in text) == (False, False)


# -- What is sensitive


def test_a_sensitive_workshop_is_shown_discreetly_to_those_who_are_not_in_it(
    db: Session, client: FlaskClient, season: Season
) -> None:
    season.meeting.titles = {"en": "Something secret"}
    mark(db, season, "sensitive")
    key = season.meeting.requested_by.region
    feeds = {
        who: opened(db, make_account(db, person=getattr(season, who)), "region", key)
        for who in ("ama", "chidi", "esi")
    }
    feeds["coordinator"] = opened(db, make_account(db, role="coordinator"), "region", key)
    seen = {who: "Something secret" in client.get(feed_path(feed)).text for who, feed in feeds.items()}
    assert seen == {"ama": True, "chidi": True, "esi": False, "coordinator": True}
    text = client.get(feed_path(feeds["esi"])).text
    assert [
        word for word in ("Dakar", "GEO", str(season.session_of(season.meeting).uid)) if word in text
    ] == []
    assert "LOCATION:Senegal" in text


def test_nobody_who_is_not_in_it_can_follow_a_sensitive_workshop(db: Session, season: Season) -> None:
    mark(db, season, "sensitive")
    opened(db, make_account(db, person=season.chidi), "workshop", season.meeting.id)
    with pytest.raises(NotFound):
        opened(db, make_account(db, person=season.esi), "workshop", season.meeting.id)


def test_the_file_of_a_sensitive_session_is_discreet_too(
    db: Session, season: Season, sign_in_as: SignIn
) -> None:
    season.meeting.titles = {"en": "Something secret"}
    mark(db, season, "sensitive")
    file = f"/schedule/sessions/{season.session_of(season.meeting).id}.ics"
    mine = sign_in_as(make_account(db, person=season.chidi)).get(file).text
    theirs = sign_in_as(make_account(db, person=season.esi)).get(file).text
    assert ("Something secret" in mine, "Something secret" in theirs, "Dakar" in theirs) == (
        True,
        False,
        False,
    )


def test_only_the_coordinator_marks_a_workshop(db: Session, season: Season, sign_in_as: SignIn) -> None:
    path = f"/workshops/{season.meeting.id}/visibility"
    officer = sign_in_as(make_account(db, role="officer"))
    assert officer.post(path, data={"visibility": "public"}).status_code == 403
    coordinator = sign_in_as(make_account(db, role="coordinator"))
    assert coordinator.post(path, data={"visibility": "nonsense"}).status_code == 422
    assert coordinator.post(path, data={"visibility": "sensitive"}).status_code == 303
    db.refresh(season.meeting)
    assert season.meeting.visibility == "sensitive"


# -- What is public


def open_round_to_public(db: Session, season: Season) -> None:
    coordinator = make_actor(db, "coordinator")
    db.commit()
    with unit_of_work() as work:
        open_to_public(work, actor=coordinator, planning_round=season.round, is_public=True, now=NOW)


def test_nothing_is_public_unless_somebody_said_so(db: Session, client: FlaskClient, season: Season) -> None:
    mark(db, season, "public")
    answer = client.get("/calendar/public-en.ics")
    assert (answer.status_code, b"VEVENT" in answer.data) == (200, False)


def test_the_public_feed_tells_titles_only_of_what_is_marked_and_nothing_of_what_is_sensitive(
    db: Session, client: FlaskClient, season: Season
) -> None:
    open_round_to_public(db, season)
    shown = {}
    for visibility in ("network", "public", "sensitive"):
        mark(db, season, visibility)
        calendar = icalendar.Calendar.from_ical(client.get("/calendar/public-en.ics").data)
        shown[visibility] = sorted(str(event.get("LOCATION")) for event in calendar.events)
    assert shown == {
        "network": ["Online", "Senegal"],
        "public": ["Centre, Dakar, Senegal", "Online"],
        "sensitive": ["Online"],
    }


def test_the_public_feed_is_for_everybody_and_in_four_languages(
    db: Session, client: FlaskClient, season: Season
) -> None:
    open_round_to_public(db, season)
    mark(db, season, "public")
    answer = client.get("/calendar/public-fr.ics")
    assert answer.headers["Cache-Control"].startswith("public")
    assert "X-Robots-Tag" not in answer.headers
    assert "9–10 mars 2027" in answer.text
    assert client.get("/calendar/public-xx.ics").status_code == 404
    number = db.query(Feed).filter_by(kind="public").one().id
    assert client.get(f"/calendar/{number}-.ics").status_code == 404


# -- Pages


def test_one_chooses_for_a_feed_on_its_page(db: Session, season: Season, sign_in_as: SignIn) -> None:
    client = sign_in_as(make_account(db, person=season.ama, name="Ama"))
    chosen = {"label": "phone", "language": "fr", "detail": "discreet", "alarm": "60", "timed_days": "y"}
    assert client.post("/calendars/new?subject=person:", data=chosen).status_code == 303
    feed = db.query(Feed).one()
    assert (feed.label, feed.language, feed.detail, feed.alarm_minutes) == ("phone", "fr", "discreet", 60)
    assert (feed.timed_days, feed.with_travel) == (True, False)
    page = Page(client.get("/calendars").text)
    assert "Baraza – Ama (phone)" in page.text
    assert (
        "Discreet: “Meeting” and the country · Français · alarm 1 hour before · days with their hours"
        in page.text
    )
    form = Page(client.get(f"/calendars/{feed.id}/edit").text)
    assert "phone" in [element.attributes.get("value") for element in form.root.all("input")]
    assert client.post(f"/calendars/{feed.id}/edit", data={"detail": "all"}).status_code == 422
    client.post(f"/calendars/{feed.id}/edit", data={"detail": "full", "alarm": "0"})
    db.refresh(feed)
    assert (feed.detail, feed.alarm_minutes, feed.language) == ("full", None, "")


def test_nobody_chooses_for_anothers_feed(db: Session, season: Season, sign_in_as: SignIn) -> None:
    feed = opened(db, make_account(db, person=season.ama))
    stranger = sign_in_as(make_account(db, role="coordinator"))
    assert stranger.get(f"/calendars/{feed.id}/edit").status_code == 404
    assert stranger.post(f"/calendars/{feed.id}/edit", data={"detail": "full"}).status_code == 404


def test_the_page_of_a_feed_gives_every_way_with_how_often_it_looks(
    db: Session, season: Season, sign_in_as: SignIn
) -> None:
    account = make_account(db, person=season.ama)
    feed = opened(db, account)
    answer = sign_in_as(account).get(f"/calendars/{feed.id}")
    page = Page(answer.text)
    targets = page.links()
    for label, target in {
        "Open in Apple Calendar": "webcal://",
        "Add to Google Calendar": "https://calendar.google.com/",
        "Add to Outlook.com": "https://outlook.live.com/",
        "Add to Microsoft 365": "https://outlook.office.com/",
        "Open in your calendar program": "webcal://",
        "Download the file": "http",
    }.items():
        assert targets[label].startswith(target), label
    assert "Looks every 4 to 24 hours" in page.text
    assert answer.text.count('<svg viewBox="0 0') >= 1
    assert "style=" not in answer.text


def test_a_code_holds_the_address_it_is_given() -> None:
    """Two addresses make two pictures, the same one the same: what reads them is in every telephone."""
    first, other = code_of("webcal://a.example.org/1.ics"), code_of("webcal://a.example.org/2.ics")
    assert first == code_of("webcal://a.example.org/1.ics") != other


# -- How to join online


def test_who_teaches_says_how_to_join_and_those_in_it_alone_see_it(
    db: Session, client: FlaskClient, season: Season, sign_in_as: SignIn
) -> None:
    session, topic = season.session_of(season.webinar), season.webinar.topic_id
    path = f"/schedule/sessions/{session.id}"
    ama, chidi, esi = (make_account(db, person=who) for who in (season.ama, season.chidi, season.esi))
    feeds = [opened(db, account, "topic", topic) for account in (ama, chidi, esi)]
    before = by_summary(read(client, feeds[1]))["Webinar"]
    address = "https://meet.example.org/a-room"
    assert sign_in_as(esi).post(f"{path}/join", data={"join_url": address}).status_code == 403
    assert sign_in_as(ama).post(f"{path}/join", data={"join_url": "javascript:alert(1)"}).status_code == 422
    assert sign_in_as(ama).post(f"{path}/join", data={"join_url": address}).status_code == 303
    assert [address in client.get(feed_path(feed)).text for feed in feeds] == [True, True, False]
    webinar = by_summary(read(client, feeds[1]))["Webinar"]
    assert (str(webinar["CONFERENCE"]), str(webinar["LOCATION"])) == (address, address)
    assert webinar["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert address in str(webinar["DESCRIPTION"])
    assert Page(sign_in_as(chidi).get(path).text).links()["Join online"] == address
    assert address not in sign_in_as(esi).get(path).text


def test_a_meeting_in_person_is_not_joined_online(db: Session, season: Season, sign_in_as: SignIn) -> None:
    path = f"/schedule/sessions/{season.session_of(season.meeting).id}/join"
    ama = sign_in_as(make_account(db, person=season.ama))
    assert ama.post(path, data={"join_url": "https://meet.example.org"}).status_code == 409
