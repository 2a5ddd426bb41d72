"""One view of the board, worked out from the address: which lanes, which days, and every bar in words."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from app.i18n import choose_zone, format_moments, format_span, region_name
from app.planning.draft_reading import DraftedSession
from app.planning.room.conflicts import Found
from app.planning.room.lanes import GROUPINGS, LEAST_SHARE, Bar, Lane, View, in_view, lanes, ticks
from app.planning.room.opened import Opened
from app.planning.room.words import WITHOUT, obstacle
from solver.schedule import Session

ZOOMS = ("year", "quarter", "month", "week", "day")
ROW = 26
"""Height of a row of bars."""
BARS_AT_ONCE, LANES_AT_ONCE = 110, 40
"""What the first view shows at most, and every part that is fetched after it."""
LABELLED = 0.06
"""Bars from this share of the width on have their title written on them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: grouping, zoom, the day from which, the person to look at."""

    by: str
    zoom: str
    first: date
    person: str | None
    table: bool
    part: int


def asked(arguments: Mapping[str, str], state: Opened) -> Asked:
    """What an address asks for; what it does not say, or says wrongly, is as usual."""
    horizon = state.round.horizon
    by, zoom = arguments.get("by", "region"), arguments.get("zoom", "year")
    try:
        first = date.fromisoformat(arguments.get("from", ""))
    except ValueError:
        first = horizon.first
    person = arguments.get("person", "")
    part = arguments.get("part", "1")
    return Asked(
        by=by if by in GROUPINGS else "region",
        zoom=zoom if zoom in ZOOMS else "year",
        first=min(max(first, horizon.first), horizon.last),
        person=person if person in state.round.people else None,
        table=arguments.get("as") == "table",
        part=int(part) if part.isdecimal() and len(part) < 5 else 1,
    )


def view_of(wanted: Asked, state: Opened) -> View:
    """The days in view: whole quarters, months and weeks, but nothing outside the round."""
    horizon, day = state.round.horizon, wanted.first
    if wanted.zoom == "year":
        return View(horizon.first, horizon.last)
    if wanted.zoom == "quarter":
        first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        last = date(day.year, first.month + 2, monthrange(day.year, first.month + 2)[1])
    elif wanted.zoom == "month":
        first = day.replace(day=1)
        last = day.replace(day=monthrange(day.year, day.month)[1])
    elif wanted.zoom == "week":
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=6)
    else:
        first = last = day
    hours = wanted.zoom in ("week", "day")
    zone = ZoneInfo(choose_zone())
    return View(max(first, horizon.first), min(last, horizon.last), zone=zone, hours=hours)


class Board:
    """The lanes of a view in words and in per cent, for `templates/planning/room/`."""

    def __init__(
        self,
        state: Opened,
        wanted: Asked,
        found: Found,
        *,
        titles: Mapping[str, str],
        topics: Mapping[str, str],
        drafted: Mapping[str, DraftedSession],
        address: Callable[[str], str] | None,
    ) -> None:
        self.state, self.wanted, self.found = state, wanted, found
        self.view = view_of(wanted, state)
        self.titles, self._topics, self._drafted, self._address = titles, topics, drafted, address
        self.names = {code: person.name for code, person in state.round.people.items()}
        self._wrong: dict[str, list[str]] = {}
        for conflict in found.conflicts:
            for workshop in conflict.workshops:
                others = [*conflict.others, *(each for each in conflict.workshops if each != workshop)]
                text = obstacle(conflict.rule, conflict.people, others, names=self.names, titles=titles)
                self._wrong.setdefault(workshop, []).append(text)
        self._lanes = lanes(state, self.view, wanted.by, self._label_of)  # type: ignore[arg-type]
        self.parts = list(_cut(self._lanes))
        self.part = min(wanted.part, max(1, len(self.parts)))

    # -- the whole ---------------------------------------------------------------------

    @property
    def lanes(self) -> list[dict[str, Any]]:
        """The lanes of the part that was asked for."""
        return [self._lane(each) for each in (self.parts[self.part - 1] if self.parts else ())]

    @property
    def sessions_in_view(self) -> int:
        return len({bar.session.workshop for lane in self._lanes for bar in lane.bars})

    @property
    def axis(self) -> list[dict[str, Any]]:
        marks = ticks(self.view)
        return [{"x": self._per_cent(at), "at": what, "step": n} for n, (at, what) in enumerate(marks)]

    @property
    def steps(self) -> tuple[str | None, str | None]:
        """The days on which the view before and the one after begin; `None` at the ends of the round."""
        horizon = self.state.round.horizon
        before, after = self.view.first - timedelta(days=1), self.view.last + timedelta(days=1)
        return (
            before.isoformat() if before >= horizon.first else None,
            after.isoformat() if after <= horizon.last else None,
        )

    @property
    def title(self) -> str:
        return format_span(self.view.first, self.view.last)

    @property
    def person(self) -> dict[str, str] | None:
        """The days of the selected person, as paths that every lane shows."""
        person = self.state.round.people.get(self.wanted.person or "")
        if person is None:
            return None
        return {
            "name": person.name,
            "away": path(in_view(self.view, person.unavailable)),
            "unsure": path(in_view(self.view, person.if_need_be)),
            "liked": path(in_view(self.view, person.preferred)),
        }

    @property
    def facilitators(self) -> list[tuple[str, str]]:
        """Who is in a team, and whoever is selected, by name."""
        codes = {person for session in self.state.schedule.sessions for person in session.facilitators}
        codes |= {self.wanted.person} if self.wanted.person else set()
        return sorted(((code, self.names[code]) for code in codes), key=lambda pair: pair[1])

    @property
    def conflicts(self) -> list[dict[str, Any]]:
        """By workshop, in the order of their titles: what is wrong, in words."""
        found = [
            {"title": self.titles.get(code, code), "url": self._url(code), "reasons": self._wrong[code]}
            for code in self._wrong
        ]
        return sorted(found, key=lambda each: str(each["title"]))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The same as a table: every session in view once for each lane, in order of time."""
        return [
            {"lane": self._label(lane.key), **self._said(bar.session)}
            for lane in self._lanes
            for bar in sorted(lane.bars, key=lambda each: each.begins)
        ]

    # -- parts -------------------------------------------------------------------------

    def _lane(self, lane: Lane) -> dict[str, Any]:
        return {
            "key": lane.key,
            "label": self._label(lane.key),
            "note": ngettext("%(num)s session", "%(num)s sessions", lane.sessions),
            "part": _("part %(n)s of %(all)s", n=lane.part, all=lane.parts) if lane.parts > 1 else "",
            "height": lane.rows * ROW + 4,
            "off": path(lane.off),
            "closed": path(lane.closed),
            "away": path(lane.away),
            "liked": path(lane.liked),
            "bars": self._bars(lane),
        }

    def _bars(self, lane: Lane) -> list[dict[str, Any]]:
        """The bars in order of time; a title without room on its bar stands beside it, if it can."""
        drawn = []
        free_until: dict[int, float] = {}
        for bar in sorted(lane.bars, key=lambda each: (each.begins, each.row), reverse=True):
            drawn.append(self._bar(bar, free_until.get(bar.row, self.view.days)))
            free_until[bar.row] = bar.leaves
        return drawn[::-1]

    def _bar(self, bar: Bar, free_until: float) -> dict[str, Any]:
        said = self._said(bar.session)
        least = self.view.days * 0.005
        wide = max(bar.ends - bar.begins, least)
        fits = wide / self.view.days >= LABELLED
        after = max(bar.returns, bar.begins + self.view.days * LEAST_SHARE)
        beside = not fits and (free_until - after) / self.view.days >= LABELLED
        return {
            **said,
            "y": bar.row * ROW + 2,
            "x": self._per_cent(bar.begins),
            "width": self._per_cent(wide),
            "away_x": self._per_cent(bar.leaves),
            "away_width": self._per_cent(bar.returns - bar.leaves) if bar.returns > bar.ends else None,
            "text": said["title"] if fits else "",
            "beside_x": self._per_cent(after),
            "beside_width": self._per_cent(free_until - after) if beside else None,
        }

    def _said(self, session: Session) -> dict[str, Any]:
        code = session.workshop
        drafted = self._drafted[code]
        wrong = self._wrong.get(code, [])
        pinned = code in self.state.pins
        where = f"{drafted.place}, {drafted.venue}" if drafted.place else _("Online")
        when = (
            format_moments(drafted.starts_at, drafted.ends_at)
            if drafted.starts_at and drafted.ends_at
            else format_span(drafted.first_day, drafted.last_day)
        )
        parts = [self.titles.get(code, code), when, where]
        parts += [_("fixed by hand")] if pinned else []
        parts += [_("Conflict: %(what)s", what="; ".join(wrong))] if wrong else []
        return {
            "code": code,
            "url": self._url(code),
            "title": self.titles.get(code, code),
            "when": when,
            "where": where,
            "team": [name for name, _role in drafted.team],
            "pinned": pinned,
            "wrong": wrong,
            "online": drafted.is_online,
            "label": " · ".join(parts),
        }

    def _url(self, code: str) -> str | None:
        return self._address(code) if self._address and code in self.state.round.workshops else None

    def _label_of(self, key: str) -> str:
        return self._label(key).casefold()

    def _label(self, key: str) -> str:
        round = self.state.round
        if not key:
            return str(WITHOUT[self.wanted.by])
        match self.wanted.by:
            case "region":
                return region_name(key)
            case "place":
                return round.places[key].name
            case "person":
                return round.people[key].name
            case "fund":
                return round.funds[key].title
            case _:
                return self._topics.get(key, key)

    def _per_cent(self, position: float) -> str:
        return f"{position * 100 / self.view.days:.2f}%"


def path(runs: Iterable[tuple[int, int]]) -> str:
    """Spans of days as an SVG path in a box one high and as wide as there are days."""
    return "".join(f"M{first} 0h{days}v1h-{days}z" for first, days in runs)


def _cut(found: Sequence[Lane]) -> Iterable[list[Lane]]:
    """Lanes in parts that are not too large."""
    part: list[Lane] = []
    bars = 0
    for lane in found:
        if part and (bars + len(lane.bars) > BARS_AT_ONCE or len(part) >= LANES_AT_ONCE):
            yield part
            part, bars = [], 0
        part.append(lane)
        bars += len(lane.bars)
    if part:
        yield part
