"""Reading calls and answers, each by what the acting person may see; what several stages ask for is here."""

from app.needs.queries.answers import areas_of
from app.needs.queries.lines import Need, Offer, lines_of, offers_of

__all__ = ["Need", "Offer", "areas_of", "lines_of", "offers_of"]
