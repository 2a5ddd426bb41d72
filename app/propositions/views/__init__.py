"""The pages of propositions: all of a call, each of them, and what platforms say."""

from app.propositions.views import answers, one, sets
from app.propositions.views.blueprint import blueprint

__all__ = ["answers", "blueprint", "one", "sets"]
