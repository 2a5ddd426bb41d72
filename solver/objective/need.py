"""Term `need`: every seat counts by how much its person needs the topic.

100 * need * Σ_s Σ_{p ∈ seats(s)} need(s, p)

need(s, p) is what p was nominated with, where people are nominated, else wants(p, topic(s)).
"""

from __future__ import annotations

from solver.round import Round
from solver.schedule import Schedule

NAME = "need"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point for the needs met."""
    met = 0
    for session in schedule.sessions:
        workshop = round.workshops[session.workshop]
        met += sum(workshop.need_of(round.people[person]) for person in session.seats)
    return 100 * round.rules.weights.need * met
