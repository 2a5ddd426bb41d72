"""How the tests of the rules ask a rule what is wrong with a schedule."""

from __future__ import annotations

from solver.constraints import RULES
from solver.round import Round
from solver.schedule import Session
from solver.violation import Violation
from solver.wording import sentence
from tests.solver.rounds import schedule


def violations_of(rule: str, round: Round, *sessions: Session) -> list[Violation]:
    """What one rule says of a schedule; each violation must be sayable in English."""
    found = list(RULES[rule](round, schedule(*sessions)))
    for violation in found:
        assert violation.rule == rule
        assert sentence(violation).startswith(f"{rule}: ")
    return found


def breaches(rule: str, round: Round, *sessions: Session) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """(breach, workshop, people) of every violation."""
    return [(each.breach, each.workshop, each.people) for each in violations_of(rule, round, *sessions)]
