"""Places, their venues, and the days on which a venue is closed: the secretariat's to add and change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.facts import record
from app.network.facts import (
    PlaceAdded,
    PlaceChanged,
    VenueAdded,
    VenueChanged,
    VenueClosed,
    VenueReopened,
)
from app.network.models import Place, Venue, VenueClosure
from app.network.services.rows import free_code, put, require_order


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDetails:
    """What is said of a place: degrees north and east, an IANA time zone, an IATA airport or ''."""

    name: str
    country: str
    latitude: float
    longitude: float
    timezone: str
    languages: list[str]
    airport: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueDetails:
    """What is said of a venue; the price is whole, in the network's currency."""

    name: str
    place: Place
    seats: int
    cost_per_day: int


def add_place(db: Session, *, actor: Actor, details: PlaceDetails, now: datetime) -> Place:
    """Raises Forbidden."""
    require(actor.is_coordinator)
    place = Place(code=free_code(db, Place, f"{details.country} {details.name}", "place"))
    put(place, details)
    db.add(place)
    db.flush()
    record(db, actor=actor, fact=PlaceAdded(place.id), now=now, after=place_as_told(place))
    return place


def change_place(db: Session, *, actor: Actor, place: Place, details: PlaceDetails, now: datetime) -> Place:
    """Raises Forbidden."""
    require(actor.is_coordinator)
    before = place_as_told(place)
    put(place, details)
    db.flush()
    record(db, actor=actor, fact=PlaceChanged(place.id), now=now, before=before, after=place_as_told(place))
    return place


def add_venue(db: Session, *, actor: Actor, details: VenueDetails, now: datetime) -> Venue:
    """Raises Forbidden."""
    require(actor.is_coordinator)
    venue = Venue(code=free_code(db, Venue, f"{details.place.code} {details.name}", "venue"))
    put(venue, details)
    db.add(venue)
    db.flush()
    record(db, actor=actor, fact=VenueAdded(venue.id), now=now, after=venue_as_told(venue))
    return venue


def change_venue(db: Session, *, actor: Actor, venue: Venue, details: VenueDetails, now: datetime) -> Venue:
    """Raises Forbidden."""
    require(actor.is_coordinator)
    before = venue_as_told(venue)
    put(venue, details)
    db.flush()
    record(db, actor=actor, fact=VenueChanged(venue.id), now=now, before=before, after=venue_as_told(venue))
    return venue


def close_venue(
    db: Session, *, actor: Actor, venue: Venue, first_day: date, last_day: date, note: str, now: datetime
) -> VenueClosure:
    """Add days on which a venue cannot be used, both ends included.

    Raises Forbidden, Invalid("last_day", "days_not_in_order").
    """
    require(actor.is_coordinator)
    require_order(first_day, last_day)
    closure = VenueClosure(venue=venue, first_day=first_day, last_day=last_day, note=note)
    db.add(closure)
    db.flush()
    record(db, actor=actor, fact=VenueClosed(venue.id), now=now, after=_closure_as_told(closure))
    return closure


def reopen_venue(db: Session, *, actor: Actor, closure: VenueClosure, now: datetime) -> Venue:
    """Take such days away again. Raises Forbidden."""
    require(actor.is_coordinator)
    venue, before = closure.venue, _closure_as_told(closure)
    venue.closures.remove(closure)
    db.flush()
    record(db, actor=actor, fact=VenueReopened(venue.id), now=now, before=before)
    return venue


def place_as_told(place: Place) -> dict[str, Any]:
    """A place as the audit trail keeps it."""
    return {
        "code": place.code,
        "name": place.name,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "timezone": place.timezone,
        "languages": list(place.languages),
        "airport": place.airport,
    }


def venue_as_told(venue: Venue) -> dict[str, Any]:
    """A venue as the audit trail keeps it."""
    return {
        "code": venue.code,
        "name": venue.name,
        "place": venue.place.code,
        "seats": venue.seats,
        "cost_per_day": venue.cost_per_day,
    }


def _closure_as_told(closure: VenueClosure) -> dict[str, Any]:
    return {"first_day": closure.first_day, "last_day": closure.last_day, "note": closure.note}
