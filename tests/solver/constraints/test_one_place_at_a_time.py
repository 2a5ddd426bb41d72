import pytest

from tests.solver.constraints.breaches import breaches, violations_of
from tests.solver.rounds import LENA, call, person, session, tiny_round, webinar, workshop

ROUND = tiny_round(
    workshops=[workshop(), workshop("other"), webinar(), webinar("talk")],
    people=[LENA, person("tala", home="far", wants={"law": 1})],
)


def test_two_sessions_at_home_may_follow_each_other():
    both = session(start="2027-03-01"), session("other", "2027-03-03")
    assert breaches("one_place_at_a_time", ROUND, *both) == []


def test_two_sessions_at_home_may_not_share_a_day():
    (found,) = violations_of(
        "one_place_at_a_time", ROUND, session(start="2027-03-01"), session("other", "2027-03-02")
    )
    assert (found.workshop, found.people, found.workshops) == ("other", ("lena",), ("course",))


def test_the_blocks_of_a_traveller_meet_day_by_day():
    first = session(start="2027-03-02", lead=(), seats=["tala"])  # block 02-28 to 03-05
    touching = session("other", "2027-03-07", lead=(), seats=["tala"])  # block 03-05 to 03-10
    free = session("other", "2027-03-08", lead=(), seats=["tala"])
    assert breaches("one_place_at_a_time", ROUND, first, touching) == [("clash", "other", ("tala",))]
    assert breaches("one_place_at_a_time", ROUND, first, free) == []


def test_an_online_session_on_a_travel_day_clashes_by_the_date_at_home():
    course = session(start="2027-03-02", lead=(), seats=["tala"])  # block 02-28 to 03-05
    evening = call(start="2027-03-05T10:00", lead=(), seats=["tala"])  # until midnight of the 5th at home
    night = call(start="2027-03-05T11:00", lead=(), seats=["tala"])  # from midnight of the 6th
    assert breaches("one_place_at_a_time", ROUND, course, evening) == [("clash", "call", ("tala",))]
    assert breaches("one_place_at_a_time", ROUND, course, night) == []


@pytest.mark.parametrize(
    ("start", "clashes"),
    [
        ("2027-03-01T09:00", 0),
        ("2027-03-01T09:30", 1),
        ("2027-03-01T10:00", 1),
        ("2027-03-01T10:30", 1),
        ("2027-03-01T11:00", 0),
    ],
)
def test_two_calls_may_touch_but_not_overlap(start, clashes):
    found = violations_of("one_place_at_a_time", ROUND, call(start="2027-03-01T10:00"), call("talk", start))
    assert [violation.people for violation in found] == [("lena",)] * clashes


def test_team_and_seats_count_alike():
    teaching = session(start="2027-03-01")
    learning = session("other", "2027-03-02", "hall", lead=(), seats=["lena"])
    assert breaches("one_place_at_a_time", ROUND, teaching, learning) == [("clash", "other", ("lena",))]


def test_a_session_does_not_clash_with_itself():
    assert breaches("one_place_at_a_time", ROUND, session(seats=["lena"])) == []
