"""When somebody is busy, for others who plan; and that we do not read it back as if it were theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import icalendar
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.identity import actor_of
from app.calendars import services
from app.calendars.addresses import feed_path
from app.calendars.freebusy import months_ahead
from app.calendars.models import DETAILS, Feed
from app.calendars.services import Choices
from app.own_calendars.jobs import own_host
from app.own_calendars.queries import order_for
from app.own_calendars.reading import WasRead, read_calendar
from tests.app.schedule.seasons import Season, make_season
from tests.conftest import NOW
from tests.factories import make_account


@pytest.fixture
def season(db: Session) -> Season:
    season = make_season(db)
    season.dakar.place.timezone = "Asia/Kathmandu"
    season.publish(season.meets(), season.webinar_at("2027-03-10T18:00Z"))
    return season


def opened(db: Session, season: Season, detail: str) -> Feed:
    account = make_account(db, person=season.ama)
    feed = services.open_feed(
        db,
        actor=actor_of(db, account),
        kind="person",
        key=str(season.ama.id),
        choices=Choices(detail=detail),
        now=NOW,
    )
    db.commit()
    return feed


def test_busy_times_are_told_in_utc_and_joined_and_nothing_else_is(
    db: Session, client: FlaskClient, season: Season
) -> None:
    text = client.get(feed_path(opened(db, season, "freebusy"))).text
    [busy] = icalendar.Calendar.from_ical(text).walk("VFREEBUSY")
    # 9 and 10 March by the clock of Kathmandu, five hours and three quarters ahead, and then the webinar
    assert [line for line in text.splitlines() if line.startswith("FREEBUSY")] == [
        "FREEBUSY;FBTYPE=BUSY:20270308T181500Z/20270310T193000Z"
    ]
    assert set(busy) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "URL", "FREEBUSY"}
    assert [word for word in ("Meeting", "Webinar", "Dakar", "Ama") if word in text] == []


@pytest.mark.parametrize("month", range(1, 13))
def test_the_months_told_of_move_on_with_the_first_of_each(month: int) -> None:
    first, last, following = months_ahead(datetime(2026, month, 17, 3, tzinfo=UTC))
    assert first == datetime(2026, month, 1, tzinfo=UTC)
    assert (last.year * 12 + last.month) - (2026 * 12 + month) == 18
    assert (following.year * 12 + following.month) - (2026 * 12 + month) == 1


@pytest.mark.parametrize("detail", DETAILS)
def test_what_we_publish_of_somebody_is_not_read_back_as_their_own_busy_days(
    db: Session, client: FlaskClient, season: Season, detail: str
) -> None:
    """Imported into a calendar of theirs, say, which they then connect."""
    data = client.get(feed_path(opened(db, season, detail))).data
    order = order_for(
        db, person=season.ama, rule="every", hours=1, today=date(2027, 3, 1), own_host=own_host()
    )
    outcome = read_calendar(order, data)
    assert isinstance(outcome, WasRead)
    assert outcome.spans == ()
    theirs = b"BEGIN:VEVENT\r\nUID:a@example.org\r\nDTSTART;VALUE=DATE:20270320\r\nEND:VEVENT\r\n"
    both = read_calendar(order, data.replace(b"END:VCALENDAR", theirs + b"END:VCALENDAR"))
    assert isinstance(both, WasRead)
    assert [(span.first, span.last) for span in both.spans] == [(date(2027, 3, 20), date(2027, 3, 20))]
