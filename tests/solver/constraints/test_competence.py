from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import call, follows, person, session, tiny_round, webinar, workshop

CHAIN = tiny_round(
    workshops=[workshop("first"), workshop("second", follows=follows("first")), webinar(topic="tax")]
)


def test_three_leads_and_two_facilitates():
    assert breaches("competence", CHAIN, session("first", lead="lena", team=["fred"])) == []


def test_two_is_not_enough_to_lead_and_three_is_enough_to_facilitate():
    assert breaches("competence", CHAIN, session("first", lead="fred", team=["lena"])) == [
        ("cannot_lead", "first", ("fred",))
    ]


def test_who_teaches_another_topic_teaches_nothing_here():
    assert breaches("competence", CHAIN, call(lead="lena", team=["fred"])) == [
        ("cannot_lead", "call", ("lena",)),
        ("cannot_facilitate", "call", ("fred",)),
    ]


def test_a_graduate_may_facilitate_but_not_lead():
    first = session("first", "2027-03-01", seats=["sam"])
    assert breaches("competence", CHAIN, first, session("second", "2027-03-10", team=["sam"])) == []
    assert breaches("competence", CHAIN, first, session("second", "2027-03-10", lead="sam")) == [
        ("cannot_lead", "second", ("sam",))
    ]


def test_only_a_seat_in_the_very_workshop_followed_makes_a_graduate():
    first = session("first", "2027-03-01", seats=["sue"])
    elsewhere = call(seats=["sam"])
    assert breaches("competence", CHAIN, first, elsewhere, session("second", "2027-03-10", team=["sam"])) == [
        ("cannot_lead", "call", ("lena",)),
        ("cannot_facilitate", "second", ("sam",)),
    ]


def test_a_graduate_is_none_in_the_workshop_that_trains_them():
    round = tiny_round(people=[person("lena", teaches={"law": 3}), person("sam")])
    assert breaches("competence", round, session(team=["sam"], seats=["sam"])) == [
        ("cannot_facilitate", "course", ("sam",))
    ]
