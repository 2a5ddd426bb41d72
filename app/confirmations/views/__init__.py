"""Pages of confirmations: the secretariat's, one's own, and what other pages say."""

from app.confirmations import commitments  # noqa: F401 (answers to an earlier stage)
from app.confirmations.views import asking, elsewhere, own, places  # noqa: F401 (views register themselves)
from app.confirmations.views.blueprint import blueprint

__all__ = ["blueprint"]
