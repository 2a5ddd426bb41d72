from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import call, session, tiny_round


def test_one_session_each_is_right():
    assert breaches("once", tiny_round(), session(), call()) == []


def test_two_sessions_of_a_workshop_are_one_too_many():
    both = session(start="2027-03-01"), session(start="2027-03-08")
    assert breaches("once", tiny_round(), *both) == [("several", "course", ())]
