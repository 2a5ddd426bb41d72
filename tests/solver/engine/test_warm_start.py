"""Beginning from what there is: `--start`, and what was published."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from solver import NothingFound, check, plan, read_round, read_schedule
from solver.changes import announced
from solver.constraints import violations
from solver.objective import objective
from solver.schedule import Schedule
from tests.solver.drawn import rounds
from tests.solver.engine.small import board_of, fill
from tests.solver.public import needs_public_rounds, public
from tests.solver.rounds import LENA, schedule, session, span, tiny_round, workshop

few = settings(  # each example is a planning run, too slow to shrink
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.reuse, Phase.generate],
)


def some_schedule(round, seed: int) -> Schedule:
    """A right schedule, not the best one: some workshops placed as it comes."""
    board = board_of(round)
    fill(board)
    return Schedule(round.id, board.sessions()[seed % 2 :][:2])


@few
@given(round=rounds(), seed=st.integers(0, 99))
def test_what_is_found_is_never_worse_than_a_right_start(round, seed):
    start = some_schedule(round, seed)
    if next(violations(round, start), None) is not None:
        start = Schedule(round.id, ())  # without its parent a workshop cannot be held
    found = plan(round, seconds=0.3, workers=1, start=start)
    assert check(round, found) == ()
    assert found.objective >= objective(round, start)


@few
@given(round=rounds(), seed=st.integers(0, 99))
def test_what_is_found_is_never_worse_than_what_was_published(round, seed):
    told = some_schedule(round, seed)
    if not told.sessions or next(violations(round, told), None) is not None:
        return
    again = announced(round, told)
    found = plan(again, seconds=0.3, workers=1)
    assert check(again, found) == ()
    assert found.objective >= objective(again, told)


@pytest.mark.parametrize("seconds", [0.1, 20])
def test_a_start_that_is_not_right_any_more_gives_what_is_left_of_it_at_once(seconds):
    # Lena has fallen out on the days of the first course; the other one stands.
    away = replace(LENA, unavailable=(span("2027-03-01", "2027-03-05"),))
    round = tiny_round(workshops=[workshop(), workshop("other")], people=[away])
    start = schedule(session(), session("other", "2027-03-08"))
    seen = []
    found = plan(round, seconds=seconds, workers=1, start=start, on_improvement=seen.append)
    assert check(round, found) == ()
    assert seen[0].sessions == (start.sessions[1],)
    assert found.objective >= seen[0].objective
    assert seconds < 1 or len(found.sessions) == 2


def test_to_hold_nothing_is_a_start_too():
    assert plan(tiny_round(), seconds=0.01, workers=1, start=schedule()).sessions == ()
    with pytest.raises(NothingFound):
        plan(tiny_round(), seconds=0.01, workers=1)


@needs_public_rounds
def test_a_public_schedule_comes_back_at_least_as_good():
    round = read_round(public("M-1.json"))
    start = read_schedule(public("M-1.greedy-schedule.json"), round)
    found = plan(round, seconds=1, workers=1, start=start)
    assert check(round, found) == ()
    assert found.objective >= start.objective
