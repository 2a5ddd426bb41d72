"""Rule `budget`: no session, and no fund's sessions together, cost more than there is.

    cost(s) <= budget_w                             for each session s of a workshop w with a budget
    Σ cost(s), workshop(s) ∈ workshops_f  <= amount_f        for each fund f

A workshop that two funds name counts in full in both.
"""

from __future__ import annotations

from collections.abc import Iterator

from solver.derived import session_cost
from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Facts, Violation

NAME = "budget"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions that cost more than their workshop may, funds that are overdrawn."""
    spent: dict[str, int] = {}
    for session in schedule.sessions:
        cost = session_cost(round, session)
        spent[session.workshop] = spent.get(session.workshop, 0) + cost
        most = round.workshops[session.workshop].budget
        if most is not None and cost > most:
            yield Violation(NAME, "of_workshop", session.workshop, facts={"cost": cost, "most": most})
    for fund in round.funds.values():
        workshops = tuple(workshop for workshop in fund.workshops if workshop in spent)
        cost = sum(spent[workshop] for workshop in workshops)
        if cost > fund.amount:
            facts: Facts = {"fund": fund.id, "cost": cost, "most": fund.amount}
            yield Violation(NAME, "of_fund", workshops=workshops, facts=facts)
