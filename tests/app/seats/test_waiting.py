"""The order of the waiting list, on values worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.seats.waiting import Candidate, waiting_list
from tests.conftest import NOW

TOGO, FIJI, PERU = 1, 2, 3


def candidate(person: int, organisation: int = TOGO, place: int | None = 1, **values: Any) -> Candidate:
    defaults = {"is_substitute": False, "need": 2, "since": NOW}
    return Candidate(person, organisation, place, **{**defaults, **values})


def order(
    *candidates: Candidate, freed_by: int | None = TOGO, seats: dict[int, int] | None = None
) -> list[int]:
    found = waiting_list(candidates, freed_by=freed_by, seats=seats or {}, per_organisation=3)
    return [each.candidate.person_id for each in found.order]


def test_the_substitute_of_the_organisation_whose_seat_it_was_comes_first() -> None:
    first_choice = candidate(1, FIJI, place=1, need=3)
    substitute = candidate(2, TOGO, place=3, is_substitute=True, need=1)
    of_others = candidate(3, FIJI, place=2, is_substitute=True)
    assert order(first_choice, substitute, of_others) == [2, 1, 3]
    assert order(first_choice, substitute, of_others, freed_by=None) == [1, 3, 2]


def test_first_choices_come_before_second_ones_whoever_needs_it_more() -> None:
    assert order(candidate(1, TOGO, 2, need=3), candidate(2, FIJI, 1, need=1)) == [2, 1]


def test_among_equals_need_then_the_smaller_share_then_time_decides() -> None:
    late = NOW + timedelta(days=1)
    assert order(candidate(1, TOGO, need=2), candidate(2, FIJI, need=3)) == [2, 1]
    assert order(candidate(1, TOGO), candidate(2, FIJI), seats={TOGO: 2, FIJI: 1}) == [2, 1]
    assert order(candidate(1, TOGO, since=late), candidate(2, FIJI)) == [2, 1]


def test_whom_nobody_named_comes_after_all_who_were() -> None:
    assert order(candidate(1, PERU, None, need=3), candidate(2, TOGO, 5, need=1)) == [2, 1]


def test_who_cannot_be_asked_is_passed_over_with_the_reason() -> None:
    given_list = [
        candidate(1, TOGO, bars=frozenset({"language"})),
        candidate(2, FIJI),
        candidate(3, PERU),
    ]
    found = waiting_list(given_list, freed_by=None, seats={FIJI: 3}, per_organisation=3)
    assert [each.candidate.person_id for each in found.order] == [3]
    assert {each.candidate.person_id: set(each.candidate.bars) for each in found.passed_over} == {
        1: {"language"},
        2: {"organisation_full"},
    }


people = st.builds(
    candidate,
    st.integers(1, 10**6),
    organisation=st.integers(1, 4),
    place=st.none() | st.integers(1, 6),
    is_substitute=st.booleans(),
    need=st.integers(1, 3),
    since=st.integers(0, 9).map(lambda days: NOW + timedelta(days=days)),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(people, max_size=12, unique_by=lambda each: each.person_id),
    st.none() | st.integers(1, 4),
    st.dictionaries(st.integers(1, 4), st.integers(0, 4)),
    st.randoms(),
)
def test_everybody_is_in_the_list_once_and_it_does_not_hang_on_how_they_were_read(
    candidates: list[Candidate], freed_by: int | None, seats: dict[int, int], random: Any
) -> None:
    found = waiting_list(candidates, freed_by=freed_by, seats=seats, per_organisation=3)
    everybody = [each.candidate.person_id for each in (*found.order, *found.passed_over)]
    assert sorted(everybody) == sorted(each.person_id for each in candidates)
    shuffled = random.sample(candidates, len(candidates))
    assert waiting_list(shuffled, freed_by=freed_by, seats=seats, per_organisation=3) == found
