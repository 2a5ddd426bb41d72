from tests.solver.objective.worth import worth
from tests.solver.rounds import call, session, tiny_round, webinar, workshop


def test_each_seat_is_worth_how_much_the_topic_is_wanted():
    round = tiny_round(weights={"need": 2})  # Sam wants law at 2, Sue at 3
    assert worth("need", round, session(seats=["sam"]), call(seats=["sue"])) == 100 * 2 * (2 + 3)


def test_a_topic_that_is_not_wanted_and_a_place_in_the_team_are_worth_nothing():
    round = tiny_round(workshops=[workshop(topic="tax"), webinar()], weights={"need": 2})
    assert worth("need", round, session(seats=["sam"]), call(team=["sue"])) == 0


def test_where_people_are_nominated_the_need_is_the_one_they_were_nominated_with():
    round = tiny_round(workshops=[workshop(nominated={"sam": 3})], weights={"need": 2})
    assert worth("need", round, session(seats=["sam"])) == 200 * 3
