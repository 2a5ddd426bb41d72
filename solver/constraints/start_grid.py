"""Rule `start_grid`: a session online starts on a whole or half hour UTC.

start(s) ≡ 0 (mod 30 minutes)                   for each session s online
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Violation

NAME = "start_grid"
STEP_MINUTES = 30


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions online that start between two half hours."""
    for session in schedule.sessions:
        start = session.start
        if isinstance(start, datetime) and (start.minute % STEP_MINUTES or start.second or start.microsecond):
            yield Violation(NAME, "off_grid", session.workshop, facts={"start": start})
