import pytest

from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import call, session, tiny_round


@pytest.mark.parametrize("start", ["2027-03-01T10:00", "2027-03-01T10:30"])
def test_whole_and_half_hours_are_on_the_grid(start):
    assert breaches("start_grid", tiny_round(), call(start=start), session()) == []


@pytest.mark.parametrize("start", ["2027-03-01T10:15", "2027-03-01T10:31"])
def test_other_minutes_are_not(start):
    assert breaches("start_grid", tiny_round(), call(start=start)) == [("off_grid", "call", ())]
