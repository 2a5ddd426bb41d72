"""What is solved of the core of a round is a right schedule, and never worse than the best one known."""

from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from solver.constraints import violations
from solver.engine import core, prove
from solver.engine.messages import Adopt, Found
from solver.engine.thinning import Thinning
from solver.objective import objective
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS, best_objective, board_of, fill
from tests.solver.engine.test_thinning import proving

LARGE = [name for name, round in ROUNDS.items() if len(round.workshops) > 1]


def offer(worker, name, sessions):
    worth = objective(ROUNDS[name], Schedule("r", sessions))
    worker.offered = [Adopt(sessions, worth)]
    worker.best_known = worth
    return worth


def greedy(name, count=None):
    """Some sessions of a schedule that is right."""
    board = board_of(ROUNDS[name])
    fill(board)
    return board.sessions()[:count]


def right(name, sessions):
    return not [v for v in violations(ROUNDS[name], Schedule("r", sessions)) if v.rule != "pins"]


@pytest.mark.parametrize("name", ROUNDS)
@pytest.mark.parametrize("below", [0.0, core.BELOW, 1e9])
def test_the_core_gives_a_right_schedule_no_worse_than_the_best_known(name, below, monkeypatch):
    monkeypatch.setattr(core, "LEAST", 0)
    monkeypatch.setattr(core, "BELOW", below)
    worker, sent = proving(name)
    known = offer(worker, name, greedy(name))
    core.solve_cores(worker, Thinning(*prove.bound_whole(worker)))
    found = [m.sessions for m in sent() if isinstance(m, Found)]
    assert all(right(name, sessions) for sessions in found)
    assert right(name, worker.board.sessions())
    assert worker.board.objective >= known
    if below == 1e9:  # nothing is left out
        assert worker.board.objective >= best_objective(name) * (1 - core.GAP) - 1


@pytest.mark.parametrize("name", LARGE)
def test_part_by_part_others_stand_and_nothing_is_lost(name, monkeypatch):
    monkeypatch.setattr(core, "LEAST", 0)
    monkeypatch.setattr(core, "MOST", 1)  # one workshop at a time
    worker, sent = proving(name)
    thinning = Thinning(*prove.bound_whole(worker))
    known = offer(worker, name, greedy(name))
    turns = iter(range(60))
    monkeypatch.setattr(worker, "over", lambda: next(turns, None) is None)
    core.solve_cores(worker, thinning)
    worths = [known]
    for message in sent():
        if isinstance(message, Found):
            assert right(name, message.sessions)
            worths.append(objective(ROUNDS[name], Schedule("r", message.sessions)))
    assert worths == sorted(worths)


def test_without_a_schedule_or_time_nothing_is_begun():
    name = LARGE[0]
    worker, sent = proving(name)
    thinning = Thinning(*prove.bound_whole(worker))
    core.solve_cores(worker, thinning)  # nobody has found anything
    assert worker.board.sessions() == ()
    list(sent())
    offer(worker, name, greedy(name))
    worker.task = replace(worker.task, deadline=monotonic() + 2.0)
    core.solve_cores(worker, thinning)
    assert not list(sent())
    assert core.budget(2.0) < core.LEAST < core.budget(60.0) <= core.MOST


@pytest.mark.parametrize("name", ROUNDS)
def test_the_core_has_what_is_placed_and_grows(name):
    board = board_of(ROUNDS[name])
    worker, _ = proving(name)
    thinning = Thinning(*prove.bound_whole(worker))
    fill(board)
    sizes = []
    for below in (0.0, 300.0, 1e4, 1e9):
        found = thinning.core(below, board.placements())
        sizes.append(found.entries())
        for placement in board.placements():
            if placement is not None:
                w, o = placement.w, placement.option
                assert found.options[w][o]
                assert found.team[w][list(placement.team), o].all()
                assert found.seats[w][list(placement.seats), o].all()
    assert sizes == sorted(sizes)
    everything = thinning.core(np.inf, [])
    assert sizes[-1] <= everything.entries()


def test_a_large_round_is_solved_in_its_core_when_others_have_a_schedule(monkeypatch):
    name = LARGE[0]
    monkeypatch.setattr(prove, "too_large", lambda board: True)
    monkeypatch.setattr("solver.engine.whole.too_large", lambda board: True)
    monkeypatch.setattr("solver.engine.whole.SOLVABLE", -1)
    monkeypatch.setattr(core, "LEAST", 0)
    worker, sent = proving(name)
    offer(worker, name, greedy(name, 1))
    prove.prove(worker)
    worths = [objective(ROUNDS[name], Schedule("r", m.sessions)) for m in sent() if isinstance(m, Found)]
    assert worths
    assert max(worths) > worker.offered[0].objective
