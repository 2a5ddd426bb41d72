"""Explanations on the public rounds S: no fact can be spared, and together they suffice.

Judged by others than the explainer: by the rules (`solver.constraints`), and by the strong linear model.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from solver.constraints import violations
from solver.engine import plainly
from solver.engine.adopt import adopt
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.explain import Explainer
from solver.engine.mip import Status
from solver.engine.options import all_options
from solver.engine.strong_model import StrongModel
from solver.reading import read_round, read_schedule
from solver.schedule import Schedule
from tests.solver.public import needs_public_rounds, public
from tests.solver.test_explain import atoms

pytestmark = needs_public_rounds


@cache
def planned(name):
    """A round, and the schedule of a greedy planner: that is how much is left out."""
    round = read_round(public(f"{name}.json"))
    if name == "S-1":
        return round, read_schedule(public("S-1.greedy-schedule.json"), round)
    board = board_of(round)
    for _ in plainly.fill(board, np.random.default_rng(1), lambda: False):
        pass
    return round, Schedule(round.id, board.sessions())


def board_of(round):
    arrays = Arrays(round)
    return Board(arrays, all_options(arrays))


def left_out(name):
    held = {session.workshop for session in planned(name)[1].sessions}
    return [id for id in planned(name)[0].workshops if id not in held]


ROUNDS = pytest.mark.parametrize("name", ["S-1", "S-2", "S-1-again"])


@ROUNDS
def test_without_any_one_of_the_facts_there_is_a_session_that_breaks_no_other(name):
    for id in left_out(name):
        assert_none_can_be_spared(*planned(name), id)


def assert_none_can_be_spared(round, schedule, id):
    alone, conflict, facts = Explainer(round, schedule).conflict(id)
    others = () if alone else schedule.sessions
    before = list(violations(round, Schedule(round.id, others)))
    named = {(each.rule, each.what, each.subject) for each in facts}
    for spared in facts:
        witness = conflict.session_without([each for each in facts if each != spared])
        assert witness is not None, spared
        found = [
            each for each in violations(round, Schedule(round.id, (*others, witness))) if each not in before
        ]
        broken = set().union(*(atoms(each, id) or {"unthinkable"} for each in found))
        assert broken & (named | {"unthinkable"}) == {(spared.rule, spared.what, spared.subject)}


@ROUNDS
def test_the_strong_model_finds_no_session_where_facts_are_named_and_one_where_none_are(name):
    for id in left_out(name):
        assert_the_model_agrees(*planned(name), id)


def assert_the_model_agrees(round, schedule, id):
    alone, facts = Explainer(round, schedule).obstacles(id)
    if alone and round.workshops[id].follows:
        return  # what it follows may be held otherwise: there is not one rest
    board = board_of(round)
    assert adopt(board, () if alone else schedule.sessions)
    w = board.arrays.workshop_number[id]
    assert is_possible(board, w) is not bool(facts)


def is_possible(board, w):
    """Whether there is a session of a workshop beside what is placed, by integer programming."""
    strong = StrongModel(board, [w])
    if w not in strong.parts:
        return False
    x = strong.parts[w].x
    strong.model.row(x, 1.0, 1.0, 1.0)
    return strong.model.solve(30.0).status is not Status.INFEASIBLE


@ROUNDS
def test_enough_is_left_out_for_this_to_mean_something(name):
    assert len(left_out(name)) >= 2
