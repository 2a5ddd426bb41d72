"""Places and their venues, and the days that the network keeps free."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.network.models import Closure, Organisation, Place, Venue, VenueClosure
from app.network.queries.folding import has_words
from app.network.queries.paging import Page, page_of


def places(db: Session, *, name: str = "", country: str = "", page: int = 1) -> Page[Place]:
    """One page of places by name, with their venues."""
    statement = select(Place).options(selectinload(Place.venues)).order_by(Place.name, Place.id)
    if name.strip():
        statement = statement.where(has_words(Place.name, name))
    if country:
        statement = statement.where(Place.country == country)
    return page_of(db, statement, page)


def place(db: Session, code: str) -> Place:
    """One place with its venues and their closures. Raises NotFound."""
    found = db.scalars(
        select(Place)
        .where(Place.code == code)
        .options(selectinload(Place.venues).selectinload(Venue.closures))
    ).first()
    if found is None:
        raise NotFound
    return found


def organisations_in(db: Session, place: Place) -> Sequence[Organisation]:
    """The organisations that have their seat in a place."""
    return db.scalars(
        select(Organisation).where(Organisation.place_id == place.id).order_by(Organisation.name)
    ).all()


def venue(db: Session, code: str) -> Venue:
    """One venue with its place and closures. Raises NotFound."""
    found = db.scalars(
        select(Venue).where(Venue.code == code).options(joinedload(Venue.place), selectinload(Venue.closures))
    ).first()
    if found is None:
        raise NotFound
    return found


def venue_closure(db: Session, venue: Venue, closure_id: int) -> VenueClosure:
    """One closure of this venue. Raises NotFound."""
    found = next((closure for closure in venue.closures if closure.id == closure_id), None)
    if found is None:
        raise NotFound
    return found


def places_to_choose(db: Session) -> Sequence[Place]:
    """All places, by country and name."""
    return db.scalars(select(Place).order_by(Place.country, Place.name)).all()


def countries(db: Session) -> Sequence[str]:
    """The countries that have a place."""
    return db.scalars(select(Place.country).distinct().order_by(Place.country)).all()


def closures(db: Session) -> Sequence[Closure]:
    """The days that the network keeps free, in order."""
    return db.scalars(select(Closure).order_by(Closure.first_day, Closure.country, Closure.id)).all()


def closure(db: Session, closure_id: int) -> Closure:
    """One of them. Raises NotFound."""
    found = db.get(Closure, closure_id)
    if found is None:
        raise NotFound
    return found
