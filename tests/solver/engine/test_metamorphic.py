"""What must hold between a round and a round made from it, whatever their optimum is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from solver.check import check
from solver.constraints import violations
from solver.engine.mip import Status
from solver.engine.staffing import reoptimise
from solver.objective import terms
from solver.round import Round, Span
from solver.schedule import Schedule
from tests.solver.drawn import (
    broken,
    renamed,
    renamed_schedule,
    reordered,
    reordered_schedule,
    rounds,
    schedules,
)
from tests.solver.engine.small import ROUNDS, board_of
from tests.solver.rounds import HALL, person

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def solved(round: Round) -> int | None:
    """The highest objective of any right schedule, by the strong model of the whole round.

    `None` where the model's optimum clashes in ways that only a search can settle.
    """
    board = board_of(round)
    nothing = Schedule(round.id, ())
    if not any(len(options) for options in board.sets):
        return sum(terms(round, nothing).values())
    if reoptimise(board, range(len(board.sets)), (), 20, gap=0.0) is not Status.OPTIMAL:
        return None
    best = Schedule(round.id, board.sessions())
    assert list(violations(round, best)) == []
    assert board.objective == sum(terms(round, best).values())
    return int(board.objective)


def optimum(round: Round) -> int:
    """As `solved`, of rounds drawn: others are drawn instead where it is not known."""
    found = solved(round)
    assume(found is not None)
    return found


# -- more of something --------------------------------------------------------------


def with_another_person(round: Round) -> Round:
    jo = person("jo", "south", "here", teaches={"law": 3}, wants={"art": 2}, languages=("en", "fr"))
    return replace(round, people={**round.people, "jo": jo})


def with_another_day(round: Round) -> Round:
    """One more at the end of the horizon and of every window."""
    day = timedelta(1)
    longer = {
        id: replace(each, window=Span(each.window.first, each.window.last + day))
        for id, each in round.workshops.items()
    }
    return replace(round, last_day=round.last_day + day, workshops=longer)


def with_another_venue(round: Round) -> Round:
    annexe = replace(HALL, id="annexe", place="near", cost_per_day=10)
    offered = {
        id: each if each.online else replace(each, venues=(*each.venues, "annexe"))
        for id, each in round.workshops.items()
    }
    return replace(round, venues={**round.venues, "annexe": annexe}, workshops=offered)


def with_more_money(round: Round) -> Round:
    richer = {
        id: each if each.budget is None else replace(each, budget=each.budget + 150)
        for id, each in round.workshops.items()
    }
    funds = {id: replace(fund, amount=fund.amount + 150) for id, fund in round.funds.items()}
    return replace(round, workshops=richer, funds=funds)


def with_more_patience(round: Round) -> Round:
    """Everybody facilitates and learns once more than before."""
    willing = {
        id: replace(each, max_workshops=each.max_workshops + 1, max_seats=each.max_seats + 1)
        for id, each in round.people.items()
    }
    return replace(round, people=willing)


MORE = [with_another_person, with_another_day, with_another_venue, with_more_money, with_more_patience]


@pytest.mark.parametrize("more", MORE)
@few
@given(round=rounds())
def test_more_of_something_never_lowers_the_optimum(more, round):
    assert optimum(more(round)) >= optimum(round)


@pytest.mark.parametrize("more", MORE)
def test_more_of_something_helps_somewhere(more):
    pairs = [(solved(round), solved(more(round))) for round in ROUNDS.values()]
    known = [(before, after) for before, after in pairs if before is not None and after is not None]
    assert all(before <= after for before, after in known)
    assert any(before < after for before, after in known)


# -- the same, told differently --------------------------------------------------------


@pytest.mark.parametrize("told", [renamed, reordered])
@few
@given(round=rounds())
def test_names_and_order_mean_nothing_to_the_optimum(told, round):
    assert optimum(told(round)) == optimum(round)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), round=rounds())
def test_names_mean_nothing_to_check(data, round):
    schedule = data.draw(schedules(round))
    other_round, other = renamed(round), renamed_schedule(schedule)
    names = dict(
        zip(
            [*round.workshops, *round.people, ""],
            [*other_round.workshops, *other_round.people, ""],
            strict=True,
        )
    )
    expected = sorted(
        (rule, breach, tuple(sorted(names[w] for w in workshops)), tuple(sorted(names[p] for p in people)))
        for rule, breach, workshops, people in broken(check(round, schedule))
    )
    assert broken(check(other_round, other)) == expected
    assert terms(other_round, other) == terms(round, schedule)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), round=rounds())
def test_order_means_nothing_to_check(data, round):
    schedule = data.draw(schedules(round))
    other_round, other = reordered(round), reordered_schedule(schedule)
    assert broken(check(other_round, other)) == broken(check(round, schedule))
    assert terms(other_round, other) == terms(round, schedule)


# -- weights ---------------------------------------------------------------------------


@few
@given(round=rounds(), factor=st.integers(2, 5))
def test_points_of_another_size_are_the_same_points(round, factor):
    weights = round.rules.weights
    scaled = replace(
        weights, **{name: factor * getattr(weights, name) for name in weights.__dataclass_fields__}
    )
    larger = replace(round, rules=replace(round.rules, weights=scaled))
    assert optimum(larger) == factor * optimum(round)
