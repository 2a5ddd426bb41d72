from dataclasses import replace

import pytest

from solver.engine import reasons
from solver.engine.board import Placement
from solver.engine.reasons import against, alone
from solver.round import Fund, Pin, SeatCount, TeamSize
from tests.solver.engine.small import board_of, insert
from tests.solver.rounds import (
    FAR,
    FRED,
    HALL,
    HERE,
    LENA,
    NEAR,
    ROOM,
    SAM,
    SUE,
    follows,
    span,
    tiny_round,
    webinar,
    workshop,
)

SATURDAY = span("2027-03-06", "2027-03-07")
DAYS = span("2027-03-01", "2027-03-02")


def rules(found):
    return [reason.rule for reason in found]


@pytest.mark.parametrize(
    ("rule", "course", "fields"),
    [
        ("pins", workshop(), {"pins": [Pin("course", held=False)]}),
        ("window", workshop(days=5, window=DAYS), {}),
        ("working_days", workshop(window=SATURDAY), {}),
        ("venue", workshop(seats=SeatCount(11, 20)), {}),
        ("venue", workshop(window=DAYS), {"venues": [replace(v, closed=(DAYS,)) for v in (HALL, ROOM)]}),
        ("competence", workshop(topic="art"), {}),
        ("competence", workshop(team=TeamSize(2, 2, 2)), {}),
        ("team_size", workshop(team=TeamSize(3, 3, 1)), {}),
        ("languages", workshop(languages=("en", "sw")), {}),
        ("seating", workshop(seats=SeatCount(3, 5)), {}),
        ("mix", workshop(organisations_min=3), {}),
        ("mix", workshop(seats=SeatCount(2, 5)), {"people": [LENA, SAM, replace(SAM, id="ali")]}),
        ("budget", workshop(budget=90), {}),
    ],
)
def test_what_no_schedule_could_mend_is_named(rule, course, fields):
    round = tiny_round(workshops=[course], **fields)
    assert rules(alone(round, course)) == [rule]
    # And it is true: the workshop alone on an empty board has no session.
    board = board_of(round)
    assert not insert(board, 0)


def test_of_a_workshop_that_can_be_held_nothing_is_said():
    assert alone(tiny_round(), workshop()) == ()


def placed(round, *ids):
    board = board_of(round)
    for each in ids:
        assert insert(board, board.arrays.workshop_number[each])
    return board


@pytest.mark.parametrize(
    ("rule", "round"),
    [
        (
            "one_place_at_a_time",
            tiny_round(
                workshops=[
                    workshop(window=DAYS, venues=("hall",)),
                    workshop("b", window=DAYS, venues=("room",)),
                ],
                people=[LENA, SAM],
            ),
        ),
        (
            "load",
            tiny_round(workshops=[workshop(), workshop("b")], people=[replace(LENA, max_workshops=1), SAM]),
        ),
        (
            "venue",
            tiny_round(
                workshops=[
                    workshop(window=DAYS, venues=("hall",)),
                    workshop("b", window=DAYS, venues=("hall",)),
                ],
                people=[LENA, replace(LENA, id="ada"), SAM],
            ),
        ),
        (
            "seating",
            tiny_round(
                workshops=[workshop(seats=SeatCount(2, 2)), workshop("b", seats=SeatCount(2, 2), priority=5)]
            ),
        ),
        (
            "budget",
            tiny_round(
                workshops=[workshop(venues=("hall",)), workshop("b", venues=("hall",))],
                funds=[Fund("f", "Fund", ("course", "b"), 300)],
                people=[LENA],
            ),
        ),
    ],
)
def test_without_the_rule_named_it_could_be_held_and_with_it_not(rule, round):
    board = placed(round, "course")
    found = against(board, 1)
    assert rules(found) == [rule]
    assert "course" in found[0].workshops
    assert not insert(board, 1)
    board.take_out(0)
    assert insert(board, 1)


def test_a_follower_of_what_is_not_held_says_so():
    board = board_of(tiny_round(workshops=[workshop("tot"), workshop("rep", follows=follows("tot"))]))
    found = against(board, 1)
    assert rules(found) == ["follows"]
    assert found[0].workshops == ("tot",)


def test_what_costs_more_than_it_brings_is_not_worth_it_by_how_much():
    # Priority 1 brings 100 * 1; the hall costs 200, Lena 20, nobody is invited: 120 too much.
    course = workshop(priority=1, venues=("hall",), invited=(), seats=SeatCount(0, 0))
    board = board_of(tiny_round(workshops=[course], people=[LENA], weights={"held": 1}))
    (reason,) = against(board, 0)
    assert reason.rule == "not_worth_it"
    assert "120" in reason.text


def test_days_on_which_too_few_are_available_are_named():
    lena = replace(LENA, unavailable=(DAYS,))
    board = board_of(tiny_round(workshops=[workshop(window=DAYS)], people=[lena, SAM]))
    assert rules(against(board, 0)) == ["available"]


def test_hours_at_which_too_few_are_awake_are_named():
    # Lena at UTC and Sue at UTC+13 are both awake 06-09 and 17-22 UTC: a call of six hours never fits.
    call = webinar(minutes=360, window=DAYS, seats=SeatCount(1, 1))
    sue = replace(SUE, home="far")
    board = board_of(tiny_round(workshops=[call], people=[LENA, sue], places=[HERE, NEAR, FAR]))
    assert rules(against(board, 0)) == ["waking_hours"]


def test_reasons_name_no_more_than_a_reader_takes_in():
    people = [LENA, *(replace(FRED, id=f"f{n}", name=f"F{n}") for n in range(40))]
    courses = [workshop(f"w{n}", window=DAYS, venues=("hall",)) for n in range(2)]
    board = board_of(tiny_round(workshops=courses, people=people))
    assert insert(board, 0)
    assert isinstance(board.placed[0], Placement)
    for reason in against(board, 1):
        assert len(reason.people) <= reasons.NAMED
