"""Whether a schedule is right: it satisfies every rule, and what it claims for itself is true.

This is written apart from the engine, in plain Python, and shares none of its arithmetic but
`solver.derived`: what the engine gives back is held against it.
"""

from __future__ import annotations

from collections.abc import Iterator

from solver.constraints import RULES, violations
from solver.derived import total_cost
from solver.objective import objective
from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Violation

NOT_WORTH_IT = "not_worth_it"  # it could be held, and the objective would be lower
NOT_FOUND = "not_found"  # the planner ran out of time before it knew
REASONS = frozenset({*RULES, NOT_WORTH_IT, NOT_FOUND})


def check(round: Round, schedule: Schedule) -> tuple[Violation, ...]:
    """Everything that is wrong with a schedule; empty when it is right.

    Besides the rules, violations name the claims `round`, `unscheduled`, `objective`,
    `bound` and `cost` of the schedule's document.
    """
    return (*violations(round, schedule), *_claims(round, schedule))


def _claims(round: Round, schedule: Schedule) -> Iterator[Violation]:
    if schedule.round != round.id:
        yield Violation("round", "another", facts={"claimed": schedule.round, "found": round.id})
    yield from _unscheduled(round, schedule)
    reached = objective(round, schedule)
    if schedule.objective != reached:
        yield Violation("objective", "wrong", facts={"claimed": schedule.objective, "found": reached})
    if schedule.bound is not None and schedule.bound < reached:
        yield Violation("bound", "too_low", facts={"claimed": schedule.bound, "found": reached})
    cost = total_cost(round, schedule)
    if schedule.cost != cost:
        yield Violation("cost", "wrong", facts={"claimed": schedule.cost, "found": cost})


def _unscheduled(round: Round, schedule: Schedule) -> Iterator[Violation]:
    held = {session.workshop for session in schedule.sessions}
    left_out = {each.workshop for each in schedule.unscheduled}
    for workshop in round.workshops:
        if workshop in held and workshop in left_out:
            yield Violation("unscheduled", "held", workshop)
        elif workshop not in held and workshop not in left_out:
            yield Violation("unscheduled", "missing", workshop)
    for each in schedule.unscheduled:
        if not each.reasons:
            yield Violation("unscheduled", "no_reason", each.workshop)
        for reason in each.reasons:
            if reason.rule not in REASONS:
                facts = {"reason": reason.rule}
                yield Violation("unscheduled", "unknown_reason", each.workshop, facts=facts)
