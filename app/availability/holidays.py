"""National holidays and weekends, from the `holidays` package.

The package is large and slow to import, so it is imported at first use, and it loads one
country's module at a time. What it says is kept for the life of the process.

It knows three grades of truth, and so do we (`coverage`): dates that are certain; dates
*estimated* from a lunar or religious calendar, which a sighting or a decree may move by a
day or two; and countries or years for which it has nothing, which is not the same as a
year without holidays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from holidays import HolidayBase

Coverage = Literal["known", "estimated", "no_data"]

SATURDAY_AND_SUNDAY = frozenset({6, 7})

ESTIMATED_CALENDARS = ("islamic", "hindu", "buddhist")
"""Calendars whose dates are settled by sighting or decree, near the day."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday; `estimated` says that its date may still move."""

    day: date
    name: str
    estimated: bool = False


def holidays_between(country: str, first: date, last: date, language: str = "en") -> tuple[Holiday, ...]:
    """The public holidays of a country from `first` to `last`, in order, one for each day.

    `country` is ISO 3166-1 alpha-2. Names are in `language` where the package has them, else
    in English. An unknown country has none; ask `coverage` whether that means anything.
    """
    return tuple(
        holiday
        for year in range(first.year, last.year + 1)
        for holiday in _holidays_of_year(country, year, language)
        if first <= holiday.day <= last
    )


def coverage(country: str, year: int) -> Coverage:
    """How far the holidays of a country and year are to be trusted."""
    found = _holidays_of_year(country, year, "en")
    if not found:
        return "no_data"
    return "estimated" if any(holiday.estimated for holiday in found) else "known"


@lru_cache(maxsize=512)
def weekend_of(country: str) -> frozenset[int]:
    """The weekly days off of a country, as ISO weekdays (1 Monday … 7 Sunday)."""
    calendar = _calendar(country, "en")
    if calendar is None:
        return SATURDAY_AND_SUNDAY
    return frozenset(weekday + 1 for weekday in calendar.weekend)


@lru_cache(maxsize=8192)
def _holidays_of_year(country: str, year: int, language: str) -> tuple[Holiday, ...]:
    marked = _names(country, year, "en", mark_estimated=True)
    names = _names(country, year, language, mark_estimated=False)
    return tuple(
        Holiday(day, names.get(day, name), "estimated" in name) for day, name in sorted(marked.items())
    )


def _names(country: str, year: int, language: str, *, mark_estimated: bool) -> Mapping[date, str]:
    """The names of a year's holidays by day, with "(estimated)" written behind them or not.

    The package lets each country's class choose whether it writes the mark, and some whose
    dates are estimates do not (India, Côte d'Ivoire). The choice has no public switch, hence
    the attributes; without them the names would only be marked less well.
    """
    calendar = _calendar(country, language)
    if calendar is None:
        return {}
    for kind in ESTIMATED_CALENDARS:
        if hasattr(calendar, choice := f"_{kind}_calendar_show_estimated"):
            setattr(calendar, choice, mark_estimated)
    calendar.get(date(year, 1, 1))  # it works a year out when first asked for a day of it
    return {day: name for day, name in calendar.items() if day.year == year}


def _calendar(country: str, language: str) -> HolidayBase | None:
    """The package's calendar of a country, naming days in `language` or English; `None` without one."""
    from holidays import country_holidays

    try:
        plain = country_holidays(country)
    except NotImplementedError:
        return None
    offered = plain.supported_languages
    fitting = [code for code in offered if code.partition("_")[0] == language]
    english = [code for code in offered if code == "en_US"]
    chosen = (english if language == "en" else fitting) or english
    return country_holidays(country, language=chosen[0]) if chosen else plain
