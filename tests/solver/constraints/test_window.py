import pytest

from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import call, on, session, span, tiny_round, webinar, workshop

MARCH = workshop(window=span("2027-03-08", "2027-03-12"))


@pytest.mark.parametrize("start", ["2027-03-08", "2027-03-11"])
def test_both_ends_of_the_window_belong_to_it(start):
    assert breaches("window", tiny_round(workshops=[MARCH]), session(start=start)) == []


@pytest.mark.parametrize("start", ["2027-03-07", "2027-03-12"])
def test_a_day_before_or_after_the_window_is_outside(start):
    found = breaches("window", tiny_round(workshops=[MARCH]), session(start=start))
    assert found == [("outside_window", "course", ())]


def test_the_horizon_holds_where_the_window_reaches_beyond_it():
    wide = workshop(window=span("2027-01-01", "2027-12-31"))
    round = tiny_round(workshops=[wide], first_day=on("2027-03-01"), last_day=on("2027-03-10"))
    assert breaches("window", round, session(start="2027-03-09")) == []
    assert breaches("window", round, session(start="2027-03-10")) == [("outside_horizon", "course", ())]


def test_an_online_session_that_ends_at_midnight_utc_does_not_touch_the_next_day():
    round = tiny_round(workshops=[webinar(window=span("2027-03-01", "2027-03-05"))])
    assert breaches("window", round, call(start="2027-03-05T23:00")) == []
    assert breaches("window", round, call(start="2027-03-05T23:30")) == [("outside_window", "call", ())]
