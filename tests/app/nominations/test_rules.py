"""Quota, rank and need, on values alone."""

from __future__ import annotations

import pytest

from app.nominations.rules import Named, needs_in_order, problems_of, quota_of, reminders_due


def reasons(entries: list[Named], quota: int = 2) -> list[tuple[int, str]]:
    return [(p.position, p.reason) for p in problems_of(entries, allowed=range(1, 9), quota=quota)]


def test_an_organisation_may_name_as_many_as_it_may_have_seats_and_as_many_substitutes() -> None:
    assert quota_of(3, 12) == 3
    assert quota_of(30, 12) == 12
    assert quota_of(0, 12) == 0
    full = [Named(1, 2, ""), Named(2, 2, ""), Named(3, 2, "", True), Named(4, 2, "", True)]
    assert reasons(full) == []
    assert reasons([*full, Named(5, 2, "", True)]) == [(4, "list_full")]
    assert reasons([*full[:2], Named(5, 2, "")]) == [(2, "list_full")]


def test_nobody_is_named_twice_nor_without_a_need_nor_from_elsewhere() -> None:
    assert reasons([Named(1, 2, ""), Named(1, 2, "", True)]) == [(1, "named_twice")]
    assert reasons([Named(1, 0, "")]) == [(0, "need_missing")]
    assert reasons([Named(77, 1, "")]) == [(0, "not_of_organisation")]


@pytest.mark.parametrize(
    ("said", "counted"),
    [([3, 2, 1], [3, 2, 1]), ([1, 3, 2], [1, 1, 1]), ([2, 3, 1, 3], [2, 2, 1, 1]), ([], [])],
)
def test_no_need_counts_for_more_than_one_ranked_before_it(said: list[int], counted: list[int]) -> None:
    assert needs_in_order(said) == counted


def test_two_reminders_are_due_a_week_and_two_days_before_the_end() -> None:
    assert [reminders_due(days) for days in (20, 8, 7, 3, 2, 0)] == [0, 0, 1, 1, 2, 2]
