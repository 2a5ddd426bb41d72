"""A schedule is right when it keeps every rule and what it claims for itself is true."""

from dataclasses import replace

import pytest

from solver import check
from solver.constraints import RULES
from solver.objective import TERMS, objective, terms
from solver.schedule import Reason, Schedule, Unscheduled
from solver.wording import SENTENCES, sentence
from tests.solver.rounds import call, session, tiny_round

ROUND = tiny_round()

# held 100*50*3; need 100*2*(2+3); reach 100*5*2; cost: hall 200, Lena 20, Sue's trip 2*70 + 4*20.
RIGHT = Schedule(
    round="tiny",
    sessions=(session(seats=["sam", "sue"]),),
    unscheduled=(Unscheduled("call", (Reason("not_worth_it", text="it would cost a point"),)),),
    objective=15_000 + 1_000 + 1_000 - 440,
    bound=20_000,
    cost=440,
)


def wrong(**changes) -> list[tuple[str, str, str | None]]:
    found = check(ROUND, replace(RIGHT, **changes))
    assert all(sentence(violation) for violation in found)
    return [(violation.rule, violation.breach, violation.workshop) for violation in found]


def test_a_right_schedule_has_no_violations():
    assert check(ROUND, RIGHT) == ()


def test_the_objective_is_the_sum_of_its_terms():
    assert terms(ROUND, RIGHT) == dict.fromkeys(TERMS, 0) | {
        "held": 15_000,
        "need": 1_000,
        "reach": 1_000,
        "cost": -440,
    }
    assert objective(ROUND, RIGHT) == 16_560


def test_the_bound_may_be_unknown_or_reached_exactly():
    assert wrong(bound=None) == []
    assert wrong(bound=16_560) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"objective": 16_561}, ("objective", "wrong", None)),
        ({"cost": 439}, ("cost", "wrong", None)),
        ({"bound": 16_559}, ("bound", "too_low", None)),
        ({"round": "other"}, ("round", "another", None)),
        ({"unscheduled": ()}, ("unscheduled", "missing", "call")),
        ({"unscheduled": (Unscheduled("call", ()),)}, ("unscheduled", "no_reason", "call")),
        (
            {"unscheduled": (Unscheduled("call", (Reason("mood"),)),)},
            ("unscheduled", "unknown_reason", "call"),
        ),
        (
            {"unscheduled": (*RIGHT.unscheduled, Unscheduled("course", (Reason("load"),)))},
            ("unscheduled", "held", "course"),
        ),
    ],
)
def test_a_claim_that_is_not_true_is_a_violation(changes, found):
    assert wrong(**changes) == [found]


@pytest.mark.parametrize("rule", [*RULES, "not_worth_it", "not_found"])
def test_every_rule_may_be_a_reason(rule):
    assert wrong(unscheduled=(Unscheduled("call", (Reason(rule),)),)) == []


def test_a_broken_rule_is_named_and_the_claims_are_still_checked():
    sessions = (*RIGHT.sessions, call(start="2027-03-02T10:15"))
    found = wrong(sessions=sessions, unscheduled=(), bound=None)
    assert [(rule, breach) for rule, breach, _ in found] == [
        ("start_grid", "off_grid"),
        ("one_place_at_a_time", "clash"),
        ("objective", "wrong"),
        ("cost", "wrong"),
    ]


def test_the_rules_stand_in_the_order_of_the_format():
    assert list(RULES) == [
        "window",
        "working_days",
        "venue",
        "start_grid",
        "team_size",
        "competence",
        "languages",
        "seating",
        "mix",
        "available",
        "one_place_at_a_time",
        "load",
        "follows",
        "waking_hours",
        "budget",
        "pins",
        "once",
        "entry",
        "notice",
    ]


def test_the_terms_stand_in_the_order_of_the_format():
    assert " ".join(TERMS) == "held need reach preferred cost discomfort balance change cancel reluctance"


def test_every_sentence_is_of_a_rule_or_a_claim():
    claims = {"round", "unscheduled", "objective", "bound", "cost"}
    assert {rule for rule, _ in SENTENCES} == {*RULES, *claims}


def test_ids_that_would_break_a_line_are_quoted():
    odd = tiny_round(workshops=[replace(ROUND.workshops["course"], id="a\nb")])
    found = check(
        odd, Schedule("tiny", (replace(session(seats=[]), workshop="a\nb", venue=None),), (), 0, None, 0)
    )
    assert sentence(found[0]) == "venue: 'a\\nb': is in person and has no venue"
