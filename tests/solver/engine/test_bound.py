from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from solver.engine.bound import Lagrangian
from solver.engine.descent import lowered
from solver.engine.prices import Prices
from solver.engine.prove import plain_bound
from solver.engine.strong_model import StrongModel
from solver.round import SeatCount, TeamSize
from tests.solver.engine.exhaustive import drawn, optimum
from tests.solver.engine.small import ROUNDS, best_objective, board_of
from tests.solver.rounds import HALL, LENA, ROOM, person, span, tiny_round, workshop

SEEDS = range(300)
MARCH = span("2027-03-01", "2027-03-31")


def random_multipliers(relaxation, rng):
    """Few and many, small and large, of some or all kinds of rows."""
    x = rng.exponential(10 ** rng.uniform(0, 4), relaxation.size)
    x[rng.random(relaxation.size) < rng.random()] = 0.0
    for name in relaxation.shapes:
        if rng.random() < 0.4:
            relaxation.part(x, name)[:] = 0.0
    for name in ("fund", "budget"):
        relaxation.part(x, name)[:] /= 1000
    return np.minimum(x, relaxation.upper)


def slack(best):
    return best - 1e-6 * max(1.0, abs(best))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_multipliers_give_a_bound_below_the_best_schedule(seed):
    rng, round = np.random.default_rng(seed), drawn(seed)
    best = optimum(round)
    if best is None:
        return  # no schedule is right, so anything is true of all of them
    relaxation = Lagrangian(board_of(round))
    assert relaxation.at(np.zeros(relaxation.size)) >= slack(best)
    for _ in range(20):
        assert relaxation.at(random_multipliers(relaxation, rng)) >= slack(best)


@pytest.mark.parametrize("seed", SEEDS)
def test_descent_and_duals_never_fall_below_the_best_schedule(seed):
    round = drawn(seed)
    best = optimum(round)
    if best is None:
        return
    board = board_of(round)
    model = StrongModel(board, range(len(board.sets)))
    answer = model.model.solve(20, relaxed=True)
    if answer.duals is not None:
        assert model.model.proven_bound(answer.duals) + board.objective >= slack(best)
    relaxation = Lagrangian(board)
    steps = lowered(relaxation, np.zeros(relaxation.size), lambda: best)
    assert all(bound >= slack(best) for bound, _ in islice(steps, 60))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_remembered_of_options_changes_no_bound(seed):
    rng, board = np.random.default_rng(seed), board_of(drawn(seed))
    remembering = Lagrangian(board)
    x = random_multipliers(remembering, rng)
    for _ in range(15):
        x = np.clip(x + rng.normal(size=x.size) * 10 ** rng.uniform(-2, 3) * (x > 0), 0.0, remembering.upper)
        assert remembering.at(x) == pytest.approx(Lagrangian(board).at(x), abs=1e-3)


@pytest.mark.parametrize("seed", range(40))
def test_use_is_a_subgradient(seed):
    rng = np.random.default_rng(seed)
    relaxation = Lagrangian(board_of(drawn(seed)))
    use = np.zeros(relaxation.size)
    for _ in range(10):
        x, other = random_multipliers(relaxation, rng), random_multipliers(relaxation, rng)
        bound = relaxation.at(x, use)
        assert relaxation.at(other) >= bound - use @ (other - x) - 1e-6 * (1 + abs(bound) + np.abs(use) @ x)


@pytest.mark.parametrize("name", ROUNDS)
def test_descent_lowers_the_bound(name):
    board = board_of(ROUNDS[name])
    relaxation = Lagrangian(board)
    bounds = [
        bound for bound, _ in lowered(relaxation, np.zeros(relaxation.size), lambda: best_objective(name))
    ]
    assert min(bounds) >= slack(best_objective(name))
    assert min(bounds) <= bounds[0]


@pytest.mark.parametrize("name", ROUNDS)
def test_multipliers_come_back_from_their_prices(name):
    board = board_of(ROUNDS[name])
    relaxation = Lagrangian(board)
    x = random_multipliers(relaxation, np.random.default_rng(1))
    for unnamed in ("trips", "stay", "after", "before"):
        relaxation.part(x, unnamed)[:] = 0.0
    assert np.array_equal(relaxation.vector(relaxation.prices(x)), x)
    none = Prices.none(board.arrays, board.sets)
    assert relaxation.value(none) == relaxation.at(np.zeros(relaxation.size))


def test_who_may_be_away_for_seven_days_makes_one_journey_of_four():
    lena = replace(LENA, home="near", max_days_away=7)
    courses = [workshop(f"w{n}", venues=("hall",), window=MARCH, seats=SeatCount(0, 0)) for n in range(3)]
    round = tiny_round(workshops=courses, people=[lena], weights={"cost": 0, "balance": 0})
    relaxation = Lagrangian(board_of(round))
    assert (relaxation.divisor[0], relaxation.most_trips[0]) == (4, 1)
    *_, (bound, _) = lowered(relaxation, np.zeros(relaxation.size), lambda: 15_000)
    assert 15_000 <= bound < 15_100  # one course held of three; in days alone it could be 1.75 of them


@pytest.mark.parametrize("seed", range(100))
def test_of_one_workshop_alone_the_bound_is_the_best_session(seed):
    """With all its own rules: who may lead, languages, the mix of organisations."""
    rng = np.random.default_rng(seed)

    def pick(*values):
        return values[int(rng.integers(len(values)))]

    people = [
        person(
            f"p{n}",
            pick("north", "south", "union"),
            pick("here", "near", "far"),
            languages=pick(("en",), ("fr",), ("en", "fr")),
            teaches={"law": pick(2, 3)} if n < 4 else {},
            wants={"law": int(rng.integers(1, 4))} if n >= 4 else {},
        )
        for n in range(8)
    ]
    course = workshop(
        window=span("2027-03-01", "2027-03-03"),
        languages=("en", "fr"),
        team=TeamSize(int(rng.integers(0, 3)), 2, pick(0, 1)),
        seats=SeatCount(int(rng.integers(0, 3)), 3),
        seats_per_organisation=pick(1, 2),
        organisations_min=int(rng.integers(0, 4)),
        invited=("north", "south", "union"),
        priority=pick(1, 5),
    )
    venues = [replace(venue, seats=int(rng.integers(1, 5))) for venue in (HALL, ROOM)]
    round = tiny_round(workshops=[course], people=people, venues=venues, weights={"reach": 0, "balance": 0})
    relaxation = Lagrangian(board_of(round))
    assert relaxation.at(np.zeros(relaxation.size)) == pytest.approx(optimum(round), abs=1e-3)


@pytest.mark.parametrize("seed", range(100))
def test_the_plain_bound_is_one(seed):
    round = drawn(seed)
    best = optimum(round)
    assert best is None or plain_bound(board_of(round)) >= slack(best)
