"""Where a place stands: what was said to it, and whether it is still so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.confirmations.models import ProposedPlace

STANDINGS = ("open", "unsure", "declined", "changed", "accepted", "replaced", "dropped")
"""Where a place stands, what waits for somebody first."""


def standing_of(place: ProposedPlace, terms: Mapping[str, Any] | None) -> str:
    """One of STANDINGS; `terms` is what the place is now."""
    if place.replaced_by_id is not None:
        return "replaced"
    if terms is None:
        return "dropped"
    if place.answer == "accepted":
        return "accepted" if place.agreed == terms else "changed"
    return place.answer or "open"
