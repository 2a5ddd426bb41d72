"""Term `reach`: every topic that reaches an organisation counts once.

100 * reach * |{(organisation(p), topic(s)): p ∈ seats(s)}|
"""

from __future__ import annotations

from solver.round import Round
from solver.schedule import Schedule

NAME = "reach"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point for the organisations reached, per topic."""
    reached = {
        (round.people[person].organisation, round.workshops[session.workshop].topic)
        for session in schedule.sessions
        for person in session.seats
    }
    return 100 * round.rules.weights.reach * len(reached)
