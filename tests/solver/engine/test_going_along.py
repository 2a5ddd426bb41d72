"""Who comes too late to grow a schedule goes on from what others have; what is sent before compiling ends."""

from dataclasses import replace
from multiprocessing import Pipe
from time import monotonic

import pytest

from solver.engine import adopt, plainly, worker
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.messages import Adopt, Found, Task
from solver.engine.options import all_options
from solver.engine.search import too_late
from solver.engine.worker import Worker
from solver.objective import objective
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS, best_objective, board_of, fill

LONG = 10_000.0  # seconds


def late_worker(round, seconds, *, improve=False):
    """A worker that has read the round, so long before its deadline, and the end of the pipe it talks to."""
    ours, theirs = Pipe()
    now = monotonic()
    found = Worker(theirs, Task(round, 1, now, now + seconds, improve=improve, prove=not improve))
    found.arrays = Arrays(round)
    found.board = Board(found.arrays, all_options(found.arrays))
    return found, ours


def found_by_others(name):
    """A schedule that leaves something out, with its objective."""
    board = board_of(ROUNDS[name])
    fill(board)
    sessions = board.sessions()[:1]
    return Adopt(sessions, objective(ROUNDS[name], Schedule("r", sessions)))


def test_time_is_short_by_the_number_of_workshops():
    assert too_late(120, 10.0)
    assert not too_late(20, 10.0)
    assert not too_late(120, 60.0)
    assert too_late(1_200, 60.0)


@pytest.mark.parametrize("name", ROUNDS)
@pytest.mark.parametrize("late", [True, False])
def test_who_is_late_keeps_every_session_that_others_have(name, late, monkeypatch):
    monkeypatch.setattr(worker, "too_late", lambda workshops, seconds: late)
    one, _ = late_worker(ROUNDS[name], LONG)
    others = found_by_others(name)
    one.offered = [others]
    one.construct(())
    assert one.along is late
    assert one.improver.best_objective <= best_objective(name)
    if late:
        assert one.improver.best_objective >= others.objective
        kept = adopt.placements_of(one.board, others.sessions)
        assert [p for p in kept if p] == [
            p for p, was in zip(one.slate.placements(), kept, strict=True) if was
        ]


def test_who_is_to_improve_from_the_beginning_never_goes_along(monkeypatch):
    monkeypatch.setattr(worker, "too_late", lambda workshops, seconds: True)
    name = next(iter(ROUNDS))
    one, _ = late_worker(ROUNDS[name], LONG, improve=True)
    one.offered = [found_by_others(name)]
    one.construct(())
    assert not one.along


def test_when_the_time_ends_before_anything_is_compiled_what_stands_is_sent(monkeypatch):
    monkeypatch.setattr(worker, "compile_all", lambda: None)
    monkeypatch.setattr(worker.kernels, "compiled", lambda function="": False)
    monkeypatch.setattr(worker, "PLAINLY", -1.0)
    name = next(name for name, round in ROUNDS.items() if len(round.workshops) > 1 and not round.pins)
    one, theirs = late_worker(ROUNDS[name], LONG, improve=True)
    looks = iter([False, False])  # the time is up before the third workshop
    monkeypatch.setattr(one, "over", lambda: next(looks, True))
    one.begin_plainly()
    sent = []
    while theirs.poll():
        message = theirs.recv()
        if isinstance(message, Found):
            sent.append(len(message.sessions))
    assert sent
    assert sent[-1] == len(one.board.sessions()) > 0


def test_without_what_pins_demand_nothing_is_complete():
    for round in ROUNDS.values():
        one, _ = late_worker(round, LONG, improve=True)
        assert plainly.complete(one.board) is not any(options.must for options in one.board.sets)


def test_what_insertion_leaves_out_is_filled_in_once_that_is_compiled():
    for name, round in ROUNDS.items():
        one, theirs = late_worker(round, LONG, improve=True)
        one.fill()
        assert plainly.complete(one.board)
        assert theirs.poll()
        assert one.board.objective <= best_objective(name)


def test_one_of_two_workers_compiles_a_large_round_and_who_looks_for_schedules_a_small_one(monkeypatch):
    compiling = []
    monkeypatch.setattr(worker, "compile_all", lambda: compiling.append(1))
    monkeypatch.setattr(worker.kernels, "compiled", lambda function="": True)
    for large in (True, False):
        monkeypatch.setattr(worker, "too_large", lambda board, large=large: large)
        for accompanied in (True, False):
            compiling.clear()
            one, _ = late_worker(next(iter(ROUNDS.values())), LONG, improve=True)
            one.task = replace(one.task, accompanied=accompanied)
            one.begin_plainly()
            assert bool(compiling) is not (large and accompanied)
