from dataclasses import replace

from tests.solver.constraints.breaches import violations_of
from tests.solver.rounds import LENA, SAM, SUE, call, session, tiny_round, webinar, workshop

WORKSHOPS = [workshop(), workshop("other"), webinar()]


def found(people, *sessions):
    round = tiny_round(workshops=WORKSHOPS, people=people)
    return [(v.breach, v.people, v.facts["taken"]) for v in violations_of("load", round, *sessions)]


def test_facilitating_online_counts_like_in_person():
    both = session(), call(start="2027-03-20T10:00")
    assert found([replace(LENA, max_workshops=2)], *both) == []
    assert found([replace(LENA, max_workshops=1)], *both) == [("too_many_sessions", ("lena",), 2)]


def test_days_away_are_added_over_the_sessions_facilitated():
    # Two days at the room and one of travel each way: four days, twice.
    away = session(venue="room"), session("other", "2027-03-15", "room")
    assert found([replace(LENA, max_days_away=8)], *away) == []
    assert found([replace(LENA, max_days_away=7)], *away) == [("too_many_days_away", ("lena",), 8)]


def test_at_home_and_online_nobody_is_away():
    assert (
        found([replace(LENA, max_days_away=0)], session(venue="hall"), call(start="2027-03-20T10:00")) == []
    )


def test_days_away_for_a_seat_do_not_count():
    sue = replace(SUE, max_days_away=0)
    assert found([LENA, sue], session(venue="hall", seats=["sue"])) == []


def test_nobody_takes_more_seats_than_they_may():
    both = session(seats=["sam"]), session("other", "2027-03-15", seats=["sam"])
    assert found([LENA, SAM], *both) == []
    assert found([LENA, replace(SAM, max_seats=1)], *both) == [("too_many_seats", ("sam",), 2)]
