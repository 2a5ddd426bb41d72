import pytest

from tests.solver.objective.worth import worth
from tests.solver.rounds import call, session, tiny_round, webinar, workshop

ROUND = tiny_round(workshops=[workshop("one"), workshop("two"), webinar("three")], weights={"balance": 3})
ONE, TWO, THREE = session("one", "2027-03-01"), session("two", "2027-03-08"), call("three")


@pytest.mark.parametrize(("sessions", "pairs"), [([ONE], 0), ([ONE, TWO], 1), ([ONE, TWO, THREE], 3)])
def test_each_pair_of_sessions_of_one_person_counts(sessions, pairs):
    assert worth("balance", ROUND, *sessions) == -100 * 3 * pairs


def test_work_of_different_people_and_seats_do_not_count():
    shared = session("two", "2027-03-08", lead="fred", seats=["lena"])
    assert worth("balance", ROUND, ONE, shared) == 0


def test_leading_and_facilitating_count_alike():
    assert worth("balance", ROUND, ONE, session("two", "2027-03-08", lead="fred", team=["lena"])) == -300
