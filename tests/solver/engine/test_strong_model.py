import pytest

from solver.constraints import violations
from solver.engine.clashes import clashing_pairs, separate
from solver.engine.mip import Status
from solver.engine.strong_model import StrongModel
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS, best_objective, board_of


@pytest.mark.parametrize("name", ROUNDS)
def test_the_models_optimum_is_the_best_of_all_schedules(name):
    board = board_of(ROUNDS[name])
    nothing = board.objective
    strong = StrongModel(board, range(len(board.sets)))
    answer = strong.model.solve(20)
    while pairs := clashing_pairs(board, strong.placements(answer)):
        for a, b in pairs:
            separate(strong, a, b)
        answer = strong.model.solve(20)
    assert answer.status is Status.OPTIMAL
    assert round(answer.objective + nothing) == best_objective(name)

    for placement in strong.placements(answer):
        board.place(placement)
    assert not list(violations(ROUNDS[name], Schedule("tiny", board.sessions())))
    assert board.objective == best_objective(name)


@pytest.mark.parametrize("name", ROUNDS)
def test_any_duals_prove_a_bound_that_no_schedule_exceeds(name):
    board = board_of(ROUNDS[name])
    strong = StrongModel(board, range(len(board.sets)))
    relaxed = strong.model.solve(20, relaxed=True)
    right = strong.model.proven_bound(relaxed.duals) + board.objective
    assert right >= best_objective(name) - 0.5
    for wrong in (0 * relaxed.duals, -relaxed.duals, 3 * relaxed.duals):
        assert strong.model.proven_bound(wrong) + board.objective >= right - 0.5
