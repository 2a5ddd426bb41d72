from dataclasses import replace

from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import FRED, LENA, SAM, SUE, call, on, session, tiny_round


def round_with_sue(**entry):
    """Sue lives in Nigeria, a day's journey from the hall in Ghana."""
    return tiny_round(people=[LENA, FRED, SAM, replace(SUE, entry=entry)])


def test_who_may_never_enter_a_country_is_not_sent_there():
    round = round_with_sue(GH=None)
    assert breaches("entry", round, session(venue="hall", seats=["sue"])) == [("never", "course", ("sue",))]
    assert breaches("entry", round, session(venue="hall", seats=["sam"])) == []


def test_the_first_day_there_is_the_first_day_of_the_journey():
    round = round_with_sue(GH=on("2027-03-09"))
    assert breaches("entry", round, session(start="2027-03-09", seats=["sue"])) == [
        ("too_early", "course", ("sue",))
    ]
    assert breaches("entry", round, session(start="2027-03-10", seats=["sue"])) == []


def test_at_home_and_online_nobody_enters_anything():
    round = round_with_sue(NG=None, GH=None)
    assert breaches("entry", round, session(venue="room", seats=["sue"]), call(seats=["sue"])) == []


def test_the_team_enters_like_the_seated():
    round = tiny_round(people=[replace(LENA, entry={"NG": None}), FRED, SAM, SUE])
    assert breaches("entry", round, session(venue="room")) == [("never", "course", ("lena",))]
    assert breaches("entry", round, session(venue="hall")) == []
