"""Span algebra against plain sets of days."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.availability.spans import (
    Span,
    clip,
    days_of,
    difference,
    from_days,
    intersection,
    merge,
    union,
)

MARCH = date(2027, 3, 1)


def march(first: int, last: int) -> Span:
    return Span(date(2027, 3, first), date(2027, 3, last))


spans = st.lists(
    st.builds(
        lambda start, length: Span(MARCH + timedelta(days=start), MARCH + timedelta(days=start + length)),
        st.integers(0, 40),
        st.integers(0, 8),
    ),
    max_size=8,
)


def test_a_span_includes_both_ends() -> None:
    assert march(3, 5).days == 3
    assert list(march(3, 5)) == [date(2027, 3, 3), date(2027, 3, 4), date(2027, 3, 5)]
    assert date(2027, 3, 5) in march(3, 5)
    assert date(2027, 3, 6) not in march(3, 5)


def test_a_span_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        march(5, 4)


def test_spans_that_follow_one_another_become_one() -> None:
    assert merge([march(4, 6), march(1, 3), march(8, 9)]) == (march(1, 6), march(8, 9))


def test_taking_days_out_of_the_middle_leaves_both_sides() -> None:
    assert difference([march(1, 10)], [march(4, 5), march(8, 8)]) == (march(1, 3), march(6, 7), march(9, 10))


def test_the_last_day_there_is_can_be_taken_out() -> None:
    assert difference([Span(date.max, date.max)], [Span(date.max, date.max)]) == ()
    assert merge([Span(date.max, date.max), Span(date.min, date.min)]) == (
        Span(date.min, date.min),
        Span(date.max, date.max),
    )


def test_clipping_keeps_what_lies_inside() -> None:
    assert clip([march(1, 4), march(9, 20)], date(2027, 3, 3), date(2027, 3, 10)) == (
        march(3, 4),
        march(9, 10),
    )


@given(spans)
def test_the_normal_form_holds_the_same_days_in_order_and_apart(given_spans: list[Span]) -> None:
    merged = merge(given_spans)
    assert days_of(merged) == {day for span in given_spans for day in span}
    assert all((late.first - early.last).days >= 2 for early, late in itertools.pairwise(merged))


@given(spans, spans)
def test_union_intersection_and_difference_are_those_of_the_days(one: list[Span], other: list[Span]) -> None:
    assert union(one, other) == from_days(days_of(one) | days_of(other))
    assert intersection(one, other) == from_days(days_of(one) & days_of(other))
    assert difference(one, other) == from_days(days_of(one) - days_of(other))
