"""A schedule is read against its round; what a rule forbids is not for the reader to refuse."""

import json

import pytest

from solver import MalformedDocument, check, read_schedule, write_schedule
from solver.schedule import Reason, Schedule, Unscheduled
from tests.solver.documents import GONE, as_bytes, spoiled
from tests.solver.rounds import call, session, tiny_round

ROUND = tiny_round()
RIGHT = Schedule(
    round="tiny",
    sessions=(session(seats=["sam"]), call(team=["fred"])),
    unscheduled=(Unscheduled("call", (Reason("available", ("lena",), ("course",), "Lena is away"),)),),
    objective=-12,
    bound=None,
    cost=3,
)
DOCUMENT = json.loads(write_schedule(RIGHT))


def test_a_right_document_is_read_as_it_stands():
    assert read_schedule(as_bytes(DOCUMENT), ROUND) == RIGHT


DEFECTS = [
    ("format", "planning-round/1", "wrong_value"),
    ("round", 3, "wrong_type"),
    ("cost", GONE, "missing_key"),
    ("cost", -1, "out_of_range"),
    ("bound", "12", "wrong_type"),
    ("objective", 1.5, "wrong_type"),
    ("objective", None, "wrong_type"),
    ("score", 1, "unknown_key"),
    ("sessions", None, "wrong_type"),
    ("sessions[0]", [], "wrong_type"),
    ("sessions[0].venue", "attic", "dangling_id"),
    ("sessions[0].venue", GONE, "missing_key"),
    ("sessions[0].workshop", "curse", "dangling_id"),
    ("sessions[0].start", "2027-03-01T10:00Z", "wrong_format"),
    ("sessions[1].start", "2027-03-01", "wrong_format"),
    ("sessions[0].team[0].person", "nobody", "dangling_id"),
    ("sessions[0].team[0].role", "boss", "wrong_value"),
    ("sessions[0].team[0].paid", True, "unknown_key"),
    ("sessions[0].seats[0]", "nobody", "dangling_id"),
    ("unscheduled[0].workshop", "curse", "dangling_id"),
    ("unscheduled[0].reasons[0].people[0]", "nobody", "dangling_id"),
    ("unscheduled[0].reasons[0].workshops[0]", "curse", "dangling_id"),
    ("unscheduled[0].reasons[0].rule", GONE, "missing_key"),
    ("unscheduled[0].reasons[0]", 7, "wrong_type"),
]


@pytest.mark.parametrize(("place", "value", "reason"), DEFECTS)
def test_one_defect_is_refused_once_and_at_its_place(place, value, reason):
    with pytest.raises(MalformedDocument) as refused:
        read_schedule(as_bytes(spoiled(DOCUMENT, (place, value))), ROUND)
    assert [(error.place, error.reason) for error in refused.value.errors] == [(place, reason)]


def test_a_workshop_is_listed_as_unscheduled_once():
    document = spoiled(DOCUMENT, ("unscheduled", DOCUMENT["unscheduled"] * 2))
    with pytest.raises(MalformedDocument) as refused:
        read_schedule(as_bytes(document), ROUND)
    assert [error.place for error in refused.value.errors] == ["unscheduled[1].workshop"]


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        ("sessions[0].seats", ["sam", "sam"], "seating"),
        ("sessions[0].venue", None, "venue"),
        ("sessions[1].venue", "hall", "venue"),
        ("sessions[0].team", [{"person": "lena", "role": "lead"}] * 2, "team_size"),
        ("sessions[1]", DOCUMENT["sessions"][0], "once"),
    ],
)
def test_what_a_rule_forbids_is_read_and_named_by_the_check(place, value, rule):
    schedule = read_schedule(as_bytes(spoiled(DOCUMENT, (place, value))), ROUND)
    assert rule in {violation.rule for violation in check(ROUND, schedule)}


def test_a_bare_sentence_stands_for_a_reason_that_names_no_rule():
    document = spoiled(DOCUMENT, ("unscheduled[0].reasons", ["too few invited people are free"]))
    (left_out,) = read_schedule(as_bytes(document), ROUND).unscheduled
    assert left_out.reasons == (Reason("not_found", text="too few invited people are free"),)


def test_totals_may_exceed_what_a_single_amount_may_be():
    document = spoiled(DOCUMENT, ("objective", -(10**20)), ("bound", 10**20), ("cost", 10**13))
    schedule = read_schedule(as_bytes(document), ROUND)
    assert (schedule.objective, schedule.bound, schedule.cost) == (-(10**20), 10**20, 10**13)
