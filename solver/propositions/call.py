"""What a needs call has brought in: who needs what, who offers it, who could teach and where, and the prices.

The document format is `needs-call/1`; `solver.propositions.reading` turns a document into a `Call` or lists
every error with its place. Money is in whole units of the call's currency. Ids are strings; the tables are
keyed by them in document order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from solver.round import Place

KindName = Literal["peer_exchange", "training_of_trainers"]


@dataclass(frozen=True, slots=True)
class Platform:
    """A member that may travel, learn and offer."""

    id: str
    name: str
    region: str
    place: str


@dataclass(frozen=True, slots=True)
class Need:
    """One line of a platform's answer: a topic, 1 useful to 3 urgent, for so many people."""

    id: str
    platform: str
    topic: str
    weight: int
    people: int
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Offer:
    """A topic of which a platform could tell others (level 1), that it facilitates (2) or may lead (3)."""

    platform: str
    topic: str
    languages: frozenset[str]
    level: int


@dataclass(frozen=True, slots=True)
class Facilitator:
    """Somebody known to teach some topics, at level 2, or 3 where they may lead."""

    id: str
    name: str
    place: str
    languages: frozenset[str]
    teaches: Mapping[str, int]
    fee_per_day: int = 0
    max_workshops: int = 2


@dataclass(frozen=True, slots=True)
class Host:
    """A venue in which a group of its region could meet."""

    id: str
    name: str
    place: str
    region: str
    seats: int
    cost_per_day: int


@dataclass(frozen=True, slots=True)
class Kind:
    """What a proposition of one kind looks like.

    `givers` of the team come from platforms that offer the topic. With `replication` each platform teaches
    the topic at home afterwards, to at most so many people; without (0) only those who travel learn. `worth`:
    what each person reached counts; who spends days with peers takes home more than who is taught at home.
    """

    days: int
    team: int
    leads: int
    givers: int
    seats_per_platform: int
    replication: int = 0
    worth: int = 1


DEFAULT_KINDS: Mapping[str, Kind] = {
    "peer_exchange": Kind(days=3, team=2, leads=0, givers=1, seats_per_platform=3, worth=4),
    "training_of_trainers": Kind(days=4, team=2, leads=1, givers=0, seats_per_platform=2, replication=25),
}


@dataclass(frozen=True, slots=True)
class Prices:
    """Fares as in a round; what a national replication costs, and a facilitator who is yet to be found."""

    base_fare: int
    fare_per_100_km: int
    per_diem: int
    replication: int
    missing_facilitator: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What the chosen set must respect; `None`: no limit."""

    budget: int | None = None
    platforms_min: int = 3
    platforms_max: int = 12
    seats_max: int = 24
    turns_per_platform: int = 2
    hosted_per_place: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A needs call with its answers. A platform names a topic at most once, in needs as in offers.

    `reach`: what it is worth, in points, that a platform gets anything at all.
    """

    id: str
    title: str
    currency: str
    prices: Prices
    limits: Limits
    places: Mapping[str, Place]
    platforms: Mapping[str, Platform]
    needs: Mapping[str, Need]
    offers: tuple[Offer, ...]
    facilitators: Mapping[str, Facilitator]
    hosts: Mapping[str, Host]
    kinds: Mapping[str, Kind] = field(default_factory=lambda: dict(DEFAULT_KINDS))
    reach: int = 5
