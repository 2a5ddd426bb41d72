from solver.constraints import RULES
from tests.solver.constraints.breaches import breaches, violations_of
from tests.solver.rounds import person, schedule, session, tiny_round, workshop

PEOPLE = [
    person("ann", languages=["en"]),
    person("fay", languages=["fr"]),
    person("bea", languages=["en", "fr"]),
    person("leo", languages=["pt"]),
]
BOTH = tiny_round(workshops=[workshop(languages=("en", "fr"))], people=PEOPLE)


def test_a_team_may_share_the_languages_between_them():
    assert breaches("languages", BOTH, session(lead="ann", team=["fay"])) == []
    assert breaches("languages", BOTH, session(lead="bea")) == []


def test_every_working_language_needs_somebody_in_the_team():
    (found,) = violations_of("languages", BOTH, session(lead="ann", seats=["fay"]))
    assert (found.breach, found.facts) == ("unspoken", {"languages": ("fr",)})


def test_everybody_speaks_at_least_one_of_them():
    assert breaches("languages", BOTH, session(lead="bea", seats=["ann", "fay"])) == []
    assert breaches("languages", BOTH, session(lead="bea", team=["leo"], seats=["ann"])) == [
        ("not_shared", "course", ("leo",))
    ]


def test_an_empty_team_speaks_nothing():
    (found,) = RULES["languages"](BOTH, schedule(session(lead=())))
    assert found.facts == {"languages": ("en", "fr")}
