"""Nothing is left out of a round that a schedule worth so much could have; what is left is solved."""

from multiprocessing import Pipe
from time import monotonic

import numpy as np
import pytest

from solver.constraints import violations
from solver.engine import prove, whole
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.bound import Lagrangian
from solver.engine.clashes import clashing_pairs, separate
from solver.engine.descent import lowered
from solver.engine.messages import Bounded, Found, Task
from solver.engine.mip import Status
from solver.engine.options import all_options
from solver.engine.strong_model import StrongModel
from solver.engine.thinning import Thinning
from solver.engine.worker import Worker
from solver.objective import objective
from solver.schedule import Schedule
from tests.solver.engine.exhaustive import drawn
from tests.solver.engine.small import ROUNDS, best_objective, board_of
from tests.solver.engine.test_bound import random_multipliers

SEEDS = range(150)


def solved(board, thinned=None):
    """What the strong model's best schedule without clashes is worth; none if there is none."""
    strong = StrongModel(board, range(len(board.sets)), thinned=thinned)
    while not strong.impossible:
        answer = strong.model.solve(20)
        if answer.status is not Status.OPTIMAL:
            return None
        pairs = clashing_pairs(board, strong.placements(answer))
        if not pairs:
            return round(answer.objective + board.objective)
        for a, b in pairs:
            separate(strong, a, b)
    return None


def thinning_of(board, x=None):
    relaxation = Lagrangian(board)
    if x is None:
        *_, (_, x) = lowered(relaxation, np.zeros(relaxation.size), float)
    return Thinning(relaxation, x)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_schedule_is_in_what_is_left_for_its_value(seed):
    board = board_of(drawn(seed))
    best = solved(board)
    if best is None:
        return
    relaxation = Lagrangian(board)
    rng = np.random.default_rng(seed)
    for x in (None, np.zeros(relaxation.size), random_multipliers(relaxation, rng)):
        thinning = thinning_of(board, x)
        for least in (best, best - 500):
            thinned = thinning.down_to(least)
            assert solved(board, thinned) == best
        assert thinned.entries() <= sum(each.team.ok.size + each.seats.ok.size for each in board.sets)


def test_what_is_left_becomes_less_the_more_a_schedule_is_to_be_worth():
    fewer = 0
    for seed in SEEDS:
        thinning = thinning_of(board_of(drawn(seed)))
        sizes = [
            thinning.down_to(thinning.bound - below).entries()
            for below in (1e9, 10_000, 1_000, 100, 0, -1_000)
        ]
        assert sizes == sorted(sizes, reverse=True)
        fewer += sizes[3] < sizes[0]
    assert fewer > len(SEEDS) / 4


@pytest.mark.parametrize("seed", range(60))
def test_with_somebody_in_it_nothing_is_worth_more_and_with_the_best_people_as_much(seed):
    board = board_of(drawn(seed))
    relaxation = Lagrangian(board)
    thinning = thinning_of(board, random_multipliers(relaxation, np.random.default_rng(seed)))
    for option, *roles in zip(thinning.option, thinning.team, thinning.seats, strict=True):
        for worth in roles:
            assert (worth <= option + 1e-3).all()
        possible = option > -np.inf
        for w, brings in enumerate(thinning.brings):
            assert brings >= thinning.option[w].max(initial=-np.inf)
        if roles[0].size and (roles[0][:, possible] > -np.inf).any():
            somebody = np.concatenate(roles)[:, possible].max(axis=0)
            assert (somebody <= option[possible] + 1e-3).all()


def proving(name, best_known=-np.inf):
    """A worker that has read a round, and what it sends."""
    ours, theirs = Pipe()
    now = monotonic()
    worker = Worker(theirs, Task(ROUNDS[name], 1, now, now + 60, improve=False, prove=True))
    worker.arrays = Arrays(ROUNDS[name])
    worker.board = Board(worker.arrays, all_options(worker.arrays))
    worker.best_known = best_known

    def sent():
        while ours.poll():
            yield ours.recv()

    return worker, sent


@pytest.mark.parametrize("name", ROUNDS)
@pytest.mark.parametrize("near", [whole.NEAR, 0.0, 0.5])
def test_the_optimum_is_proven_however_near_the_bound_it_is_looked_for_first(name, near, monkeypatch):
    monkeypatch.setattr(whole, "NEAR", near)
    worker, sent = proving(name)
    whole.solve_near(worker, Thinning(*prove.bound_whole(worker)))
    messages = list(sent())
    found = [m.sessions for m in messages if isinstance(m, Found)]
    assert all(not list(violations(ROUNDS[name], Schedule("r", sessions))) for sessions in found)
    best = best_objective(name)
    assert max(objective(ROUNDS[name], Schedule("r", sessions)) for sessions in found) == best
    bounds = [m.bound for m in messages if isinstance(m, Bounded)]
    assert min(bounds) == best


@pytest.mark.parametrize("name", ROUNDS)
def test_that_nothing_is_better_than_the_best_known_is_proven_as_well(name):
    worker, sent = proving(name, best_known=best_objective(name))
    whole.solve_near(worker, Thinning(*prove.bound_whole(worker)))
    assert min(m.bound for m in sent() if isinstance(m, Bounded)) == best_objective(name)


def test_a_larger_round_is_solved_where_little_enough_is_left_of_it(monkeypatch):
    name = next(iter(ROUNDS))
    for module in (prove, whole):
        monkeypatch.setattr(module, "too_large", lambda board: True)
    for most, solves in ((0, False), (10**6, True)):
        monkeypatch.setattr(whole, "ENTRIES", most)
        worker, sent = proving(name)
        prove.prove(worker)
        assert any(isinstance(m, Found) for m in sent()) is solves
