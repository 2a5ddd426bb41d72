"""Term `balance`: work is spread over facilitators; each further session of one weighs more.

- 100 * balance * Σ_p n_p (n_p - 1) / 2         n_p: sessions that p facilitates
"""

from __future__ import annotations

from collections import Counter

from solver.round import Round
from solver.schedule import Schedule

NAME = "balance"


def value(round: Round, schedule: Schedule) -> int:
    """Hundredths of a point lost to uneven work."""
    sessions_of = Counter(person for session in schedule.sessions for person in session.facilitators)
    pairs = sum(n * (n - 1) // 2 for n in sessions_of.values())
    return -100 * round.rules.weights.balance * pairs
