"""Pages of planning, for coordinators: rounds, the planner at work on one, and its drafts."""

from app.planning.views.blueprint import blueprint

from app.planning.views import (  # isort: skip  # they put their routes on it
    drafts,
    onward,
    planner,
    repair,
    room,
    room_edits,
    rounds,
    scenarios,
    why,
)

__all__ = [
    "blueprint",
    "drafts",
    "onward",
    "planner",
    "repair",
    "room",
    "room_edits",
    "rounds",
    "scenarios",
    "why",
]
