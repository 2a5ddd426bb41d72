"""Pages of planning, for coordinators: rounds, the planner at work on one, and its drafts."""

from app.planning.views.blueprint import blueprint

from app.planning.views import drafts, planner, room, rounds  # isort: skip  # they put their routes on it

__all__ = ["blueprint", "drafts", "planner", "room", "rounds"]
