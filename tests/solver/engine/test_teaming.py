from itertools import combinations

import numpy as np
import pytest

from solver.engine.seating import Seating, choose_seats
from solver.engine.teaming import choose_team
from solver.round import TeamSize
from tests.solver.engine.small import generator


def best_team(worth, lead, graduate, speaks, size, graduates):
    """By trying every team."""
    able = np.flatnonzero(worth > -np.inf).tolist()
    return max(
        (
            worth[list(team)].sum()
            for count in range(size.min, size.max + 1)
            for team in combinations(able, count)
            if lead[list(team)].sum() >= size.leads
            and graduate[list(team)].sum() >= graduates
            and speaks[list(team)].any(axis=0).all()
        ),
        default=None,
    )


@pytest.mark.parametrize("languages", [1, 2, 3])
@pytest.mark.parametrize("graduates", [0, 1, 2])
def test_no_team_is_better_than_the_one_chosen(languages, graduates):
    random = generator(languages * 10 + graduates)
    for _ in range(25):
        count = int(random.integers(3, 10))
        worth = random.integers(-400, 150, count).astype(float)
        worth[random.random(count) < 0.2] = -np.inf
        lead, graduate = random.random(count) < 0.4, random.random(count) < 0.5
        speaks = random.random((count, languages)) < 0.6 if languages > 1 else np.ones((count, 1), bool)
        size = TeamSize(2, int(random.integers(2, 5)), int(random.integers(0, 3)))
        team = choose_team(worth, lead, graduate, speaks, size, graduates)
        best = best_team(worth, lead, graduate, speaks, size, graduates)
        assert (None if team is None else worth[team].sum()) == best


def test_seats_are_as_good_as_any_that_keep_number_and_mix():
    random = generator(7)
    for _ in range(60):
        count = int(random.integers(2, 9))
        groups = np.sort(random.integers(0, 4, count))
        worth = random.integers(-300, 500, count).astype(float)
        reach = np.where(random.random(4) < 0.5, 500.0, 0.0)[groups]
        least = int(random.integers(0, 4))
        seating = Seating(least, least + 2, int(random.integers(1, 3)), 0)
        chosen = choose_seats(worth, reach, groups, seating)
        first_of = {g: groups.tolist().index(g) for g in groups.tolist()}

        def total(seats, worth=worth, reach=reach, groups=groups, first_of=first_of):
            return sum(worth[list(seats)]) + sum(
                reach[first_of[g]] for g in set(groups[list(seats)].tolist())
            )

        tried = [
            total(seats)
            for size in range(seating.least, seating.most + 1)
            for seats in combinations(range(count), size)
            if all((groups[list(seats)] == g).sum() <= seating.per_organisation for g in first_of)
        ]
        if not tried:
            assert chosen is None
            continue
        assert total(chosen) == max(tried)


def test_organisations_are_brought_in_until_there_are_enough():
    # The best two seats are both of organisation 0; two organisations are asked for.
    groups, worth = np.array([0, 0, 1]), np.array([300.0, 200.0, -50.0])
    nothing = np.zeros(3)
    assert choose_seats(worth, nothing, groups, Seating(2, 2, 2, 1)) == [0, 1]
    assert choose_seats(worth, nothing, groups, Seating(2, 2, 2, 2)) == [0, 2]
    assert choose_seats(worth, nothing, groups, Seating(2, 2, 2, 3)) is None
