"""A limit in steps instead of seconds: what comes out does not hang on the clock."""

import pytest

from solver import check, plan, read_round
from solver.__main__ import main
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS
from tests.solver.public import SHARED, needs_public_rounds, public
from tests.solver.rounds import session, tiny_round


@needs_public_rounds
def test_the_same_seed_and_steps_give_the_same_schedule():
    round = read_round(public("S-2.json"))
    found = [plan(round, seconds=300, steps=2, seed=5) for _ in range(2)]
    assert check(round, found[0]) == ()
    assert found[0].sessions == found[1].sessions


@pytest.mark.parametrize("name", list(ROUNDS)[:2])
def test_a_tiny_round_is_proven_within_one_step(name):
    found = plan(ROUNDS[name], seconds=300, steps=1)
    assert check(ROUNDS[name], found) == ()
    assert found.objective == found.bound


@needs_public_rounds
def test_steps_are_no_time_limit_and_a_time_limit_is(tmp_path):
    told = {}

    def listening(round, **arguments):
        told.update(arguments)
        return Schedule(round.id, ())

    command = ["plan", str(SHARED / "S-1.json"), "-o", str(tmp_path / "out.json"), "--steps", "7"]
    main(command, planner=listening)
    assert told["steps"] == 7
    assert told["seconds"] > 3600
    main([*command, "--seconds", "30"], planner=listening)
    assert 25 < told["seconds"] <= 30


@pytest.mark.parametrize("steps", ["0", "-1", "x", "1.5"])
def test_steps_are_a_whole_number(steps):
    with pytest.raises(SystemExit):
        main(["plan", "round.json", "--steps", steps])


def test_a_start_is_not_lost_under_a_limit_in_steps():
    start = Schedule("tiny", (session(seats=["sam", "sue"]),))
    found = plan(tiny_round(), seconds=300, steps=1, start=start)
    assert found.objective >= plan(tiny_round(), seconds=0.01, workers=1, start=start).objective
