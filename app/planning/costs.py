"""What the sessions of a draft cost, by the rules of the round they were planned in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from solver import read_round, read_schedule
from solver.derived import online_fee_days, session_cost


class WithDocuments(Protocol):
    """A draft, or a version that was published."""

    @property
    def round_document(self) -> Mapping[str, Any]: ...

    @property
    def schedule_document(self) -> Mapping[str, Any]: ...


def session_costs(draft: WithDocuments) -> dict[str, int]:
    """Workshop code -> the cost of its session, in whole units of the round's currency."""
    given = read_round(json.dumps(draft.round_document).encode())
    schedule = read_schedule(json.dumps(draft.schedule_document).encode(), given)
    return {session.workshop: session_cost(given, session) for session in schedule.sessions}


def fee_for(fee_per_day: int, *, days: int | None, minutes: int | None) -> int:
    """What somebody is paid for one session: by its days in person, by started days of eight hours online."""
    return fee_per_day * (days if days is not None else online_fee_days(minutes or 0))
