"""Reading the network, by subject. What several stages ask for is named here."""

from app.network.queries.scope import looks_after, organisations_below, people_seen_by, sees_person

__all__ = ["looks_after", "organisations_below", "people_seen_by", "sees_person"]
