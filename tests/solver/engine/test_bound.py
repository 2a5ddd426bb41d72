from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from solver.engine.bound import Lagrangian, lowered
from solver.engine.coarse import coarse_model, prices_from
from solver.engine.prices import Prices
from tests.solver.engine.small import ROUNDS, best_objective, board_of, generator


@pytest.mark.parametrize("name", ROUNDS)
def test_no_prices_bring_the_bound_below_the_best_schedule(name):
    board, random = board_of(ROUNDS[name]), generator()
    relaxation, free = Lagrangian(board), Prices.none(board.arrays, board.sets)
    for scale in (0.0, 100.0, 1_000.0, 10_000.0):

        def some(like, scale=scale):
            return random.uniform(0.0, 1.0, np.shape(like)) * scale

        prices = replace(
            free,
            facilitate=some(free.facilitate),
            seat=some(free.seat),
            topic=some(free.topic),
            reach=np.minimum(some(free.reach), 500.0),
            graduate=tuple(map(some, free.graduate)),
            held=some(free.held),
            fund=some(free.fund) / 100,
            budget=some(free.budget) / 100,
        )
        assert relaxation.value(prices) >= best_objective(name)


@pytest.mark.parametrize("name", ROUNDS)
def test_steps_towards_the_best_schedule_never_pass_it(name):
    board = board_of(ROUNDS[name])
    free = Prices.none(board.arrays, board.sets)
    steps = lowered(Lagrangian(board), free, lambda: best_objective(name))
    bounds = [bound for bound, _ in islice(steps, 25)]
    assert min(bounds) >= best_objective(name)
    assert min(bounds) <= bounds[0]


def test_prices_of_the_linear_program_bring_the_bound_of_a_shared_lead_down_to_the_best():
    # Without prices both courses are counted in full: that Lena's second costs balance, and that a topic is
    # reached and a seat taken once, is seen by prices alone.
    name = "a lead with one workshop left"
    board = board_of(ROUNDS[name])
    relaxation = Lagrangian(board)
    coarse = coarse_model(board)
    duals = coarse.model.solve(20, relaxed=True).duals
    priced = relaxation.value(prices_from(coarse, duals, board.arrays, board.sets))
    unpriced = relaxation.value(Prices.none(board.arrays, board.sets))
    assert best_objective(name) <= priced < best_objective(name) + 1.0
    assert unpriced > 1.5 * best_objective(name)


@pytest.mark.parametrize("name", ROUNDS)
def test_leaving_out_the_calendar_only_raises_the_bound(name):
    board = board_of(ROUNDS[name])
    coarse = coarse_model(board)
    duals = coarse.model.solve(20, relaxed=True).duals
    assert coarse.model.proven_bound(duals) + board.objective >= best_objective(name) - 0.5
