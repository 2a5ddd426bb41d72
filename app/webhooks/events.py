"""What webhooks can be told: names that stay, the facts they come from, and the ids that go along.

Ids only: what else a program may know it asks the API for, with a token that says who it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.facts import AuditEntry, Fact
from app.planning.facts import DraftDiscarded, DraftSaved, PlanningStarted, RoundClosed, RoundOpened
from app.schedule.facts import SchedulePublished
from app.seats.facts import SeatAccepted, SeatGivenUp

EVENTS: Mapping[str, type[Fact]] = {
    "schedule.published": SchedulePublished,
    "planning.started": PlanningStarted,
    "draft.saved": DraftSaved,
    "draft.discarded": DraftDiscarded,
    "round.opened": RoundOpened,
    "round.closed": RoundClosed,
    "seat.given_up": SeatGivenUp,
    "seat.accepted": SeatAccepted,
}

WORDS: Mapping[str, object] = {
    "schedule.published": _l("A version was published"),
    "planning.started": _l("The planner was set to work"),
    "draft.saved": _l("The planner has finished: there is a new draft"),
    "draft.discarded": _l("A draft was discarded"),
    "round.opened": _l("A round was opened"),
    "round.closed": _l("A round was closed"),
    "seat.given_up": _l("Somebody gave up a seat"),
    "seat.accepted": _l("Somebody took a free seat"),
    "test": _l("Test"),
}

EVENT_OF: Mapping[str, str] = {fact.__name__: name for name, fact in EVENTS.items()}


def ids_of(entry: AuditEntry) -> dict[str, Any]:
    """The ids that a fact names: of its subject, and of what else it is about."""
    named = {
        name: value for name, value in entry.facts.items() if name.endswith("_id") and isinstance(value, int)
    }
    return {f"{entry.subject_kind}_id": entry.subject_id, **named}
