from solver.round import TeamSize
from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import session, tiny_round, workshop

PAIR = tiny_round(workshops=[workshop(team=TeamSize(min=2, max=2, leads=1))])


def test_a_lead_and_a_facilitator_make_a_team_of_two():
    assert breaches("team_size", PAIR, session(team=["fred"])) == []


def test_a_team_may_be_too_small_or_too_large():
    assert breaches("team_size", PAIR, session()) == [("too_few", "course", ())]
    assert breaches("team_size", PAIR, session(team=["fred", "sue"])) == [("too_many", "course", ())]


def test_a_team_needs_its_leads_and_more_of_them_are_welcome():
    assert breaches("team_size", PAIR, session(lead=(), team=["lena", "fred"])) == [
        ("too_few_leads", "course", ())
    ]
    assert breaches("team_size", PAIR, session(lead=["lena", "fred"])) == []


def test_one_person_twice_is_one_person():
    assert breaches("team_size", PAIR, session(lead="lena", team=["lena"])) == [
        ("twice", "course", ("lena",)),
        ("too_few", "course", ()),
    ]
