"""From the times that are taken to whole days, by the rule that the owner chose.

The planner works in days: somebody can travel and teach on a day, or cannot. Which events take a day
is the owner's choice for each calendar (`rule`):

    all_day   only events that are marked as all-day or last 24 hours or more
    long      these, and events of `hours` hours or more
    every     every event

An event that counts takes every day, where its owner lives, on which it has begun and is not yet over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

RULES = ("all_day", "long", "every")
Rule = Literal["all_day", "long", "every"]

ONE_DAY = timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Taken:
    """A time that is taken, by the days of its owner's zone that it touches, and how long it is."""

    first_day: date
    last_day: date
    length: timedelta | None
    """How long it is; `None` for what is marked as all-day."""


def all_day(start: date, end: date) -> Taken:
    """From the day `start` to before the day `end`; an end that is not after the start means one day."""
    return Taken(start, max(start, end - ONE_DAY), None)


def timed(start: datetime, end: datetime) -> Taken:
    """From one instant to another, both in the owner's zone; one that is over at midnight does not take the
    day that begins."""
    end = max(start, end)
    last = end - A_MOMENT if end > start else end
    return Taken(start.date(), last.date(), timedelta(seconds=end.timestamp() - start.timestamp()))


def counts(taken: Taken, rule: Rule, hours: int) -> bool:
    """Whether the rule gives a whole day to it."""
    if taken.length is None or taken.length >= ONE_DAY or rule == "every":
        return True
    return rule == "long" and taken.length >= timedelta(hours=hours)


def days_taken(
    times: Iterable[Taken], *, rule: Rule, hours: int, first: date, last: date
) -> tuple[list[Days], int]:
    """The days from `first` to `last` that are taken, as spans that neither overlap nor touch, and how many
    times count among them."""
    found: list[Days] = []
    number = 0
    for taken in times:
        begin, end = max(taken.first_day, first), min(taken.last_day, last)
        if begin <= end and counts(taken, rule, hours):
            found.append((begin, end))
            number += 1
    return list(_joined(sorted(found))), number


def _joined(spans: Iterable[Days]) -> Iterator[Days]:
    held: Days | None = None
    for begin, end in spans:
        if held is not None and begin.toordinal() <= held[1].toordinal() + 1:
            held = (held[0], max(held[1], end))
        else:
            if held is not None:
                yield held
            held = (begin, end)
    if held is not None:
        yield held
