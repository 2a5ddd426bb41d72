"""What comes back, as days: certain weekdays, Ramadan, the school holidays of a country.

The dates of Ramadan come from the `holidays` package, which has its beginning and its end for the
Maldives with years that are still estimates among them. Other countries begin and end a day earlier
or later, by their own sighting of the moon: the dates are approximate, and pages say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from app.availability.holidays import holidays_between
from app.availability.spans import ONE_DAY, Span, Spans, clip, merge

RAMADAN_OF = "MV"
"""A country in whose calendar both ends stand by name."""


def weekly(weekdays: str, first: date, last: date) -> Spans:
    """The days from `first` to `last` that fall on these ISO weekdays: "67" are Saturdays and Sundays."""
    wanted = frozenset(int(digit) for digit in weekdays)
    return merge(Span(day, day) for day in Span(first, last) if day.isoweekday() in wanted)


def ramadan(first: date, last: date) -> Spans:
    """The days of Ramadan from `first` to `last`: approximate."""
    months = (month for year in range(first.year - 1, last.year + 1) for month in _ramadans_beginning(year))
    return clip(months, first, last)


@lru_cache(maxsize=64)
def _ramadans_beginning(year: int) -> tuple[Span, ...]:
    """Each Ramadan that begins in a year; one in thirty-three years has two."""
    days = holidays_between(RAMADAN_OF, date(year, 1, 1), date(year + 1, 12, 31))
    begins = [each.day for each in days if "Ramadan" in each.name and each.day.year == year]
    ends = [each.day for each in days if each.name.startswith("Eid al-Fitr")]
    found = []
    for begin in begins:
        end = next((day for day in ends if day > begin), None)
        if end is not None:
            found.append(Span(begin, end - ONE_DAY))
    return tuple(found)


def days_of_pattern(
    kind: str,
    weekdays: str,
    within: tuple[date | None, date | None],
    horizon: Span,
    school: Iterable[Span] = (),
) -> Spans:
    """The days of a pattern within the horizon. `school` are the school holidays where the person lives."""
    first, last = max(within[0] or date.min, horizon.first), min(within[1] or date.max, horizon.last)
    if last < first:
        return ()
    if kind == "weekly":
        return weekly(weekdays, first, last)
    return ramadan(first, last) if kind == "ramadan" else clip(school, first, last)
