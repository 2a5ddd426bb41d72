"""A stock calendar program that is subscribed: what it shows after each publication."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app.calendars import services
from app.calendars.addresses import feed_path
from tests.app.calendars.subscriber import Subscriber
from tests.app.schedule.seasons import make_season
from tests.conftest import NOW
from tests.factories import make_account


def test_who_is_subscribed_sees_a_move_and_a_cancellation_after_the_next_publication(
    db: Session, address: str, tmp_path: Path
) -> None:
    season = make_season(db)
    season.publish(season.meets(), season.webinar_at())
    feed = services.feed_of_person(db, account=make_account(db, person=season.ama, language="en"), now=NOW)
    db.commit()
    program = Subscriber(address + feed_path(feed), tmp_path)
    fields = "{title}|{start-date}|{end-date}|{start-time}|{location}|{status}"

    program.sync()
    assert program.shows(fields) == {
        "Meeting|2027-03-09|2027-03-10||Centre, Dakar, Senegal|CONFIRMED ",
        "Webinar|2027-04-06|2027-04-06|16:00|Online|CONFIRMED ",
    }

    season.publish(season.meets("2027-03-16", venue=season.lome), now=NOW + timedelta(days=1))
    program.sync()
    assert program.shows(fields) == {
        "Meeting|2027-03-16|2027-03-17||Hotel, Lomé, Togo|CONFIRMED ",
        "Cancelled: Webinar|2027-04-06|2027-04-06|16:00|Online|CANCELLED ",
    }
