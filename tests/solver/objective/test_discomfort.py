import pytest

from tests.solver.objective.worth import worth
from tests.solver.rounds import call, session, tiny_round, webinar


@pytest.mark.parametrize(
    ("start", "minutes", "hours"),
    [
        ("2027-03-01T08:00", 600, 0),  # 08:00-18:00
        ("2027-03-01T07:30", 60, 1),  # half an hour before eight: one started hour
        ("2027-03-01T07:00", 660, 1),
        ("2027-03-01T07:30", 660, 1),  # half an hour early and half an hour late make one hour
        ("2027-03-01T07:30", 690, 2),  # half an hour and a whole one make two
        ("2027-03-01T20:00", 120, 2),
    ],
)
def test_started_hours_outside_eight_to_eighteen_count(start, minutes, hours):
    round = tiny_round(workshops=[webinar(minutes=minutes)], weights={"discomfort": 1})
    assert worth("discomfort", round, call(start=start)) == -100 * hours


def test_everybody_in_team_and_seats_counts_by_their_own_clock():
    round = tiny_round(weights={"discomfort": 2})  # 17:30 UTC is 18:30 for Fred and Sue
    found = worth("discomfort", round, call(start="2027-03-01T17:00", team=["fred"], seats=["sam", "sue"]))
    assert found == -100 * 2 * 2


def test_in_person_nobody_minds():
    assert worth("discomfort", tiny_round(), session(seats=["sue"])) == 0
