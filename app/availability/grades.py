"""From what people said to what counts: the three grades of a day, each day in one of them or in none.

A day is held against these, in this order:

1. *blocked*: a holiday that is kept free, a time that the person's own calendar calls busy: cannot;
2. what the person said of that very day: cannot, if need be, preferred, or "I can all the same";
3. what comes back: certain weekdays, Ramadan, school holidays.

Where two of the same rank speak of one day the stronger counts: cannot, then if need be, then preferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.availability.spans import Span, Spans, clip, difference, merge, union


@dataclass(frozen=True, slots=True)
class Graded:
    """When somebody cannot, can if need be, and would rather; normal forms without a common day."""

    unavailable: Spans = ()
    preferred: Spans = ()
    if_need_be: Spans = ()

    def clipped(self, span: Span) -> Graded:
        """Only the days within `span`."""
        return Graded(
            clip(self.unavailable, span.first, span.last),
            clip(self.preferred, span.first, span.last),
            clip(self.if_need_be, span.first, span.last),
        )


Said = Mapping[str, Iterable[Span]]
"""By kind of span: the days of which it was said."""


def grade(said: Said, recurring: Said, blocked: Iterable[Span]) -> Graded:
    """What counts on each day."""
    spoken_of = merge(span for spans in said.values() for span in spans)

    def claimed(kind: str) -> Spans:
        return union(said.get(kind, ()), difference(recurring.get(kind, ()), spoken_of))

    unavailable = union(blocked, claimed("unavailable"))
    if_need_be = difference(claimed("if_need_be"), unavailable)
    preferred = difference(claimed("preferred"), (*unavailable, *if_need_be))
    return Graded(unavailable, preferred, if_need_be)
