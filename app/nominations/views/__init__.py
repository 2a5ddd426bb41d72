"""Pages on which organisations name people, and people put themselves forward."""

from app.nominations.views import calls, lists, oneself
from app.nominations.views.blueprint import blueprint

__all__ = ["blueprint", "calls", "lists", "oneself"]
