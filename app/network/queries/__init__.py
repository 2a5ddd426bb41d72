"""Reading the network, by subject. What several stages ask for is named here."""

from app.network.queries.groups import groups_chaired
from app.network.queries.scope import looks_after, organisations_below, people_seen_by, sees_person

__all__ = ["groups_chaired", "looks_after", "organisations_below", "people_seen_by", "sees_person"]
