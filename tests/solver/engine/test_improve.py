from dataclasses import replace

import pytest

from solver import read_round
from solver.constraints import violations
from solver.engine.adopt import adopt, placement_of, published_sessions, repair
from solver.engine.improve import Improver, related_workshops
from solver.engine.mip import Status
from solver.engine.staffing import reoptimise
from solver.round import Pin
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS, best_objective, board_of, fill, generator, slate_of
from tests.solver.public import needs_public_rounds, public
from tests.solver.rounds import (
    LENA,
    SAM,
    SUE,
    follows,
    on,
    session,
    span,
    tiny_round,
    workshop,
)


def broken(board):
    return [v.rule for v in violations(board.arrays.round, Schedule(board.arrays.round.id, board.sessions()))]


@pytest.mark.parametrize("name", ROUNDS)
def test_ruin_and_recreate_keeps_every_rule_and_comes_near_the_best(name):
    board = board_of(ROUNDS[name])
    assert fill(board) == []
    slate = slate_of(board)
    improver = Improver(slate, related_workshops(slate))
    for _ in range(40):
        improver.run(1, 500.0, 500.0)
        board.restore(slate.placements())
        assert broken(board) == []
        assert board.objective == slate.objective
    board.restore(improver.best())
    assert board.objective == improver.best_objective
    assert 0.99 * best_objective(name) <= improver.best_objective <= best_objective(name)


@pytest.mark.parametrize("name", ROUNDS)
def test_freeing_everything_is_exact(name):
    board = board_of(ROUNDS[name])
    fill(board)
    status = reoptimise(board, range(len(board.sets)), (), 30, gap=0.0)
    assert status in (Status.OPTIMAL, Status.FEASIBLE)
    assert broken(board) == []
    assert board.objective <= best_objective(name)
    if status is Status.OPTIMAL:
        assert board.objective == best_objective(name)


@needs_public_rounds
def test_staffing_a_public_round_anew_keeps_its_dates_and_never_loses():
    board = board_of(read_round(public("S-1.json")))
    fill(board)
    before, dates = board.objective, {s.workshop: (s.start, s.venue) for s in board.sessions()}
    status = reoptimise(board, (), [w for w, p in enumerate(board.placed) if p], 30)
    assert status is Status.OPTIMAL
    assert board.objective > before
    assert broken(board) == []
    assert all(dates[s.workshop] == (s.start, s.venue) for s in board.sessions())


def test_a_right_schedule_is_taken_over_as_it_is():
    board = board_of(tiny_round(workshops=[workshop()]))
    told = (session(start="2027-03-10", venue="hall", seats=["sue"]),)
    assert adopt(board, told)
    assert board.sessions() == told


def test_a_session_on_a_day_off_cannot_be_taken_over_and_changes_nothing():
    board = board_of(tiny_round(workshops=[workshop()]))
    fill(board)
    before = board.sessions()
    assert placement_of(board, session(start="2027-03-06")) is None
    assert not adopt(board, (session(start="2027-03-06"),))
    assert board.sessions() == before


def test_repair_keeps_day_and_people_as_far_as_it_can():
    # Sue has fallen out on that day; the course stays where it was, with Sam.
    sue = replace(SUE, unavailable=(span("2027-03-09", "2027-03-12"),))
    board = board_of(tiny_round(workshops=[workshop()], people=[LENA, SAM, sue]))
    repair(board, (session(start="2027-03-10", seats=["sam", "sue"]),), generator())
    assert board.sessions() == (session(start="2027-03-10", seats=["sam"]),)


def test_repair_makes_room_for_what_pins_demand():
    # Lena may hold one workshop only, and the pin demands the other one.
    round = tiny_round(
        workshops=[workshop(), workshop("other")],
        people=[replace(LENA, max_workshops=1), SAM],
        pins=[Pin("other", held=True)],
    )
    board = board_of(round)
    repair(board, (session(),), generator())
    assert [s.workshop for s in board.sessions()] == ["other"]


def test_published_sessions_read_as_sessions_with_as_many_leads_as_must_be():
    (told,) = published_sessions(ROUNDS["published, and the lead prefers other days"])
    assert (told.workshop, told.venue, told.start) == ("course", "hall", on("2027-03-02"))
    assert [(m.person, m.role) for m in told.team] == [("lena", "lead")]


def test_a_demanded_replication_makes_its_parent_seat_a_graduate():
    # The replication needs two in its team, one of them a graduate; only Sue could be spared to go.
    parent = workshop("tot", venues=("hall",), window=span("2027-03-01", "2027-03-05"))
    child = workshop(
        "rep", venues=("hall",), window=span("2027-03-15", "2027-03-19"), follows=follows("tot", graduates=1)
    )
    round = tiny_round(workshops=[parent, child], pins=[Pin("rep", held=True)], people=[LENA, SUE])
    board = board_of(round)
    assert fill(board) == []
    assert broken(board) == []
    assert [s.workshop for s in board.sessions()] == ["tot", "rep"]
