from tests.solver.constraints.breaches import breaches, violations_of
from tests.solver.rounds import SAM, SUE, person, session, tiny_round, workshop

PEOPLE = [person("lena", teaches={"law": 3}), SAM, SUE, person("sol", wants={"law": 1})]


def test_an_organisation_has_at_most_its_share_of_seats():
    round = tiny_round(workshops=[workshop(seats_per_organisation=1)], people=PEOPLE)
    assert breaches("mix", round, session(seats=["sam", "sue"])) == []
    (found,) = violations_of("mix", round, session(seats=["sam", "sol"]))
    assert (found.breach, found.people) == ("too_many_of_one", ("sam", "sol"))
    assert found.facts == {"organisation": "north", "seated": 2, "most": 1}


def test_enough_organisations_have_a_seat():
    round = tiny_round(workshops=[workshop(seats_per_organisation=2, organisations_min=2)], people=PEOPLE)
    assert breaches("mix", round, session(seats=["sam", "sue"])) == []
    assert breaches("mix", round, session(seats=["sam", "sol"])) == [("too_few_organisations", "course", ())]
    assert breaches("mix", round, session(seats=[])) == [("too_few_organisations", "course", ())]
