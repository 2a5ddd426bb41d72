"""What a coordinator decides before propositions are worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Money (whole amounts of `currency`) and limits; `budget` and `hosted_per_place` `None` for no limit."""

    currency: str = "EUR"
    budget: int | None = None
    base_fare: int = 60
    fare_per_100_km: int = 9
    per_diem: int = 65
    replication: int = 1500
    missing_facilitator: int = 2500
    platforms_min: int = 3
    platforms_max: int = 12
    turns_per_platform: int = 2
    hosted_per_place: int | None = 2

    def stored(self) -> dict[str, Any]:
        """The terms as the set keeps them, without what it has columns for."""
        return {name: value for name, value in asdict(self).items() if name not in ("currency", "budget")}

    @classmethod
    def of(cls, stored: Mapping[str, Any], *, currency: str, budget: int | None) -> Terms:
        known = {each.name for each in fields(cls)}
        kept = {name: value for name, value in stored.items() if name in known}
        return cls(**{**kept, "currency": currency, "budget": budget})
