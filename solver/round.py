"""The planning round: what the planner is given, as frozen, typed values.

The document format is `planning-round/1`. `solver.reading` turns a document into
a `Round` or lists every error with its place; nothing else builds one from JSON.

Units, everywhere in `solver`: money in whole units of the round's currency, days
as `datetime.date`, instants as timezone-aware `datetime` in UTC, distances in km.
Ids are strings; the tables below are keyed by them in document order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal

OrganisationKind = Literal["coalition", "platform", "member"]
WorkshopKind = Literal["peer_exchange", "training_of_trainers", "replication", "webinar"]
Mode = Literal["in_person", "online"]

FACILITATES = 2  # a person's level in a topic: may be in the team
MAY_LEAD = 3  # … and may be named its lead


@dataclass(frozen=True, slots=True)
class Span:
    """Calendar days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def overlaps(self, other: Span) -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Weights:
    """How much one unit of each objective term is worth, in points; all >= 0."""

    held: int
    need: int
    reach: int
    preferred: int
    cost: int
    discomfort: int
    balance: int
    change: int
    cancel: int
    reluctance: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """Fares and daily allowances, in the round's currency, and the weights."""

    base_fare: int
    fare_per_100_km: int
    per_diem: int
    weights: Weights


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    name: str
    country: str
    latitude: float
    longitude: float
    timezone: str
    holidays: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({6, 7})  # ISO weekdays


@dataclass(frozen=True, slots=True)
class Venue:
    id: str
    name: str
    place: str
    seats: int
    cost_per_day: int
    closed: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    name: str
    kind: OrganisationKind
    region: str
    place: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may teach, learn, or both.

    `teaches` maps a topic to FACILITATES or MAY_LEAD; `wants` maps a topic to
    1..3, how much the person needs it. `entry` maps a country to the first day on which
    the person may be there, `None` for never; `rather_not` are countries that they would
    rather not go to. Before `not_before` it is too late to ask them.
    """

    id: str
    name: str
    organisation: str
    home: str
    languages: frozenset[str]
    unavailable: tuple[Span, ...] = ()
    preferred: tuple[Span, ...] = ()
    teaches: Mapping[str, int] = field(default_factory=dict)
    fee_per_day: int = 0
    max_workshops: int = 4
    max_days_away: int = 40
    wants: Mapping[str, int] = field(default_factory=dict)
    max_seats: int = 2
    online_only: bool = False
    if_need_be: tuple[Span, ...] = ()
    rather_not: frozenset[str] = frozenset()
    entry: Mapping[str, date | None] = field(default_factory=dict)
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class TeamSize:
    min: int
    max: int
    leads: int


@dataclass(frozen=True, slots=True)
class SeatCount:
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Follows:
    """This workshop comes after another, taught by its graduates (rule 13)."""

    workshop: str
    min_days: int
    max_days: int
    graduates: int


@dataclass(frozen=True, slots=True)
class Workshop:
    """One wish. In person: `days` and `venues`; online: `minutes` and neither.

    `nominated` maps people to how much they need it, 1..3: then nobody else may be seated.
    """

    id: str
    title: str
    requested_by: str
    topic: str
    kind: WorkshopKind
    mode: Mode
    window: Span
    languages: tuple[str, ...]
    team: TeamSize
    seats: SeatCount
    invited: tuple[str, ...]
    seats_per_organisation: int
    organisations_min: int
    priority: int
    days: int = 0
    minutes: int = 0
    venues: tuple[str, ...] = ()
    budget: int | None = None
    follows: Follows | None = None
    nominated: Mapping[str, int] | None = None

    @property
    def online(self) -> bool:
        return self.mode == "online"

    def need_of(self, person: Person) -> int:
        """How much a person needs a seat here, 1..3; 0 for who may not have one."""
        if self.nominated is not None:
            return self.nominated.get(person.id, 0)
        return person.wants.get(self.topic, 0)


@dataclass(frozen=True, slots=True)
class Fund:
    id: str
    title: str
    workshops: tuple[str, ...]
    amount: int


@dataclass(frozen=True, slots=True)
class Pin:
    """What a human has fixed for one workshop; `None` and `()` leave a thing free."""

    workshop: str
    venue: str | None = None
    start: date | datetime | None = None
    team: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    held: bool | None = None

    @property
    def demands_session(self) -> bool:
        return self.held is not False


@dataclass(frozen=True, slots=True)
class PublishedSession:
    """A session that people have already been told of; it may break the rules by now."""

    workshop: str
    venue: str | None
    start: date | datetime
    team: tuple[str, ...]  # people; roles do not matter for `change`
    seats: tuple[str, ...]


@dataclass(frozen=True)
class Round:
    """A whole planning round. Immutable: a changed round is a new one."""

    id: str
    title: str
    currency: str
    first_day: date
    last_day: date
    rules: Rules
    places: Mapping[str, Place]
    venues: Mapping[str, Venue]
    organisations: Mapping[str, Organisation]
    people: Mapping[str, Person]
    workshops: Mapping[str, Workshop]
    funds: Mapping[str, Fund] = field(default_factory=dict)
    pins: tuple[Pin, ...] = ()
    published: tuple[PublishedSession, ...] | None = None

    @cached_property
    def horizon(self) -> Span:
        return Span(self.first_day, self.last_day)

    @cached_property
    def followers(self) -> Mapping[str, tuple[str, ...]]:
        """Workshop id -> ids of the workshops that follow it."""
        found: dict[str, list[str]] = {}
        for workshop in self.workshops.values():
            if workshop.follows:
                found.setdefault(workshop.follows.workshop, []).append(workshop.id)
        return {parent: tuple(children) for parent, children in found.items()}
