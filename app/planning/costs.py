"""What the sessions of a draft cost, by the rules of the round they were planned in."""

from __future__ import annotations

import json

from app.planning.models import Draft
from solver import read_round, read_schedule
from solver.derived import session_cost


def session_costs(draft: Draft) -> dict[str, int]:
    """Workshop code -> the cost of its session, in whole units of the round's currency."""
    given = read_round(json.dumps(draft.round_document).encode())
    schedule = read_schedule(json.dumps(draft.schedule_document).encode(), given)
    return {session.workshop: session_cost(given, session) for session in schedule.sessions}
