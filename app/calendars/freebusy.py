"""When somebody is busy, and nothing else: VFREEBUSY (RFC 5545 3.6.4), for those who plan with them.

Periods are in UTC, in order, and neither overlap nor touch. The months that are covered move on once a
month, so that the bytes stay while nothing changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.calendars import contentlines as line
from app.calendars.ical import PRODID
from app.calendars.queries import Shown

MONTHS = 18

Period = tuple[datetime, datetime]


def busy_periods(shown: Iterable[Shown]) -> list[Period]:
    """The times that the sessions take, in UTC and joined; days in person whole, by the clock there."""
    taken = sorted(_period(one) for one in shown if not one.is_cancelled)
    joined: list[Period] = []
    for begins, ends in taken:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def months_ahead(now: datetime) -> tuple[datetime, datetime, datetime]:
    """From when to when busy times are told, and when that is to move on: the first of the next month."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, _months_later(first, MONTHS), _months_later(first, 1)


def _months_later(first: datetime, months: int) -> datetime:
    years, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + years, month=month + 1)


def write_freebusy(
    periods: Iterable[Period], *, first: datetime, last: datetime, uid: str, url: str, stamp: datetime
) -> bytes:
    """A calendar with one VFREEBUSY: what of `periods` lies between two instants.

    Without ORGANIZER, which would be a mail address; whose times they are the reader knows by the address.
    """
    return line.fold(_lines(periods, first, last, uid, url, stamp))


def _lines(
    periods: Iterable[Period], first: datetime, last: datetime, uid: str, url: str, stamp: datetime
) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield PRODID
    yield "BEGIN:VFREEBUSY"
    yield line.text("UID", uid)
    yield line.instant("DTSTAMP", stamp)
    yield line.instant("DTSTART", first)
    yield line.instant("DTEND", last)
    yield line.uri("URL", url)
    for begins, ends in periods:
        begins, ends = max(begins, first), min(ends, last)
        if begins < ends:
            yield f"FREEBUSY;FBTYPE=BUSY:{begins:%Y%m%dT%H%M%SZ}/{ends:%Y%m%dT%H%M%SZ}"
    yield "END:VFREEBUSY"
    yield "END:VCALENDAR"


def _period(one: Shown) -> Period:
    session = one.session
    if session.starts_at is not None and session.ends_at is not None:
        return session.starts_at, session.ends_at
    zone = ZoneInfo(session.venue.place.timezone) if session.venue else UTC
    begins = datetime.combine(session.day, time.min, zone)
    ends = datetime.combine(session.last + timedelta(days=1), time.min, zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)
