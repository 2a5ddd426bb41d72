"""What people and venues are already promised to, as the stages after this one know it.

Planning may not import the schedule: it asks through `commitments_of`, and the schedule answers
with the function that it hands to `provide` when it is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.planning.models import PlanningRound

Days = tuple[date, date]
"""The first and the last of a span of days, both included."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A session of this round that people have been told of; ids are those of our tables.

    `start` is a date in person, an instant online; `team` holds (person, role) pairs.
    """

    workshop_id: int
    venue_id: int | None
    start: date | datetime
    team: tuple[tuple[int, str], ...]
    seats: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A session online of another round; `zones`: the time zone of everybody's home, by person's code."""

    starts_at: datetime
    minutes: int
    zones: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Commitments:
    """What a round must plan around.

    `busy_people` and `busy_venues`: days taken by sessions of *other* rounds, travel included.
    `published`: the sessions of *this* round in force, `None` while nothing of it was published.
    `calls`: the sessions online of *other* rounds in force, over or not.
    `refused`: who gave up or declined a seat in a workshop, and is not seated there again.
    """

    busy_people: Mapping[int, tuple[Days, ...]] = field(default_factory=dict)
    busy_venues: Mapping[int, tuple[Days, ...]] = field(default_factory=dict)
    published: tuple[Announced, ...] | None = None
    calls: tuple[Call, ...] = ()
    refused: Mapping[int, frozenset[int]] = field(default_factory=dict)


Provider = Callable[[Session, PlanningRound], Commitments]

_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Have `commitments_of` ask `provider`, which answers in a constant number of queries."""
    _providers[:] = [provider]


def commitments_of(db: Session, planning_round: PlanningRound) -> Commitments:
    """What this round must plan around; nothing, as long as nobody provides it."""
    for provider in _providers:
        return provider(db, planning_round)
    return Commitments()
