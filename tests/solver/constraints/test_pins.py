import pytest

from solver.round import Pin
from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import at, call, on, session, tiny_round


def pinned(*pins):
    return tiny_round(pins=pins)


def test_a_pin_that_is_kept_is_silent():
    pin = Pin("course", venue="hall", start=on("2027-03-01"), team=("lena",), seats=("sam",), held=True)
    assert breaches("pins", pinned(pin), session(team=["fred"], seats=["sue", "sam"])) == []


@pytest.mark.parametrize(
    "pin",
    [
        Pin("course", venue="hall"),
        Pin("course", start=on("2027-03-01")),
        Pin("course", team=("lena",)),
        Pin("course", seats=("sam",)),
        Pin("course", held=True),
    ],
)
def test_whatever_a_pin_says_but_not_held_it_wants_a_session(pin):
    assert breaches("pins", pinned(pin)) == [("not_held", "course", ())]


def test_a_workshop_pinned_as_not_held_has_no_session():
    pin = Pin("course", held=False)
    assert breaches("pins", pinned(pin)) == []
    assert breaches("pins", pinned(pin), session()) == [("held", "course", ())]


@pytest.mark.parametrize(
    ("pin", "breach"),
    [
        (Pin("course", venue="room"), ("venue", "course", ())),
        (Pin("course", start=on("2027-03-02")), ("start", "course", ())),
        (Pin("course", team=("lena", "fred")), ("team", "course", ("fred",))),
        (Pin("course", seats=("sam", "sue")), ("seats", "course", ("sue",))),
    ],
)
def test_each_thing_pinned_is_held_against_the_session(pin, breach):
    assert breaches("pins", pinned(pin), session(venue="hall", seats=["sam"])) == [breach]


def test_a_pinned_start_online_is_an_instant():
    round = pinned(Pin("call", start=at("2027-03-01T10:00")))
    assert breaches("pins", round, call(start="2027-03-01T10:00")) == []
    assert breaches("pins", round, call(start="2027-03-01T10:30")) == [("start", "call", ())]


def test_a_pin_says_nothing_of_roles():
    assert breaches("pins", pinned(Pin("course", team=("fred",))), session(team=["fred"])) == []


def test_a_pinned_seat_is_not_kept_by_a_place_in_the_team():
    assert breaches("pins", pinned(Pin("course", seats=("fred",))), session(team=["fred"])) == [
        ("seats", "course", ("fred",))
    ]


def test_several_pins_of_one_workshop_all_hold():
    round = pinned(Pin("course", venue="hall"), Pin("course", seats=("sam",)), Pin("course", venue="room"))
    assert breaches("pins", round, session(venue="hall")) == [
        ("seats", "course", ("sam",)),
        ("venue", "course", ()),
    ]
