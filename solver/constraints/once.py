"""Rule `once`: a workshop has at most one session.

|{s: workshop(s) = w}| <= 1                     for each workshop w
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Violation

NAME = "once"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Workshops with several sessions."""
    for workshop, count in Counter(session.workshop for session in schedule.sessions).items():
        if count > 1:
            yield Violation(NAME, "several", workshop, facts={"sessions": count})
