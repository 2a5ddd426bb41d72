from tests.solver.objective.worth import worth
from tests.solver.rounds import call, session, tiny_round, webinar, workshop


def test_every_unit_of_money_costs_its_weight_in_hundredths():
    round = tiny_round(weights={"cost": 3})
    assert worth("cost", round, session()) == -3 * 220  # hall 2 * 100, Lena 2 * 10


def test_all_sessions_are_paid_for():
    round = tiny_round(workshops=[workshop(), webinar(minutes=510)], weights={"cost": 1})
    assert worth("cost", round, session(), call()) == -(220 + 2 * 10)  # 510 minutes are two started days
