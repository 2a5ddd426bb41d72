"""Reading calls and answers, each by what the acting person may see; what several stages ask for is here."""

from app.needs.queries.answers import areas_of

__all__ = ["areas_of"]
