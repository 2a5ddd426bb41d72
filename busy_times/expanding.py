"""From a trimmed calendar to the times that are taken: repetitions, exceptions, time zones.

The work is recurring-ical-events' and icalendar's. One event that they cannot make sense of is counted
and left out; it does not cost the others.
"""

from __future__ import annotations

import re
import signal
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
import x_wr_timezone

from busy_times.days import ONE_DAY, Taken, all_day, timed
from busy_times.limits import Limits
from busy_times.refusals import Refused
from busy_times.trimming import FREE, Trimmed

_DURATION = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def times_taken(
    trimmed: Trimmed, *, zone: ZoneInfo, first: date, last: date, limits: Limits
) -> tuple[list[Taken], int]:
    """The times between two days that are taken, and how many events could not be read.

    `zone` is where the owner lives: its days are counted, and times without a zone are meant there.
    Raises `Refused`.
    """
    warnings.simplefilter("ignore")  # the library's guesses at odd names of zones, which are right
    try:
        calendar = x_wr_timezone.to_standard(icalendar.Calendar.from_ical(trimmed.text))
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        raise Refused("broken") from None
    found: list[Taken] = []
    skipped = 0
    for same_uid in _by_uid(calendar):
        try:
            with _at_most(limits.cpu_seconds_each):
                found += list(_of_series(same_uid, zone, first, last, most=limits.occurrences - len(found)))
        except Refused:
            raise
        except (Exception, _TooLong):  # whatever it is that the library cannot cope with
            skipped += len(same_uid)
    for period in trimmed.busy_periods:
        try:
            found.append(_of_period(period, zone))
        except (ValueError, OverflowError):
            skipped += 1
    return found, skipped


class _TooLong(BaseException):
    """One event takes too much time. No `Exception`: nothing on the way may take it for one of its own."""


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise `_TooLong` in the block once it has used so much of the processor's time."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _by_uid(calendar: Any) -> Iterator[list[Any]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for event in calendar.walk("VEVENT"):
        groups[str(event.get("UID"))].append(event)
    yield from groups.values()


def _of_series(events: list[Any], zone: ZoneInfo, first: date, last: date, *, most: int) -> Iterator[Taken]:
    """The occurrences of one event with its exceptions."""
    alone = icalendar.Calendar()
    alone.subcomponents = events
    begin = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + ONE_DAY, datetime.min.time(), zone)
    query = recurring_ical_events.of(alone, components=["VEVENT"])
    for number, occurrence in enumerate(query.between(begin, end)):
        if number >= most:
            raise Refused("too_much")
        if is_busy(occurrence):
            yield _taken(occurrence, zone)


def is_busy(event: Any) -> bool:
    """Whether an event takes its time: it is not cancelled, and not marked as leaving its owner free."""
    return (
        str(event.get("STATUS", "")).strip().upper() != "CANCELLED"
        and str(event.get("TRANSP", "")).strip().upper() != "TRANSPARENT"
        and FREE not in event
    )


def _taken(event: Any, zone: ZoneInfo) -> Taken:
    start, end = event["DTSTART"].dt, event["DTEND"].dt
    if isinstance(start, datetime) or isinstance(end, datetime):
        return timed(_in_zone(start, zone), _in_zone(end, zone))
    return all_day(start, end)


def _in_zone(moment: date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, datetime.min.time(), zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _of_period(period: str, zone: ZoneInfo) -> Taken:
    """A busy period of a free/busy file. Raises ValueError, OverflowError."""
    first, _, second = period.partition("/")
    start = _utc(first)
    if (length := _DURATION.fullmatch(second)) is not None:
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in length.groups())
        end = start + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    else:
        end = _utc(second)
    return timed(start.astimezone(zone), end.astimezone(zone))


def _utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
