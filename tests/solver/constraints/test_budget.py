from solver.round import Fund
from tests.solver.constraints.breaches import violations_of
from tests.solver.rounds import session, tiny_round, workshop

# Lena at the hall for two days: 2 * 100 for the hall and 2 * 10 for her; she lives there. 220 in all.
ONE = session("one", "2027-03-01")
TWO = session("two", "2027-03-08")


def found(round, *sessions):
    return [
        (v.breach, v.workshop, v.workshops, v.facts["cost"])
        for v in violations_of("budget", round, *sessions)
    ]


def test_a_session_may_cost_its_budget_and_not_one_more():
    assert found(tiny_round(workshops=[workshop("one", budget=220)]), ONE) == []
    assert found(tiny_round(workshops=[workshop("one", budget=219)]), ONE) == [
        ("of_workshop", "one", (), 220)
    ]


def test_no_budget_is_no_limit_and_zero_is_one():
    assert found(tiny_round(workshops=[workshop("one", budget=None)]), ONE) == []
    assert found(tiny_round(workshops=[workshop("one", budget=0)]), ONE) == [("of_workshop", "one", (), 220)]


def funded(*funds):
    workshops = [workshop("one"), workshop("two")]
    return tiny_round(
        workshops=workshops, funds=[Fund(f"fund-{n}", "Fund", *fund) for n, fund in enumerate(funds)]
    )


def test_the_sessions_of_a_fund_cost_at_most_its_amount_together():
    assert found(funded((("one", "two"), 440)), ONE, TWO) == []
    assert found(funded((("one", "two"), 439)), ONE, TWO) == [("of_fund", None, ("one", "two"), 440)]
    assert found(funded((("one", "two"), 439)), ONE) == []


def test_a_workshop_of_two_funds_counts_in_full_in_both():
    round = funded((("one",), 220), (("one", "two"), 300))
    assert found(round, ONE) == []
    assert found(round, ONE, TWO) == [("of_fund", None, ("one", "two"), 440)]
