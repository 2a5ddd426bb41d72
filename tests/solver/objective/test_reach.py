from tests.solver.objective.worth import worth
from tests.solver.rounds import FRED, LENA, SAM, SUE, call, person, session, tiny_round, webinar, workshop

PEOPLE = [LENA, FRED, SAM, SUE, person("sol", wants={"law": 1, "tax": 1})]


def test_an_organisation_counts_once_for_a_topic_over_the_whole_round():
    round = tiny_round(people=PEOPLE, weights={"reach": 5})
    assert worth("reach", round, session(seats=["sam"]), call(seats=["sol"])) == 100 * 5
    assert worth("reach", round, session(seats=["sam"]), call(seats=["sue"])) == 100 * 5 * 2


def test_another_topic_counts_anew():
    round = tiny_round(people=PEOPLE, workshops=[workshop(), webinar(topic="tax")], weights={"reach": 5})
    assert worth("reach", round, session(seats=["sam"]), call(seats=["sol"])) == 100 * 5 * 2


def test_teams_reach_nobody():
    assert worth("reach", tiny_round(people=PEOPLE), session(team=["fred"])) == 0
