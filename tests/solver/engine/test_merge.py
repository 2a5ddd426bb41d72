"""The best schedule made of the sessions of several: never worse than any of them, always right."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.constraints import violations
from solver.engine.adopt import placements_of
from solver.engine.improve import Improver, related_workshops
from solver.engine.merge import merge
from solver.engine.regions import EVERYWHERE, region
from solver.objective import objective
from solver.round import Fund, Pin
from solver.schedule import Schedule
from tests.solver.drawn import rounds
from tests.solver.engine.small import ROUNDS, board_of, fill, sessions_alone, slate_of
from tests.solver.rounds import LENA, SAM, SUE, follows, session, span, tiny_round, workshop


def right(round, sessions):
    return next(violations(round, Schedule(round.id, sessions)), None) is None


def merged_sessions(board, schedules):
    """What comes of sessions that are right; checked to be right, and worth what the board says."""
    placements = [placements_of(board, each) for each in schedules]
    board.restore(merge(board, placements, 20))
    found = board.sessions()
    round = board.arrays.round
    assert right(round, found)
    assert board.objective == objective(round, Schedule(round.id, found))
    return found


def best_of_pool(round, schedules):
    """By trying everything: the highest objective of any right choice of these sessions."""
    of = {id: {None} for id in round.workshops}
    for each in schedules:
        for one in each:
            of[one.workshop].add(one)
    choices = (tuple(one for one in chosen if one) for chosen in product(*of.values()))
    return max(objective(round, Schedule(round.id, each)) for each in choices if right(round, each))


@st.composite
def pools(draw):
    """A tiny round, and a few of its right schedules."""
    round = draw(st.one_of(rounds(), st.sampled_from(list(ROUNDS.values()))))
    board = board_of(round)
    slate = slate_of(board)
    from_steps = []
    improver = Improver(slate, related_workshops(slate))
    for steps in draw(st.lists(st.integers(1, 5), min_size=2, max_size=3)):
        improver.run(steps, 1e6, 1e6)
        board.restore(slate.placements())
        from_steps.append(board.sessions())
    return board, [each for each in from_steps if right(round, each)]


@given(pools())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_best_of_all_choices_from_a_pool_is_found(pool):
    board, schedules = pool
    round = board.arrays.round
    found = merged_sessions(board, schedules)
    assert objective(round, Schedule(round.id, found)) == best_of_pool(round, [(), *schedules])


@pytest.mark.parametrize("name", ROUNDS)
def test_of_all_sessions_there_are_the_best_schedule_is_made(name):
    round = ROUNDS[name]
    board = board_of(round)
    fill(board)
    schedules = [board.sessions()]
    for each in round.workshops.values():
        # A session alone is a right schedule where nothing is demanded and nothing followed.
        singles = [(one,) for one in sessions_alone(round, each)]
        schedules += [one for one in singles if right(round, one) and placements_of(board, one)][:20]
    found = merged_sessions(board, schedules)
    assert objective(round, Schedule(round.id, found)) == best_of_pool(round, schedules)


TWO = tiny_round(
    workshops=[
        workshop(window=span("2027-03-01", "2027-03-05")),
        workshop("other", window=span("2027-03-15", "2027-03-19")),
    ],
    people=[LENA, SAM, SUE],
)


def test_what_two_have_gained_in_different_places_adds_up():
    here = session("course", start="2027-03-02", venue="hall", seats=["sam"])
    there = session("other", start="2027-03-16", venue="hall", seats=["sue"])
    assert merged_sessions(board_of(TWO), [(here,), (there,)]) == (here, there)


def test_sessions_in_each_others_way_do_not_both_come():
    # Lena leads both, on days that overlap.
    round = tiny_round(workshops=[workshop(priority=5), workshop("other")], people=[LENA, SAM, SUE])
    better = session("course", start="2027-03-10", venue="hall", seats=["sam"])
    worse = session("other", start="2027-03-10", venue="room", seats=["sue"])
    assert merged_sessions(board_of(round), [(worse,), (better,)]) == (better,)


def test_a_fund_pays_for_no_more_than_it_has():
    course = session("course", start="2027-03-02", venue="hall", seats=["sam"])
    other = session("other", start="2027-03-16", venue="hall", seats=["sue"])
    board = board_of(TWO)
    both = merged_sessions(board, [(course,), (other,)])
    spent = sum(placement.cost for placement in board.placements() if placement)
    poor = tiny_round(
        workshops=list(TWO.workshops.values()),
        people=[LENA, SAM, SUE],
        funds=[Fund("f", "Fund", ("course", "other"), spent - 1)],
    )
    assert len(both) == 2
    assert len(merged_sessions(board_of(poor), [(course,), (other,)])) == 1


def test_a_follower_comes_only_with_a_session_it_can_follow():
    # One has seated Sue, who may then teach; the other has seated Sam.
    tot = workshop("tot", venues=("hall",), window=span("2027-03-01", "2027-03-05"))
    rep = workshop(
        "rep", venues=("hall",), window=span("2027-03-15", "2027-03-19"), follows=follows("tot", graduates=1)
    )
    round = tiny_round(workshops=[tot, rep], pins=[Pin("rep", held=True)], people=[LENA, SAM, SUE])
    of_sue = (
        session("tot", start="2027-03-02", venue="hall", seats=["sue"]),
        session("rep", start="2027-03-16", venue="hall", team=["sue"], seats=["sam"]),
    )
    of_sam = (
        session("tot", start="2027-03-02", venue="hall", seats=["sam"]),
        session("rep", start="2027-03-17", venue="hall", team=["sam"], seats=["sue"]),
    )
    assert right(round, of_sue)
    assert right(round, of_sam)
    assert merged_sessions(board_of(round), [of_sue, of_sam]) in (of_sue, of_sam)


def test_nothing_merged_with_nothing_is_nothing():
    board = board_of(TWO)
    assert merge(board, [], 5) == [None, None]


def test_regions_are_parts_of_the_whole_about_equal():
    slate = slate_of(board_of(TWO))
    related = related_workshops(slate)
    parts = [region(related, k, 2).tolist() for k in range(2)]
    assert sorted(parts[0] + parts[1]) == [0, 1]
    assert len(parts[0]) == len(parts[1])
    assert region(related, 0, 1) is EVERYWHERE
