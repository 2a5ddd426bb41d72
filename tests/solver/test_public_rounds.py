"""The public rounds and the schedules that others made for them."""

import json
import time
from collections import Counter

import pytest

from solver import MalformedDocument, check, read_round, read_schedule, write_round
from solver.objective import objective
from solver.violation import Violation
from tests.solver.public import SHARED, needs_public_rounds, public

pytestmark = needs_public_rounds

ROUNDS = sorted(
    path.name
    for path in SHARED.glob("*.json")
    if "schedule" not in path.name and "as-it-happened" not in path.name
)


@pytest.mark.parametrize("name", ROUNDS)
def test_every_public_round_is_read_and_written_back_the_same(name):
    round = read_round(public(name))
    assert read_round(write_round(round)) == round


@pytest.mark.parametrize(("name", "value"), [("S-1", 356_372), ("M-1", 1_881_677)])
def test_the_greedy_schedules_are_right(name, value):
    round = read_round(public(f"{name}.json"))
    schedule = read_schedule(public(f"{name}.greedy-schedule.json"), round)
    assert check(round, schedule) == ()
    assert objective(round, schedule) == value


def test_the_greedy_schedule_of_the_large_round_is_right_but_for_the_clocks_of_morocco():
    # Its objective was reckoned with time zones before tzdata 2026.3, where Morocco is an hour ahead of UTC.
    # Since then it keeps UTC, and people there sit eight started hours more before eight in the morning.
    round = read_round(public("L-1.json"))
    schedule = read_schedule(public("L-1.greedy-schedule.json"), round)
    claimed, found = 6_662_765, 6_662_765 - 100 * 8
    assert check(round, schedule) == (
        Violation("objective", "wrong", facts={"claimed": claimed, "found": found}),
    )


def test_a_year_as_it_happened_breaks_rules_and_its_figures_are_exact():
    round = read_round(public("carpentries-2017.json"))
    schedule = read_schedule(public("carpentries-2017.as-it-happened.json"), round)
    broken = Counter(violation.rule for violation in check(round, schedule))
    assert broken == {"competence": 40, "one_place_at_a_time": 17, "working_days": 3}


def test_fifteen_thousand_people_are_read_in_seconds():
    data = public("XL-1.json")
    began = time.process_time()
    assert len(read_round(data).people) == 15_000
    assert time.process_time() - began < 10


MALFORMED = json.loads(public("malformed/manifest.json"))["cases"] if SHARED.is_dir() else []


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: case["file"])
def test_every_malformed_round_is_refused_for_its_one_defect(case):
    with pytest.raises(MalformedDocument) as refused:
        read_round(public(f"malformed/{case['file']}"))
    (error,) = refused.value.errors
    assert error.place in (case["location"], *case.get("accept", ()))
