"""Evolution and Thunderbird, as Debian has them, subscribe to feeds: every event at the right hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.accounts.identity import actor_of
from app.calendars import services
from app.calendars.addresses import feed_path
from app.calendars.services import Choices
from tests.app.calendars.conformance.around_the_world import ZONES, make_teacher, opened, stored
from tests.app.calendars.conformance.engines import Occurrence
from tests.app.calendars.desktop.seen import Client, Seen
from tests.app.schedule.seasons import make_season
from tests.conftest import NOW
from tests.factories import make_account

Where = tuple[str, str, str]
"""The UID, and from when to when, as `Seen` has it."""


def on_the_clocks_of(zone: str, occurrences: Iterable[Occurrence]) -> list[Where]:
    def shown(moment: object) -> str:
        there = moment.astimezone(ZoneInfo(zone)) if isinstance(moment, datetime) else moment
        return there.isoformat()  # type: ignore[attr-defined,no-any-return]

    return sorted((uid, shown(starts), shown(ends)) for uid, starts, ends in occurrences)


def places(seen: Iterable[Seen]) -> list[Where]:
    return [(one.uid, one.starts, one.ends) for one in seen]


@pytest.mark.parametrize("timed_days", [False, True], ids=["spans", "timed"])
@pytest.mark.parametrize("zone", ["Europe/Paris", "Africa/Casablanca"])
def test_every_event_is_shown_at_the_right_hour_wherever_it_is_read(
    db: Session, address: str, program: Client, zone: str, timed_days: bool
) -> None:
    account = make_account(db, person=make_teacher(db), timezone=zone)
    program.subscribe(address + feed_path(opened(db, account, timed_days=timed_days)))
    true = set(stored(db, timed_days=timed_days))
    for there in ZONES:
        odd = {uid for uid, *ends in true for end in ends if program.is_off(end, there)}
        found = [one for one in places(program.shows(there)) if one[0] not in odd]
        assert found == on_the_clocks_of(there, [one for one in true if one[0] not in odd]), there
        assert len(odd) <= 2, there


def test_a_move_and_a_cancellation_are_seen_after_the_next_publication(
    db: Session, address: str, program: Client
) -> None:
    season = make_season(db)
    season.publish(season.meets(), season.webinar_at())
    feed = services.feed_of_person(db, account=make_account(db, person=season.ama, language="en"), now=NOW)
    db.commit()

    program.subscribe(address + feed_path(feed))
    assert shown(program) == {
        ("Meeting", False, "2027-03-09", "2027-03-11"),
        ("Webinar", False, "2027-04-06T16:00:00+02:00", "2027-04-06T17:30:00+02:00"),
    }

    season.publish(season.meets("2027-03-16", venue=season.lome), now=NOW + timedelta(days=1))
    program.refresh()
    assert shown(program) == {
        ("Meeting", False, "2027-03-16", "2027-03-18"),
        ("Cancelled: Webinar", True, "2027-04-06T16:00:00+02:00", "2027-04-06T17:30:00+02:00"),
    }


def test_who_chooses_another_language_for_a_feed_reads_it_after_the_next_refresh(
    db: Session, address: str, program: Client
) -> None:
    season = make_season(db)
    season.meeting.titles = {"en": "Meeting", "fr": "Rencontre"}
    season.publish(season.meets())
    account = make_account(db, person=season.ama, language="en")
    feed = opened(db, account)
    program.subscribe(address + feed_path(feed))
    assert [one.title for one in program.shows("Europe/Paris")] == ["Meeting"]

    db.expire_all()  # the server has written it
    french = Choices(language="fr")
    services.change_feed(db, actor=actor_of(db, account), feed=feed, choices=french, now=NOW)
    db.commit()
    program.refresh()
    assert [one.title for one in program.shows("Europe/Paris")] == ["Rencontre"]


def shown(program: Client) -> set[tuple[str, bool, str, str]]:
    """What is on the screen in Paris."""
    return {one[1:] for one in program.shows("Europe/Paris")}
