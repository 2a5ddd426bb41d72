"""What stands in the way of a request: one contradiction at a time, in a request otherwise sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.workshops.rules import Problem, Surroundings, problems_of
from app.workshops.words import say
from tests.app.workshops.requests import SOUND

AROUND = Surroundings(today=date(2026, 11, 21))
ONLINE = {"mode": "online", "days": None, "minutes": 90}


def with_answers(page: str, **values: Any) -> Any:
    return replace(SOUND, **{page: replace(getattr(SOUND, page), **values)})


def test_a_sound_request_has_no_problems() -> None:
    assert problems_of(SOUND, AROUND) == ()


@pytest.mark.parametrize(
    ("page", "values", "field", "reason"),
    [
        ("what", {"titles": {"en": " "}}, "titles", "no_title"),
        ("what", {"kind": "party"}, "kind", "unknown"),
        ("when", {"mode": "by_post"}, "mode", "unknown"),
        ("when", {"days": None}, "days", "days_out_of_range"),
        ("when", {"days": 0}, "days", "days_out_of_range"),
        ("when", {"days": 11}, "days", "days_out_of_range"),
        ("when", {"minutes": 90}, "minutes", "minutes_in_person"),
        ("when", {"window_last": date(2027, 2, 28)}, "window_last", "window_ends_before_it_starts"),
        ("when", {"window_last": date(2027, 3, 2)}, "window_last", "window_too_short"),
        ("when", {"follows_min_days": -1}, "follows_min_days", "out_of_range"),
        ("when", {"follows_graduates": 10**12}, "follows_graduates", "out_of_range"),
        ("when", {"window_first": date(27, 3, 1)}, "window_first", "strange_year"),
        ("when", {"window_last": date(2270, 3, 1)}, "window_last", "strange_year"),
        ("when", {"follows_id": 9, "follows_max_days": 13}, "follows_max_days", "most_below_least"),
        ("where", {"venue_ids": frozenset()}, "venue_ids", "no_venue"),
        ("where", {"languages": ()}, "languages", "no_language"),
        ("who", {"team_min": -1}, "team_min", "out_of_range"),
        ("who", {"team_min": 3}, "team_max", "most_below_least"),
        ("who", {"team_leads": 3}, "team_leads", "more_leads_than_team"),
        ("who", {"team_min": 0, "team_max": 0, "team_leads": 0}, "team_max", "nobody_in_the_team"),
        ("who", {"seats_min": -1}, "seats_min", "out_of_range"),
        ("who", {"seats_min": 13, "seats_per_organisation": 7}, "seats_max", "most_below_least"),
        ("who", {"invited_ids": frozenset()}, "invited_ids", "nobody_invited"),
        ("who", {"organisations_min": 3}, "organisations_min", "too_few_invited"),
        ("who", {"seats_min": 7}, "seats_min", "seats_cannot_be_filled"),
        ("money", {"budget": -1}, "budget", "out_of_range"),
        ("money", {"priority": 6}, "priority", "out_of_range"),
    ],
)
def test_each_contradiction_is_found_at_its_place_and_can_be_said(
    app: object, page: str, values: dict[str, Any], field: str, reason: str
) -> None:
    problems = problems_of(with_answers(page, **values), AROUND)
    assert [(problem.step, problem.field, problem.reason) for problem in problems] == [(page, field, reason)]
    assert say(problems[0]).endswith((".", "?"))


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"minutes": None}, "minutes", "minutes_out_of_range"),
        ({"minutes": 20}, "minutes", "minutes_out_of_range"),
        ({"minutes": 990}, "minutes", "minutes_out_of_range"),
        ({"minutes": 100}, "minutes", "minutes_not_in_halves"),
        ({"days": 2}, "days", "days_online"),
    ],
)
def test_online_the_length_is_minutes_in_halves_of_an_hour(
    app: object, values: dict[str, Any], field: str, reason: str
) -> None:
    online = replace(SOUND.with_page(replace(SOUND.when, **{**ONLINE, **values})))
    (problem,) = problems_of(online, AROUND)
    assert (problem.field, problem.reason) == (field, reason)
    assert say(problem).endswith(".")


def test_a_whole_day_of_minutes_is_a_sound_length_online() -> None:
    longest = SOUND.with_page(replace(SOUND.when, mode="online", days=None, minutes=960))
    assert problems_of(longest, AROUND) == ()


def test_going_online_lets_go_of_the_venues() -> None:
    online = SOUND.with_page(replace(SOUND.when, mode="online", days=None, minutes=90))
    assert online.where.venue_ids == frozenset()
    back = replace(online, where=SOUND.where)
    assert [problem.reason for problem in problems_of(back, AROUND)] == ["venue_online"]


def test_a_window_as_long_as_the_workshop_is_long_enough() -> None:
    assert problems_of(with_answers("when", window_last=date(2027, 3, 3)), AROUND) == ()


def test_more_graduates_than_the_team_has_room_for_are_told_where_the_team_is() -> None:
    asking = with_answers("when", follows_id=9, follows_graduates=3)
    assert [(p.step, p.field) for p in problems_of(asking, AROUND)] == [("who", "team_max")]


def test_what_it_follows_counts_only_when_it_follows_something() -> None:
    assert problems_of(with_answers("when", follows_graduates=99, follows_max_days=0), AROUND) == ()


def test_without_seats_nobody_needs_to_be_invited() -> None:
    empty = with_answers("who", seats_min=0, seats_max=0, invited_ids=frozenset())
    assert problems_of(empty, AROUND) == ()


def test_a_circle_is_a_contradiction_and_a_withdrawn_predecessor_may_wait() -> None:
    following = with_answers("when", follows_id=9)
    around = replace(AROUND, follows_leads_back=True, follows_is_withdrawn=True)
    assert [(p.reason, p.is_missing) for p in problems_of(following, around)] == [
        ("follows_in_a_circle", False),
        ("follows_withdrawn", True),
    ]


def test_a_window_that_is_over_may_wait_while_it_is_a_draft() -> None:
    late = Surroundings(today=date(2027, 5, 1))
    assert problems_of(SOUND, late) == (Problem("when", "window_last", "window_over", is_missing=True),)
    assert problems_of(SOUND, Surroundings(today=date(2027, 4, 30))) == ()
