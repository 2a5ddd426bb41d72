"""Each rule: the set that keeps it and the one that breaks it."""

from dataclasses import replace
from pathlib import Path

import pytest

import solver.propositions
from solver.propositions import RULES, Proposition, breaches
from tests.solver.propositions.calls import a_call

CALL = a_call()
EXCHANGE = Proposition("peer_exchange", "advocacy", "fr", "accra-hall", ("sn-1", "tg-1"), ("ng",))
TRAINING = Proposition("training_of_trainers", "advocacy", "fr", "accra-hall", ("sn-1", "tg-1"), (), ("ama",))


@pytest.mark.parametrize("right", [EXCHANGE, TRAINING, replace(TRAINING, facilitators=(), missing=1)])
def test_what_keeps_the_rules(right):
    assert breaches(CALL, [right]) == ()


LIMITS = CALL.limits
BROKEN = {
    "fit: another language": ("fit", CALL, [replace(EXCHANGE, language="en", needs=("sn-1", "gh-1"))]),
    "fit: another region": ("fit", CALL, [replace(EXCHANGE, needs=("sn-1", "fj-1"))]),
    "fit: another topic": ("fit", CALL, [replace(EXCHANGE, topic="budgets")]),
    "once": ("once", CALL, [EXCHANGE, TRAINING]),
    "group": ("group", CALL, [replace(EXCHANGE, needs=("sn-1",))]),
    "seats": ("seats", replace(CALL, limits=replace(LIMITS, seats_max=3)), [EXCHANGE]),
    "team: too many": ("team", CALL, [replace(EXCHANGE, missing=1)]),
    "team: knows another topic": ("team", replace(CALL, offers=()), [EXCHANGE]),
    "team: speaks another language": (
        "team",
        CALL,
        [replace(TRAINING, language="en", needs=("gh-1", "gh-1"))],
    ),
    "givers: nobody": ("givers", CALL, [replace(EXCHANGE, givers=(), facilitators=("ama",))]),
    "givers: learns too": ("givers", CALL, [replace(EXCHANGE, givers=("sn",))]),
    "turns": ("turns", CALL, [EXCHANGE, replace(TRAINING, host="dakar-hall", topic="budgets")]),
    "load": (
        "load",
        CALL,
        [replace(TRAINING, host=f"{place}-hall") for place in ("accra", "dakar")] + [TRAINING],
    ),
    "hosting": ("hosting", replace(CALL, limits=replace(LIMITS, hosted_per_place=0)), [EXCHANGE]),
    "budget": ("budget", replace(CALL, limits=replace(LIMITS, budget=100)), [EXCHANGE]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_rule_is_named(name):
    rule, call, chosen = BROKEN[name]
    assert rule in {breach.rule for breach in breaches(call, chosen)}


def test_the_page_lists_the_rules_in_their_order():
    page = (Path(solver.propositions.__file__).parent / "README.md").read_text(encoding="utf-8")
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()]
    assert rows == list(RULES)
