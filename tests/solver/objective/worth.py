"""How the tests of the objective's terms ask for a term's value."""

from __future__ import annotations

from solver.objective import TERMS
from solver.round import Round
from solver.schedule import Session
from tests.solver.rounds import schedule


def worth(term: str, round: Round, *sessions: Session) -> int:
    """What one term gives to a schedule, in hundredths of a point."""
    return TERMS[term](round, schedule(*sessions))
