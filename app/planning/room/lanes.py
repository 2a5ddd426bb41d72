"""Sessions as bars in lanes, with what lies behind them: holidays, closures, days on which somebody cannot.

Positions are days from the first day of the view, whole or not: a bar from 2 to 5 covers the third, fourth
and fifth day. What overlaps lies in rows below each other. Nothing here knows of languages or pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from app.planning.room.opened import Opened
from solver.derived import days_of, place_of, travel_days
from solver.round import Person, Place, Round, Span
from solver.schedule import Session

Grouping = Literal["region", "place", "person", "topic", "fund"]
GROUPINGS: tuple[Grouping, ...] = ("region", "place", "person", "topic", "fund")

LEAST_SHARE = 0.025
"""The share of the view's width that a bar takes at least, so that a finger finds it."""

WEEKENDS_UP_TO = 100
"""Weekends are shown in views of so many days."""

BARS_PER_PART = 120
"""A lane with more bars comes in several parts."""


@dataclass(frozen=True, slots=True)
class View:
    """The days shown. Sessions online lie at their hours in `zone` where `hours`, else on their UTC days."""

    first: date
    last: date
    zone: tzinfo = UTC
    hours: bool = False

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def day(self, day: date) -> float:
        return (day - self.first).days

    def instant(self, at: datetime) -> float:
        local = at.astimezone(self.zone)
        seconds = local.hour * 3600 + local.minute * 60
        return (local.date() - self.first).days + seconds / 86400


@dataclass(frozen=True, slots=True)
class Bar:
    """One session in one lane: `begins` to `ends` is the session, `leaves` to `returns` with the journeys."""

    session: Session
    begins: float
    ends: float
    leaves: float
    returns: float
    row: int = 0


@dataclass(slots=True)
class Lane:
    """One lane, or one part of it: its bars by row, and spans of days behind them.

    `off` are holidays (and weekends, in short views), `closed` those of its venues, `away` and `liked` what
    its person said; each a list of (first position, days).
    """

    key: str
    bars: list[Bar]
    rows: int
    part: int = 1
    parts: int = 1
    sessions: int = 0
    off: list[tuple[int, int]] = field(default_factory=list)
    closed: list[tuple[int, int]] = field(default_factory=list)
    away: list[tuple[int, int]] = field(default_factory=list)
    liked: list[tuple[int, int]] = field(default_factory=list)


def lanes(
    state: Opened, view: View, by: Grouping, order: Callable[[str], object] = lambda key: key
) -> list[Lane]:
    """The lanes with a session in view; `order` sorts their keys, the one without a key comes last."""
    found: dict[str, list[Bar]] = {}
    for session in state.schedule.sessions:
        for key in keys_of(state.round, session, by):
            bar = bar_of(state.round, session, view, state.round.people.get(key) if by == "person" else None)
            if bar is not None:
                found.setdefault(key, []).append(bar)
    return [
        part
        for key in sorted(found, key=lambda key: (key == "", order(key)))
        for part in _parts(_lane(state.round, view, by, key, found[key]))
    ]


def keys_of(round: Round, session: Session, by: Grouping) -> Iterable[str]:
    """The lanes that a session lies in; "" where it has none of this kind."""
    workshop = round.workshops[session.workshop]
    if by == "region":
        return (round.organisations[workshop.requested_by].region,)
    if by == "place":
        place = place_of(round, session)
        return (place.id if place else "",)
    if by == "person":
        return session.facilitators
    if by == "topic":
        return (workshop.topic,)
    return [fund.id for fund in round.funds.values() if workshop.id in fund.workshops] or ("",)


def bar_of(round: Round, session: Session, view: View, person: Person | None = None) -> Bar | None:
    """A session in a view, with the journey of one person or of whoever travels longest; `None`: outside."""
    workshop = round.workshops[session.workshop]
    if isinstance(session.start, datetime) and view.hours:
        begins = leaves = view.instant(session.start)
        ends = returns = begins + workshop.minutes / 1440
    else:
        days = days_of(workshop, session.start)
        begins, ends = view.day(days.first), view.day(days.last) + 1
        journey = _journey(round, session, person)
        leaves, returns = begins - journey, ends + journey
    if returns <= 0 or leaves >= view.days:
        return None
    return Bar(session, begins, ends, leaves, returns)


