"""The algebra of date spans: sets of days, written as spans that include both ends.

A set of days has one *normal form*: spans in order that neither overlap nor touch. Every
function takes spans in any order and shape and gives the normal form, so that two results
are equal exactly when they hold the same days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)

Spans = tuple["Span", ...]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days from `first` to `last`, both included. Raises `ValueError` when it ends before it starts."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a span that ends before it starts: {self.first} to {self.last}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.days))

    @property
    def days(self) -> int:
        """How many days it holds, at least 1."""
        return (self.last - self.first).days + 1

    def overlaps(self, other: Span) -> bool:
        return self.first <= other.last and other.first <= self.last

    def touches(self, other: Span) -> bool:
        """Overlaps the other, or follows or precedes it without a day between."""
        return (
            self.first.toordinal() <= other.last.toordinal() + 1
            and other.first.toordinal() <= self.last.toordinal() + 1
        )


def merge(spans: Iterable[Span]) -> Spans:
    """The normal form of these days."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and merged[-1].touches(span):
            merged[-1] = Span(merged[-1].first, max(merged[-1].last, span.last))
        else:
            merged.append(span)
    return tuple(merged)


def union(one: Iterable[Span], other: Iterable[Span]) -> Spans:
    """The days in either."""
    return merge((*one, *other))


def intersection(one: Iterable[Span], other: Iterable[Span]) -> Spans:
    """The days in both, in time linear in the spans of the two normal forms."""
    left, right = merge(one), merge(other)
    common: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i].overlaps(right[j]):
            common.append(Span(max(left[i].first, right[j].first), min(left[i].last, right[j].last)))
        if left[i].last < right[j].last:
            i += 1
        else:
            j += 1
    return tuple(common)


def difference(one: Iterable[Span], other: Iterable[Span]) -> Spans:
    """The days of the first that are not in the other."""
    taken = merge(other)
    left: list[Span] = []
    for span in merge(one):
        start: date | None = span.first
        for hole in taken:
            if start is None or hole.first > span.last:
                break
            if hole.last < start:
                continue
            if hole.first > start:
                left.append(Span(start, hole.first - ONE_DAY))
            start = hole.last + ONE_DAY if hole.last < span.last else None
        if start is not None:
            left.append(Span(start, span.last))
    return tuple(left)


def clip(spans: Iterable[Span], first: date, last: date) -> Spans:
    """The days of `spans` from `first` to `last`."""
    return intersection(spans, [Span(first, last)])


def from_days(days: Iterable[date]) -> Spans:
    """The normal form of single days."""
    return merge(Span(day, day) for day in days)


def days_of(spans: Iterable[Span]) -> frozenset[date]:
    """The days themselves."""
    return frozenset(day for span in spans for day in span)
