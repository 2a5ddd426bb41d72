"""The compiled search against the plain one, option by option, and against brute force in `test_improve`."""

import numpy as np
import pytest

from solver import read_round
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.construct import insertion_order
from solver.engine.kernels import teams
from solver.engine.options import all_options
from solver.engine.pricing import compose, price
from solver.engine.teaming import choose_team
from solver.round import TeamSize
from tests.solver.engine.small import ROUNDS, board_of, generator, slate_of
from tests.solver.public import needs_public_rounds, public


def inserted_worth(board: Board, w: int) -> tuple[float, float]:
    """What the best insertion brings: found by looking at every option, and by the compiled search."""
    priced = price(board, board.sets[w])
    plain = [compose(board, priced, o) for o in np.flatnonzero(priced.bound > -np.inf).tolist()]
    best = max((found[0] for found in plain if found is not None), default=-np.inf)
    slate = slate_of(board)
    before = slate.objective
    if not slate.insert(w, looks=10_000):
        return max(best, 0.0), 0.0
    board.restore(slate.placements())
    assert board.objective == slate.objective
    return best, slate.objective - before


@pytest.mark.parametrize("name", ROUNDS)
def test_the_compiled_insertion_is_the_best_of_all_options(name):
    board = board_of(ROUNDS[name])
    for w in insertion_order(board):
        if not board.sets[w].must and not board.children[w]:
            plain, compiled = inserted_worth(board, w)
            assert compiled == pytest.approx(plain)


@needs_public_rounds
@pytest.mark.parametrize("name", ["S-1", "S-2"])
def test_on_a_public_round_too(name):
    arrays = Arrays(read_round(public(f"{name}.json")))
    board = Board(arrays, all_options(arrays))
    for w in insertion_order(board):
        options = board.sets[w]
        if options.must or board.children[w] or options.workshop.budget is not None or board.funds_of[w]:
            slate = slate_of(board)  # money makes both heuristic, graduates random
            slate.insert(w)
            board.restore(slate.placements())
            continue
        plain, compiled = inserted_worth(board, w)
        assert compiled >= plain - 1e-6


def test_teams_by_dynamic_programming_are_those_of_the_search():
    random = generator()
    for _ in range(300):
        count, languages = int(random.integers(1, 9)), int(random.integers(1, 4))
        worth = random.integers(-50, 100, count).astype(float)
        lead, graduate = random.random(count) < 0.5, random.random(count) < 0.4
        speaks = random.random((count, languages)) < 0.6
        speaks[~speaks.any(axis=1), 0] = True
        least = int(random.integers(0, 3))
        size = TeamSize(least, least + int(random.integers(0, 3)), int(random.integers(0, 2)))
        graduates = int(random.integers(0, 2))
        if size.leads > size.max or graduates > size.max:
            continue
        plain = choose_team(worth, lead, graduate, speaks, size, graduates)
        kind = speaks @ (1 << np.arange(languages)) * 4 + lead * 2 + graduate
        chosen = np.empty(size.max + 1, np.int64)
        best, members = teams.best_team(
            worth,
            kind,
            count,
            size.min,
            min(size.max, count),
            size.leads,
            graduates,
            (1 << languages) - 1,
            chosen,
        )
        if plain is None:
            assert members == -1
        else:
            assert best == pytest.approx(worth[plain].sum())
            assert worth[chosen[:members]].sum() == pytest.approx(best)


def test_a_slate_gives_back_what_it_took():
    slate = slate_of(board_of(next(iter(ROUNDS.values()))))
    empty = slate.copy()
    before = [table.copy() for table in (slate.state.taken, slate.state.facilitates, slate.state.reached)]
    for w in range(len(slate.sets)):
        slate.insert(w)
    held = slate.placements()
    slate.back_to(empty)
    assert slate.objective == empty.objective[0]
    for table, was in zip(
        (slate.state.taken, slate.state.facilitates, slate.state.reached), before, strict=True
    ):
        assert (table == was).all()
    slate.restore(held)
    assert slate.placements() == held
