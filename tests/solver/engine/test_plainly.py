"""A first schedule before anything is compiled: right at every step, and with all that pins demand."""

from dataclasses import replace

import numpy as np
import pytest

from solver.constraints import violations
from solver.engine import plainly
from solver.objective import objective
from solver.round import Pin
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS, best_objective, board_of


def never():
    return False


def schedule_of(board):
    return Schedule("r", board.sessions())


@pytest.mark.parametrize("name", ROUNDS)
def test_what_is_filled_in_is_right_and_never_better_than_the_best(name):
    round, board = ROUNDS[name], board_of(ROUNDS[name])
    for _ in plainly.fill(board, np.random.default_rng(1), never):
        broken = {violation.rule for violation in violations(round, schedule_of(board))}
        assert broken <= (set() if plainly.complete(board) else {"pins"})
    assert plainly.complete(board)
    assert objective(round, schedule_of(board)) <= best_objective(name)


def test_a_demanded_replication_finds_its_graduate_in_the_training_before_it():
    round = ROUNDS["a replication taught by a graduate"]
    demanded = replace(round, pins=(*round.pins, Pin("rep", held=True)))
    board = board_of(demanded)
    assert plainly.lay_out_demanded(board, np.random.default_rng(1), never)
    assert {session.workshop for session in board.sessions()} == {"tot", "rep"}
    assert not tuple(violations(demanded, schedule_of(board)))


def test_who_is_told_to_stop_leaves_what_stands():
    board = board_of(next(iter(ROUNDS.values())))
    assert list(plainly.fill(board, np.random.default_rng(1), lambda: True)) == []
    assert board.sessions() == ()
