"""Term `need`: every seat counts by how much its person needs the topic.

100 * need * Σ_s Σ_{p ∈ seats(s)} wants(p, topic(s))
"""

from __future__ import annotations

from solver.round import Round
from solver.schedule import Schedule

NAME = "need"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point for the needs met."""
    met = 0
    for session in schedule.sessions:
        topic = round.workshops[session.workshop].topic
        met += sum(round.people[person].wants.get(topic, 0) for person in session.seats)
    return 100 * round.rules.weights.need * met
