"""How many people of which organisation sat in a workshop that is over, as the schedule knows it.

Propositions may not import the schedule: they ask through `served_people`, and the schedule answers with
the function that it hands to `provide` when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

Provider = Callable[[Session, Collection[int], datetime], Mapping[tuple[int, int], int]]
"""From ids of workshops and the present instant to people by (workshop, organisation), in one query."""

_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Have `served_people` ask `provider`."""
    _providers[:] = [provider]


def served_people(db: Session, workshop_ids: Collection[int], now: datetime) -> Mapping[tuple[int, int], int]:
    """People who sat in these workshops, of those that are over, by workshop and organisation."""
    if not workshop_ids:
        return {}
    return {key: people for provider in _providers for key, people in provider(db, workshop_ids, now).items()}
