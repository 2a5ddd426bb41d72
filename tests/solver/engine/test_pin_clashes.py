from dataclasses import replace

import pytest

from solver.engine.pin_clashes import satisfiable, smallest_clash
from solver.round import Pin
from tests.solver.rounds import (
    LENA,
    SAM,
    at,
    follows,
    on,
    span,
    tiny_round,
    webinar,
    workshop,
)

DAYS = span("2027-03-01", "2027-03-02")
BOTH = [workshop(venues=("hall",)), workshop("other", venues=("room",)), webinar()]


def clash(pins, workshops=BOTH, people=(LENA, SAM)):
    found = smallest_clash(tiny_round(workshops=workshops, people=people, pins=pins))
    return found and ([pin.workshop for pin in found[0]], set(found[1]))


def test_pins_that_can_all_be_kept_do_not_clash_and_come_with_sessions():
    pins = [Pin("course", start=on("2027-03-01")), Pin("call", start=at("2027-03-03T10:00"), seats=("sam",))]
    assert clash(pins) is None
    round = tiny_round(workshops=BOTH, people=[LENA, SAM], pins=pins)
    possible, sessions = satisfiable(round, round.pins)
    assert possible
    assert [(s.workshop, s.start) for s in sessions] == [
        ("course", on("2027-03-01")),
        ("call", at("2027-03-03T10:00")),
    ]


def test_one_lead_pinned_to_two_places_names_the_two_pins_and_no_third():
    pins = [
        Pin("call", start=at("2027-03-10T10:00")),
        Pin("course", start=on("2027-03-01")),
        Pin("other", start=on("2027-03-02")),
    ]
    workshops, rules = clash(pins)
    assert workshops == ["course", "other"]
    assert "one_place_at_a_time" in rules


def test_held_and_not_held_clash():
    assert clash([Pin("course", held=True), Pin("course", held=False)]) == (["course", "course"], {"pins"})


def test_a_follower_cannot_be_held_without_what_it_follows():
    workshops = [workshop("tot"), workshop("rep", follows=follows("tot"))]
    found, _ = clash([Pin("rep", held=True), Pin("tot", held=False)], workshops)
    assert sorted(found) == ["rep", "tot"]


@pytest.mark.parametrize(
    ("rule", "pin"),
    [
        ("working_days", Pin("course", start=on("2027-03-06"))),
        ("competence", Pin("course", start=on("2027-03-01"), team=("sam",))),
        ("available", Pin("course", start=on("2027-03-16"))),
        ("start_grid", Pin("call", start=at("2027-03-01T10:10"))),
        ("waking_hours", Pin("call", start=at("2027-03-01T03:00"), seats=("sam",))),
    ],
)
def test_a_pin_that_no_session_can_keep_is_named_alone_with_its_rule(rule, pin):
    lena = replace(LENA, unavailable=(span("2027-03-16", "2027-03-16"),))
    pins = [Pin("other", held=True), pin]
    workshops, rules = clash(pins, people=(lena, SAM))
    assert workshops == [pin.workshop]
    assert rule in rules


def test_three_workshops_for_a_lead_who_takes_two_need_all_three_pins():
    lena = replace(LENA, max_workshops=2)
    pins = [Pin(each.id, held=True) for each in BOTH]
    workshops, rules = clash(pins, people=(lena, SAM))
    assert sorted(workshops) == ["call", "course", "other"]
    assert rules == {"load"}
