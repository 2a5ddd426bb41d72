import pytest

from solver.objective import objective
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS, board_of, fill


@pytest.mark.parametrize("name", ROUNDS)
def test_the_objective_is_kept_to_the_unit_and_comes_back_when_all_is_taken_out(name):
    round = ROUNDS[name]
    board = board_of(round)
    nothing = board.objective
    assert nothing == objective(round, Schedule("tiny", ()))
    fill(board)
    assert board.objective == objective(round, Schedule("tiny", board.sessions()))
    again = board.placements()
    board.restore([None] * len(board.sets))
    assert board.objective == nothing
    assert not board.in_block.any()
    assert not board.calls_on.any()
    assert not board.calls
    assert not board.facilitates.any()
    assert not board.seated.any()
    board.restore(again)
    assert board.objective == objective(round, Schedule("tiny", board.sessions()))
