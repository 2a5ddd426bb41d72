"""Tiny rounds whose figures can be worked out by hand.

Three places on the equator: `here`, `near` one degree of longitude away (111.2 km, so 2 started 100 km
and one travel day), `far` forty degrees away (4,447.8 km: 45 started 100 km and two travel days). With the
fares of `tiny_round` a one-way trip here-near costs 50 + 2 * 10 = 70, here-far 50 + 45 * 10 = 500.

    lena   leads law            north, lives here      fred   facilitates law     south, lives near
    sam    wants law (2)        north, lives here      sue    wants law (3)       south, lives near

`course` is two days in person in March 2027, `call` one hour online. 2027-03-01 is a Monday.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from solver.round import (
    Follows,
    Fund,
    Organisation,
    Person,
    Pin,
    Place,
    PublishedSession,
    Round,
    Rules,
    SeatCount,
    Span,
    TeamSize,
    Venue,
    Weights,
    Workshop,
)
from solver.schedule import Schedule, Session, TeamMember

WEIGHTS = Weights(
    held=50, need=2, reach=5, preferred=1, cost=1, discomfort=1, balance=3, change=5, cancel=60, reluctance=2
)
NO_WEIGHTS = Weights(
    held=0, need=0, reach=0, preferred=0, cost=0, discomfort=0, balance=0, change=0, cancel=0
)


def on(text: str) -> date:
    """A date: `on("2027-03-01")`."""
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """An instant in UTC: `at("2027-03-01T08:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(first: str, last: str) -> Span:
    """A span of dates: `span("2027-03-01", "2027-03-05")`."""
    return Span(on(first), on(last))


HERE = Place("here", "Here", "GH", latitude=0.0, longitude=0.0, timezone="UTC")
NEAR = Place("near", "Near", "NG", latitude=0.0, longitude=1.0, timezone="Africa/Lagos")  # UTC+1
FAR = Place("far", "Far", "WS", latitude=0.0, longitude=40.0, timezone="Pacific/Apia")  # UTC+13

HALL = Venue("hall", "Hall", place="here", seats=10, cost_per_day=100)
ROOM = Venue("room", "Room", place="near", seats=2, cost_per_day=50)

UNION = Organisation("union", "Union", "coalition", "Coast", place="here")
NORTH = Organisation("north", "North", "member", "Coast", place="here")
SOUTH = Organisation("south", "South", "member", "Coast", place="near")


def person(id: str, organisation: str = "north", home: str = "here", **fields: Any) -> Person:
    """Somebody who speaks English, and is otherwise as the format's defaults say."""
    languages = frozenset(fields.pop("languages", ("en",)))
    return Person(id, id.title(), organisation, home, languages, **fields)


LENA = person("lena", teaches={"law": 3}, fee_per_day=10)
FRED = person("fred", "south", "near", teaches={"law": 2})
SAM = person("sam", wants={"law": 2})
SUE = person("sue", "south", "near", wants={"law": 3})


def workshop(id: str = "course", **fields: Any) -> Workshop:
    """Two days in person on law, for at most two seats."""
    defaults: dict[str, Any] = {
        "title": id.title(),
        "requested_by": "union",
        "topic": "law",
        "kind": "peer_exchange",
        "mode": "in_person",
        "days": 2,
        "window": span("2027-03-01", "2027-03-31"),
        "venues": ("hall", "room"),
        "languages": ("en",),
        "team": TeamSize(min=1, max=2, leads=1),
        "seats": SeatCount(min=0, max=2),
        "invited": ("north", "south"),
        "seats_per_organisation": 1,
        "organisations_min": 0,
        "priority": 3,
    }
    return Workshop(id, **defaults | fields)


def webinar(id: str = "call", **fields: Any) -> Workshop:
    """One hour online on law."""
    return workshop(
        id, **{"kind": "webinar", "mode": "online", "days": 0, "minutes": 60, "venues": ()} | fields
    )


def tiny_round(
    *,
    workshops: Iterable[Workshop] | None = None,
    people: Iterable[Person] = (LENA, FRED, SAM, SUE),
    places: Iterable[Place] = (HERE, NEAR, FAR),
    venues: Iterable[Venue] = (HALL, ROOM),
    organisations: Iterable[Organisation] = (UNION, NORTH, SOUTH),
    funds: Iterable[Fund] = (),
    pins: Iterable[Pin] = (),
    published: Iterable[PublishedSession] | None = None,
    weights: Mapping[str, int] | None = None,
    **fields: Any,
) -> Round:
    """`course` and `call` (or the workshops given) and four people, from March to June 2027."""
    if workshops is None:
        workshops = (workshop(), webinar())
    rules = Rules(base_fare=50, fare_per_100_km=10, per_diem=20, weights=replace(WEIGHTS, **(weights or {})))
    defaults: dict[str, Any] = {
        "id": "tiny",
        "title": "A tiny round",
        "currency": "EUR",
        "first_day": on("2027-03-01"),
        "last_day": on("2027-06-30"),
        "rules": rules,
    }
    return Round(
        **defaults | fields,
        places={each.id: each for each in places},
        venues={each.id: each for each in venues},
        organisations={each.id: each for each in organisations},
        people={each.id: each for each in people},
        workshops={each.id: each for each in workshops},
        funds={each.id: each for each in funds},
        pins=tuple(pins),
        published=None if published is None else tuple(published),
    )


def session(
    workshop: str = "course",
    start: str = "2027-03-01",
    venue: str | None = "hall",
    *,
    lead: str | Iterable[str] = "lena",
    team: Iterable[str] = (),
    seats: Iterable[str] = (),
) -> Session:
    """A session: `lead` names one or more leads, `team` the facilitators beside them."""
    leads = (lead,) if isinstance(lead, str) else tuple(lead)
    members = [TeamMember(each, "lead") for each in leads]
    members += [TeamMember(each, "facilitator") for each in team]
    return Session(workshop, venue, at(start) if "T" in start else on(start), tuple(members), tuple(seats))


def call(workshop: str = "call", start: str = "2027-03-01T10:00", **fields: Any) -> Session:
    """A session online."""
    return session(workshop, start, None, **fields)


def schedule(*sessions: Session) -> Schedule:
    """A schedule of these sessions, with no claims of its own."""
    return Schedule("tiny", sessions)


def follows(workshop: str, min_days: int = 0, max_days: int = 60, graduates: int = 0) -> Follows:
    """A `follows` with wide limits."""
    return Follows(workshop, min_days, max_days, graduates)


def published(
    workshop: str, start: str, venue: str | None = None, **people: Iterable[str]
) -> PublishedSession:
    """A session already announced; `team` and `seats` name people."""
    told = {role: tuple(names) for role, names in people.items()}
    when = at(start) if "T" in start else on(start)
    return PublishedSession(workshop, venue, when, told.get("team", ()), told.get("seats", ()))
