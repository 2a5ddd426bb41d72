"""A year of sessions all over the world, in the database: what any program that reads them has to show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.identity import actor_of
from app.calendars import services
from app.calendars.models import Feed
from app.calendars.services import Choices
from app.network.models import Person
from app.schedule.models import TeamPlace, Version, WorkshopSession
from tests.app.calendars.conformance.engines import Occurrence
from tests.conftest import NOW
from tests.factories import make_person, make_place, make_round, make_venue, make_workshop

ZONES = ("Europe/Paris", "America/Asuncion", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca")
CHANGES = (
    date(2027, 2, 6),  # Casablanca, Ramadan begins
    date(2027, 3, 13),  # and has ended
    date(2027, 3, 27),  # Paris
    date(2027, 4, 3),  # Apia and Asunción until they gave it up
    date(2027, 9, 25),
    date(2027, 10, 2),
    date(2027, 10, 30),  # Paris
    date(2028, 1, 22),  # Casablanca
)
"""Days before clocks change somewhere, or did until lately: sessions stand on both sides of each."""

HOURS = (time(9), time(17))


def make_teacher(db: Session) -> Person:
    """Somebody who teaches all over the world and around the clock, on both sides of every change."""
    person, planning_round = make_person(db, name="Noor"), make_round(db)
    version = Version(
        planning_round=planning_round, number=1, published_at=NOW, published_by="test",
        round_document={}, schedule_document={},
    )  # fmt: skip
    numbers = count()

    def session(**when: object) -> None:
        one = WorkshopSession(
            version=version, uid=f"session-{next(numbers)}", created_at=NOW, changed_at=NOW, **when
        )
        one.team = [TeamPlace(person=person, role="lead")]
        db.add(one)

    for zone in ZONES:
        venue = make_venue(db, place=make_place(db, timezone=zone))
        for change in CHANGES:
            session(workshop=make_workshop(db, venues=[venue]), venue=venue, first_day=change,
                    last_day=change + timedelta(days=2))  # fmt: skip
    for change in CHANGES:
        for hours in range(-20, 60, 5):
            starts = datetime.combine(change, time(hour=0, minute=30), UTC) + timedelta(hours=hours)
            session(workshop=make_workshop(db, mode="online"), starts_at=starts,
                    ends_at=starts + timedelta(minutes=90))  # fmt: skip
    db.commit()
    return person


def stored(db: Session, *, timed_days: bool) -> Iterator[Occurrence]:
    """What the database says happens, and when."""
    for session in db.scalars(select(WorkshopSession)):
        if session.starts_at is not None and session.ends_at is not None:
            yield session.uid, session.starts_at, session.ends_at
        elif session.venue is not None and timed_days:
            zone = ZoneInfo(session.venue.place.timezone)
            for number in range((session.last - session.day).days + 1):
                day = session.day + timedelta(days=number)
                first, last = (datetime.combine(day, hour, zone).astimezone(UTC) for hour in HOURS)
                yield session.uid, first, last
        else:
            yield session.uid, session.day, session.last + timedelta(days=1)


def opened(db: Session, account: object, kind: str = "person", key: object = None, **choices: object) -> Feed:
    feed = services.open_feed(
        db,
        actor=actor_of(db, account),  # type: ignore[arg-type]
        kind=kind,
        key=str(account.person_id if key is None else key),  # type: ignore[attr-defined]
        choices=Choices(**choices),  # type: ignore[arg-type]
        now=NOW,
    )
    db.commit()
    return feed
