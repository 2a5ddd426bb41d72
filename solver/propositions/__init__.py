"""Propositions: which groups of platforms to offer what, so that most of what they need is answered.

    call = read_call(data)             # bytes → Call, or MalformedDocument with every defect
    found = propose(call, seconds=10)  # → Propositions: the chosen set, its bound, the reasons
    wrong = breaches(call, chosen)     # → () when a set keeps the rules
    data = write_propositions(call, found)

The model is on one page: README.md. Importing this package loads neither OR-Tools nor numpy.
"""

from __future__ import annotations

from solver.propositions.call import Call
from solver.propositions.figures import figures, hosts_ranked, points_asked, points_of_all, total_cost
from solver.propositions.proposition import Proposition, Propositions, Reason
from solver.propositions.reading import read_call
from solver.propositions.reasons import reasons_for, unserved, worth_most_first
from solver.propositions.rules import RULES, Breach, breaches
from solver.propositions.writing import write_call, write_propositions

__all__ = [
    "RULES",
    "Breach",
    "Call",
    "Proposition",
    "Propositions",
    "Reason",
    "breaches",
    "figures",
    "hosts_ranked",
    "points_asked",
    "points_of_all",
    "propose",
    "read_call",
    "reasons_for",
    "total_cost",
    "unserved",
    "write_call",
    "write_propositions",
]


def propose(call: Call, *, seconds: float = 10) -> Propositions:
    """The set of propositions that answers most of what a call's platforms need, with proof and reasons."""
    from solver.propositions.choose import choose  # OR-Tools is loaded here, not before

    best = choose(call, seconds=seconds)
    chosen = tuple(worth_most_first(call, best.propositions))
    return Propositions(
        call=call.id,
        chosen=chosen,
        reasons=reasons_for(call, chosen),
        unserved=unserved(call, chosen),
        points=best.points,
        bound=best.bound,
        cost=best.cost,
        least_cost=best.least_cost,
    )
