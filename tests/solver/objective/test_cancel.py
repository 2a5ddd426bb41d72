from tests.solver.objective.worth import worth
from tests.solver.rounds import call, published, session, tiny_round

TOLD = [published("course", "2027-03-01", "hall"), published("call", "2027-03-01T10:00")]


def test_each_published_session_that_is_gone_counts():
    round = tiny_round(published=TOLD, weights={"cancel": 60})
    assert worth("cancel", round) == -100 * 60 * 2
    assert worth("cancel", round, session()) == -100 * 60
    assert worth("cancel", round, session(start="2027-03-09"), call()) == 0


def test_without_a_published_schedule_nothing_is_cancelled():
    assert worth("cancel", tiny_round()) == 0
