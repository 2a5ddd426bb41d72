from tests.solver.objective.worth import worth
from tests.solver.rounds import call, session, tiny_round, webinar, workshop

ROUND = tiny_round(workshops=[workshop(priority=3), webinar(priority=2)], weights={"held": 50})


def test_nothing_held_is_worth_nothing():
    assert worth("held", ROUND) == 0


def test_each_session_is_worth_its_priority():
    assert worth("held", ROUND, session()) == 100 * 50 * 3
    assert worth("held", ROUND, session(), call()) == 100 * 50 * (3 + 2)
