import pytest

from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import call, tiny_round


@pytest.mark.parametrize("start", ["2027-03-01T06:00", "2027-03-01T21:00"])
def test_from_six_to_twenty_two_sharp_is_awake(start):
    assert breaches("waking_hours", tiny_round(), call(start=start)) == []


@pytest.mark.parametrize("start", ["2027-03-01T05:30", "2027-03-01T21:30", "2027-03-01T23:30"])
def test_earlier_later_and_across_midnight_is_not(start):
    assert breaches("waking_hours", tiny_round(), call(start=start)) == [("at_night", "call", ("lena",))]


def test_everybodys_own_clock_counts():
    # Sue and Fred are an hour ahead.
    found = breaches(
        "waking_hours", tiny_round(), call(start="2027-03-01T21:00", team=["fred"], seats=["sue"])
    )
    assert found == [("at_night", "call", ("fred", "sue"))]
