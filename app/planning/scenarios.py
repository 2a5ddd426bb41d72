"""Several drafts of a round measured by one rule: what each is worth, costs, serves and asks of people.

    rows = [measured(reading, weights, genders) for reading in readings]

Everything is worked out from a draft's own documents with the planner's own arithmetic (`solver.derived`,
`solver.objective`); only the weights are those of the first draft for all, so that points compare. As whom
people are counted is no fact of the plan and stands in none of its documents: it is handed in, by code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from app.planning.commitments import Call
from app.planning.draft_reading import DraftReading
from solver.derived import discomfort_hours, km, place_of
from solver.objective import terms
from solver.round import Person, Weights
from solver.schedule import Session

CO2_KG_PER_KM = 0.18
"""Kilograms of CO2 equivalent for one person and kilometre travelled by air in economy class, what happens
high up included: of the order of the United Kingdom government's conversion factors for company reporting,
which have been between 0.15 and 0.20 in recent years. An estimate for comparing plans, no footprint."""

EARLY = time(8)

SEASON = timedelta(days=365)
"""How far back from its end a round is seen together with others: who got up early last spring remembers."""


@dataclass(slots=True)
class Served:
    """What people of one region, country, language or gender have of a draft.

    `need` is what the seats given answer, `wanted` what all of them need of the round's topics together.
    """

    seats: int = 0
    need: int = 0
    wanted: int = 0
    organisations: set[str] = field(default_factory=set)

    @property
    def share(self) -> float | None:
        """need / wanted; `None` where nothing is wanted."""
        return self.need / self.wanted if self.wanted else None


@dataclass(slots=True)
class Hours:
    """What sessions online ask of the people of one time zone."""

    people: set[str] = field(default_factory=set)
    outside: int = 0
    early: Counter[str] = field(default_factory=Counter)

    @property
    def earliest(self) -> int:
        """How often who gets up early most often does so."""
        return max(self.early.values(), default=0)

    def earliest_with(self, other: Hours) -> int:
        """The same with what another plan asks of them besides."""
        return max((self.early + other.early).values(), default=0)

    def add(self, person: str, zone: str, start: datetime, minutes: int) -> None:
        """Somebody is in a session online that starts then."""
        self.people.add(person)
        self.outside += discomfort_hours(zone, start, minutes)
        if start.astimezone(ZoneInfo(zone)).time() < EARLY:
            self.early[person] += 1


@dataclass(frozen=True, slots=True)
class Measured:
    """One draft's figures: money in whole units of the currency, terms in hundredths of a point."""

    terms: Mapping[str, int]
    cost: int
    held: int
    seats: int
    people: int
    organisations: int
    need: int
    kilometres: int
    facilitators: int
    most_sessions: int
    most_days_away: int
    regions: Mapping[str, Served]
    countries: Mapping[str, Served]
    languages: Mapping[str, Served]
    genders: Mapping[str, Served]
    zones: Mapping[str, Hours]

    @property
    def value(self) -> int:
        return sum(self.terms.values())

    @property
    def co2_tonnes(self) -> float:
        return self.kilometres * CO2_KG_PER_KM / 1000

    @property
    def cost_per_seat(self) -> int | None:
        return round(self.cost / self.seats) if self.seats else None

    @property
    def least_served(self) -> tuple[str, float] | None:
        """The region of which the smallest share of needs is served, with the share."""
        shares = [(each.share, name) for name, each in self.regions.items() if each.share is not None]
        return (min(shares)[1], min(shares)[0]) if shares else None


def measured(reading: DraftReading, weights: Weights, genders: Mapping[str, str]) -> Measured:
    """The figures of one draft, its value by the weights given; `genders`: what is said, by person's code."""
    given, sessions = reading.round, reading.schedule.sessions
    people = reading.people()
    seats = [seat for session in sessions for seat in session.seats]
    return Measured(
        terms=terms(replace(given, rules=replace(given.rules, weights=weights)), reading.schedule),
        cost=sum(each.cost for each in reading.sessions),
        held=len(sessions),
        seats=len(seats),
        people=len(set(seats)),
        organisations=len({given.people[seat].organisation for seat in seats}),
        need=sum(_need(reading, session, seat) for session in sessions for seat in session.seats),
        kilometres=sum(_kilometres(reading, session) for session in sessions),
        facilitators=sum(bool(each.teaching) for each in people),
        most_sessions=max((len(each.teaching) for each in people), default=0),
        most_days_away=max((each.days_away for each in people), default=0),
        regions=_served(reading, lambda person: [given.organisations[person.organisation].region]),
        countries=_served(reading, lambda person: [given.places[person.home].country]),
        languages=_served(reading, lambda person: sorted(person.languages)),
        genders=_served(reading, lambda person: [genders.get(person.id, "")]),
        zones=_zones(reading),
    )


def _need(reading: DraftReading, session: Session, seat: str) -> int:
    return reading.round.workshops[session.workshop].need_of(reading.round.people[seat])


def _kilometres(reading: DraftReading, session: Session) -> int:
    """There and back for everybody in team and seats, as the crow flies."""
    place = place_of(reading.round, session)
    if place is None:
        return 0
    homes = (reading.round.places[reading.round.people[each].home] for each in session.people)
    return sum(2 * ceil(km(home, place)) for home in homes)


def _served(reading: DraftReading, kinds: Callable[[Person], list[str]]) -> dict[str, Served]:
    """By kind of person: what is wanted and what is served. Somebody of two kinds counts in both."""
    given = reading.round
    topics = {workshop.topic for workshop in given.workshops.values()}
    found: dict[str, Served] = {}
    for person in given.people.values():
        wanted = sum(weight for topic, weight in person.wants.items() if topic in topics)
        if wanted:
            for kind in kinds(person):
                found.setdefault(kind, Served()).wanted += wanted
    for session in reading.schedule.sessions:
        for seat in session.seats:
            person = given.people[seat]
            for kind in kinds(person):
                row = found.setdefault(kind, Served())
                row.seats += 1
                row.need += _need(reading, session, seat)
                row.organisations.add(person.organisation)
    return dict(sorted(found.items(), key=lambda each: (-each[1].wanted, each[0])))


def _zones(reading: DraftReading) -> dict[str, Hours]:
    """By time zone of home: awkward hours online, and who begins before eight how often."""
    found: dict[str, Hours] = {}
    for session in reading.schedule.sessions:
        if not isinstance(session.start, datetime):
            continue
        minutes = reading.round.workshops[session.workshop].minutes
        for each in session.people:
            zone = reading.round.places[reading.round.people[each].home].timezone
            found.setdefault(zone, Hours()).add(each, zone, session.start, minutes)
    return found


def hours_elsewhere(calls: Iterable[Call], last_day: date) -> dict[str, Hours]:
    """By time zone, what other rounds ask of people online in the year that ends with a day."""
    found: dict[str, Hours] = {}
    for call in calls:
        if last_day - SEASON < call.starts_at.astimezone(UTC).date() <= last_day:
            for person, zone in call.zones.items():
                found.setdefault(zone, Hours()).add(person, zone, call.starts_at, call.minutes)
    return found


def from_west_to_east(zones: Iterable[str], day: date) -> list[str]:
    """Time zones by their offset on the morning of a day, then by name."""
    begins = datetime.combine(day, EARLY, UTC)

    def eastward(zone: str) -> tuple[float, str]:
        offset = begins.astimezone(ZoneInfo(zone)).utcoffset()
        return (offset.total_seconds() if offset else 0.0, zone)

    return sorted(zones, key=eastward)
