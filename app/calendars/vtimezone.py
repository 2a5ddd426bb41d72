"""VTIMEZONE components that are true for the years they are needed (RFC 5545 3.6.5).

Where a zone switches twice a year by the same rule throughout those years, each observance is written with
one yearly RRULE (`FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU`), the only form Exchange reads (MS-OXCICAL 2.1.3.1.1.19).
Elsewhere (Africa/Casablanca, whose clocks follow Ramadan) each switch is an observance of its own, after one
for the offset that held before. There are no RDATEs, of which several clients read the first alone. An onset
is told by the clock that is about to be changed, in the old offset.

Truth is the tzdata package; the system's own data, which may be years old, are asked only for what it lacks.
"""

import re
from calendar import monthcalendar, monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.calendars import contentlines as line

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ZONE_NAME = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*")
_LAST = -1
_SECOND = timedelta(seconds=1)

_Rule = tuple[int, int, int]  # month, which one of its weekdays (1 to 5, or the last), weekday (0 is Monday)

# Long before the first session of anybody; the date that calendar programs write for "always".
_ALWAYS = datetime(1970, 1, 1)  # noqa: DTZ001 - a time on the wall, in the offset it defines


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name, from the tzdata package before the system's files.

    Raises:
        ZoneInfoNotFoundError: there is no such zone.
    """
    if _ZONE_NAME.fullmatch(name):
        file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
        if file.is_file():
            with file.open("rb") as data:
                return ZoneInfo.from_file(data, key=name)
    try:
        return ZoneInfo(name)
    except (OSError, ValueError) as error:  # a folder of zones, or what looks like a way out of them
        raise ZoneInfoNotFoundError(f"there is no time zone {name!r}") from error


@dataclass(frozen=True, slots=True)
class _Switch:
    """Clocks in a zone being changed."""

    clock: datetime  # what clocks show when it comes, still in the old offset
    old: timedelta
    new: timedelta
    abbreviation: str
    to_summer: bool

    @property
    def _occurrences(self) -> set[int]:
        """The how-manieth of its weekday in the month it is: 1 to 5, and -1 too where it is the last."""
        day = self.clock.day
        is_last = day + 7 > monthrange(self.clock.year, self.clock.month)[1]
        return {(day + 6) // 7} | ({_LAST} if is_last else set())

    def rules(self) -> set[_Rule]:
        """The yearly rules that it fits."""
        return {(self.clock.month, nth, self.clock.weekday()) for nth in self._occurrences}

    def is_like(self, other: "_Switch") -> bool:
        """Whether it does at the same hour what the other did."""
        return (self.clock.time(), self.old, self.new, self.abbreviation) == (
            other.clock.time(), other.old, other.new, other.abbreviation,
        )  # fmt: skip

    def lines(self, *more: str) -> tuple[str, ...]:
        kind = "DAYLIGHT" if self.to_summer else "STANDARD"
        return (
            f"BEGIN:{kind}",
            line.wall_time("DTSTART", self.clock),
            line.utc_offset("TZOFFSETFROM", self.old),
            line.utc_offset("TZOFFSETTO", self.new),
            line.text("TZNAME", self.abbreviation),
            *more,
            f"END:{kind}",
        )


def vtimezone(name: str, instants: Iterable[datetime]) -> tuple[str, ...]:
    """The lines of the VTIMEZONE for zone `name` that gives the true offset at each of `instants`.

    Raises:
        ValueError: no instants.
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    years = [moment.astimezone(zone(name)).year for moment in instants]
    return _vtimezone(name, min(years), max(years))


@lru_cache(maxsize=1024)
def _vtimezone(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    # One year ahead of need: the observance in force on the first day must have begun before it.
    years = range(first_year - 1, last_year + 1)
    switches = tuple(_switches(zone(name), years))
    observances = _by_rule(switches, zone(name), years) or _one_by_one(switches, zone(name), years)
    return "BEGIN:VTIMEZONE", f"TZID:{name}", *observances, "END:VTIMEZONE"


def _by_rule(switches: tuple[_Switch, ...], zone: ZoneInfo, years: range) -> tuple[str, ...]:
    """Two observances with a yearly rule each; nothing where these years do not follow two such rules."""
    lines: list[str] = []
    for yearly in (switches[0::2], switches[1::2]):
        if [switch.clock.year for switch in yearly] != list(years):
            return ()
        first, *later = yearly
        shared = set.intersection(*(switch.rules() for switch in yearly))
        if not shared or not all(switch.is_like(first) for switch in later):
            return ()
        rule = min(shared)  # "the last" before "the fourth" where both fit: it is what zones mean
        month, nth, weekday = rule
        lines += _first_of_its_rule(first, rule, zone).lines(
            f"RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{_WEEKDAYS[weekday]}"
        )
    return tuple(lines)


def _first_of_its_rule(switch: _Switch, rule: _Rule, zone: ZoneInfo) -> _Switch:
    """The switch with which the unbroken series began that this one belongs to, if need be that of 1970.

    Years that nobody asked for, but vobject tells zones from UTC by what they did from 2000 to 2020.
    """
    month, nth, weekday = rule
    while switch.clock.year > _ALWAYS.year:
        year = switch.clock.year - 1
        days = [week[weekday] for week in monthcalendar(year, month) if week[weekday]]
        clock = switch.clock.replace(year=year, day=days[nth if nth == _LAST else nth - 1])
        instant = (clock - switch.old).replace(tzinfo=UTC)
        if (_offset(instant - _SECOND, zone), _offset(instant, zone)) != (switch.old, switch.new):
            break
        switch = replace(switch, clock=clock)
    return switch


def _one_by_one(switches: tuple[_Switch, ...], zone: ZoneInfo, years: range) -> tuple[str, ...]:
    opening = datetime(years[0], 1, 1, tzinfo=zone)
    offset = _offset(opening, zone)
    before = _Switch(_ALWAYS, offset, offset, opening.tzname() or "", to_summer=False)
    return tuple(text for switch in (before, *switches) for text in switch.lines())


def _switches(zone: ZoneInfo, years: range) -> Iterator[_Switch]:
    """The changes of offset whose clock time lies in `years`, in order."""
    # A day more on both sides: a year begins in a zone up to 14 hours from when it does in UTC.
    moment = datetime(years[0], 1, 1, tzinfo=UTC) - timedelta(days=1)
    end = datetime(years[-1], 12, 31, tzinfo=UTC) + timedelta(days=2)
    offset = _offset(moment, zone)
    while moment < end:
        next_moment = moment + timedelta(days=1)
        next_offset = _offset(next_moment, zone)
        if next_offset != offset:
            switch = _switch_between(moment, next_moment, zone)
            if switch.clock.year in years:
                yield switch
        moment, offset = next_moment, next_offset


def _switch_between(before: datetime, after: datetime, zone: ZoneInfo) -> _Switch:
    """The one change of offset in the span, found by halving it down to a second."""
    old = _offset(before, zone)
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    then, now = before.astimezone(zone), after.astimezone(zone)
    new = _offset(after, zone)
    # Dublin's data call winter the exception, with a negative saving, which no client expects: summer is what
    # has the larger offset. A change for good, with no saving before or after it, is a new standard.
    return _Switch(
        clock=(after + old).replace(tzinfo=None),
        old=old,
        new=new,
        abbreviation=now.tzname() or "",
        to_summer=new > old and bool(then.dst() or now.dst()),
    )


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def is_ambiguous(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks in the zone show the same twice, this time and an hour later or earlier."""
    local = moment.astimezone(zone)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