def _journey(round: Round, session: Session, person: Person | None) -> int:
    """Days on the way, there and back each."""
    place = place_of(round, session)
    if place is None:
        return 0
    people = [person] if person else [round.people[each] for each in session.people]
    return max((travel_days(round.places[each.home], place) for each in people), default=0)


def _lane(round: Round, view: View, by: Grouping, key: str, bars: list[Bar]) -> Lane:
    packed, rows = _packed(bars, view.days * LEAST_SHARE)
    lane = Lane(key, packed, rows, sessions=len(bars))
    if by == "person":
        person = round.people[key]
        lane.off = off_days(view, [round.places[person.home]])
        lane.away, lane.liked = in_view(view, person.unavailable), in_view(view, person.preferred)
    elif by == "place" and key:
        lane.off = off_days(view, [round.places[key]])
        shut = (span for venue in round.venues.values() if venue.place == key for span in venue.closed)
        lane.closed = in_view(view, shut)
    else:
        hosts = [place_of(round, bar.session) for bar in bars]
        lane.off = off_days(view, [place for place in hosts if place is not None])
    return lane


def _packed(bars: Iterable[Bar], least: float) -> tuple[list[Bar], int]:
    """Bars in as few rows as may be, none over another, each as wide as a finger needs."""
    free: list[float] = []
    placed = []
    for bar in sorted(bars, key=lambda each: (each.leaves, each.returns, each.session.workshop)):
        end = bar.leaves + max(bar.returns - bar.leaves, least)
        row = next((n for n, until in enumerate(free) if until <= bar.leaves), len(free))
        free[row : row + 1] = [end]
        placed.append(Bar(bar.session, bar.begins, bar.ends, bar.leaves, bar.returns, row))
    return placed, len(free)


def _parts(lane: Lane) -> Iterator[Lane]:
    """A lane with very many bars row by row in several parts."""
    if len(lane.bars) <= BARS_PER_PART:
        yield lane
        return
    counts = Counter(bar.row for bar in lane.bars)
    groups: list[list[int]] = [[]]
    for row in range(lane.rows):
        if groups[-1] and sum(counts[each] for each in groups[-1]) + counts[row] > BARS_PER_PART:
            groups.append([])
        groups[-1].append(row)
    for n, rows in enumerate(groups):
        bars = [
            Bar(each.session, each.begins, each.ends, each.leaves, each.returns, each.row - rows[0])
            for each in lane.bars
            if rows[0] <= each.row <= rows[-1]
        ]
        yield Lane(
            lane.key, bars, len(rows), n + 1, len(groups), lane.sessions,
            lane.off, lane.closed, lane.away, lane.liked,
        )  # fmt: skip


# -- Behind the bars


def off_days(view: View, places: Sequence[Place]) -> list[tuple[int, int]]:
    """Holidays, and in short views weekends, at no fewer than half of some places."""
    free: Counter[date] = Counter()
    rows = {place.id: place for place in places}
    for id, times in Counter(place.id for place in places).items():
        off = {day for day in rows[id].holidays if view.first <= day <= view.last}
        if view.days <= WEEKENDS_UP_TO:
            off |= {day for day in _days(view) if day.isoweekday() in rows[id].weekend}
        for day in off:
            free[day] += times
    wanted = max(1, (len(places) + 1) // 2)
    return _runs(view, (day for day in _days(view) if free[day] >= wanted))


def in_view(view: View, spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Spans as (first position, days), each day once."""
    taken = {
        day for span in spans for day in _between(max(span.first, view.first), min(span.last, view.last))
    }
    return _runs(view, sorted(taken))


def _runs(view: View, days: Iterable[date]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in days:
        at = (day - view.first).days
        if runs and sum(runs[-1]) == at:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((at, 1))
    return runs


def _days(view: View) -> Iterator[date]:
    return _between(view.first, view.last)


def _between(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


# -- The axis


def ticks(view: View) -> list[tuple[float, date | time]]:
    """Where the axis is marked: months, weeks (Mondays), days or hours, whichever the view has room for."""
    if view.days == 1:
        return [(hour / 24, time(hour)) for hour in range(0, 24, 2)]
    if view.days <= 45:
        return [(n, view.first + timedelta(days=n)) for n in range(view.days)]
    days = _days(view)
    if view.days <= WEEKENDS_UP_TO:
        return [(view.day(day), day) for day in days if day.weekday() == 0]
    return [(view.day(day), day) for day in days if day.day == 1 or day == view.first]
