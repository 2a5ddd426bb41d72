from dataclasses import replace

from tests.solver.constraints.breaches import breaches, violations_of
from tests.solver.rounds import FAR, HERE, NEAR, call, on, person, session, tiny_round


def test_friday_to_saturday_is_a_weekend_where_saturday_is_one():
    assert breaches("working_days", tiny_round(), session(start="2027-03-04")) == []
    assert breaches("working_days", tiny_round(), session(start="2027-03-05")) == [
        ("off_at_place", "course", ())
    ]


def test_a_place_has_the_weekend_it_says():
    friday_saturday = replace(HERE, weekend=frozenset({5, 6}))
    round = tiny_round(places=[friday_saturday, NEAR, FAR])
    assert breaches("working_days", round, session(start="2027-03-07")) == []  # Sunday and Monday
    assert breaches("working_days", round, session(start="2027-03-04")) == [("off_at_place", "course", ())]


def test_the_holidays_of_the_venues_place_count_and_not_those_of_a_members_home():
    here_off = replace(HERE, holidays=frozenset({on("2027-03-02")}))
    near_off = replace(NEAR, holidays=frozenset({on("2027-03-02")}))
    at_hall = session(start="2027-03-01", team=["fred"])
    assert breaches("working_days", tiny_round(places=[HERE, near_off, FAR]), at_hall) == []
    (found,) = violations_of("working_days", tiny_round(places=[here_off, NEAR, FAR]), at_hall)
    assert found.facts == {"days": (on("2027-03-02"),), "place": "here"}


def test_online_the_holiday_at_anyones_home_counts():
    near_off = replace(NEAR, holidays=frozenset({on("2027-03-01")}))
    round = tiny_round(places=[HERE, near_off, FAR])
    assert breaches("working_days", round, call(seats=["sam"])) == []
    assert breaches("working_days", round, call(team=["fred"], seats=["sue"])) == [
        ("off_at_home", "call", ("fred", "sue"))
    ]


def test_online_the_date_is_that_at_home():
    tala = person("tala", home="far", wants={"law": 1})  # UTC+13: Friday 11:30 UTC is Saturday 00:30
    round = tiny_round(people=[*tiny_round().people.values(), tala])
    assert breaches("working_days", round, call(start="2027-03-05T10:00", seats=["tala"])) == []
    assert breaches("working_days", round, call(start="2027-03-05T10:30", seats=["tala"])) == [
        ("off_at_home", "call", ("tala",))
    ]
