from dataclasses import replace

import pytest

from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import FRED, LENA, SAM, SUE, call, person, session, span, tiny_round


def round_where_sue_is_away(first, last):
    """Sue lives a day's journey from the hall."""
    return tiny_round(people=[LENA, FRED, SAM, replace(SUE, unavailable=(span(first, last),))])


@pytest.mark.parametrize("day", ["2027-03-02", "2027-03-03", "2027-03-04", "2027-03-05"])
def test_a_traveller_must_be_free_on_the_days_of_travel_too(day):
    found = breaches(
        "available", round_where_sue_is_away(day, day), session(start="2027-03-03", seats=["sue"])
    )
    assert found == [("unavailable", "course", ("sue",))]


@pytest.mark.parametrize("day", ["2027-03-01", "2027-03-06"])
def test_the_days_around_the_block_do_not_matter(day):
    round = round_where_sue_is_away(day, day)
    assert breaches("available", round, session(start="2027-03-03", seats=["sue"])) == []


def test_at_home_there_is_no_travel():
    round = round_where_sue_is_away("2027-03-02", "2027-03-02")
    assert breaches("available", round, session(start="2027-03-03", venue="room", seats=["sue"])) == []


def test_from_afar_two_days_of_travel_count():
    tala = person("tala", home="far", wants={"law": 1}, unavailable=(span("2027-03-06", "2027-03-06"),))
    round = tiny_round(people=[LENA, tala])
    assert breaches("available", round, session(start="2027-03-03", seats=["tala"])) == [
        ("unavailable", "course", ("tala",))
    ]


def test_the_team_must_be_free_like_the_seated():
    round = tiny_round(people=[replace(LENA, unavailable=(span("2027-03-01", "2027-03-01"),))])
    assert breaches("available", round, session(start="2027-03-01")) == [("unavailable", "course", ("lena",))]


def test_online_the_dates_are_those_at_home():
    tala = person("tala", home="far", wants={"law": 1}, unavailable=(span("2027-03-02", "2027-03-02"),))
    round = tiny_round(people=[LENA, tala])  # at home it is 13 hours later
    assert breaches("available", round, call(start="2027-03-01T10:00", seats=["tala"])) == []
    assert breaches("available", round, call(start="2027-03-01T10:30", seats=["tala"])) == [
        ("unavailable", "call", ("tala",))
    ]


def test_who_is_online_only_stays_at_home():
    round = tiny_round(people=[LENA, FRED, SAM, replace(SUE, online_only=True)])
    assert breaches("available", round, session(venue="room", seats=["sue"]), call(seats=["sue"])) == []
    assert breaches("available", round, session(venue="hall", seats=["sue"])) == [
        ("online_only", "course", ("sue",))
    ]
