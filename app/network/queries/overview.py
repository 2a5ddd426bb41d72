"""The network at a glance, and finding anything in it by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.network.models import Group, Organisation, Person, Place, Topic, Venue
from app.network.queries.folding import has_words, words_in
from app.network.queries.scope import people_seen_by

FOUND_OF_EACH = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is; people only as far as the actor may see them."""

    organisations: Mapping[str, int]
    countries: int
    people: int
    places: int
    venues: int
    topics: int
    groups: int


def counts(db: Session, *, actor: Actor) -> Counts:
    def number(statement: Select[int]) -> int:
        return db.scalar(statement) or 0

    by_kind = db.execute(select(Organisation.kind, func.count()).group_by(Organisation.kind))
    return Counts(
        organisations=dict(by_kind.all()),
        countries=number(
            select(func.count(func.distinct(Organisation.country))).where(Organisation.country != "")
        ),
        people=number(select(func.count()).select_from(Person).where(people_seen_by(actor))),
        places=number(select(func.count()).select_from(Place)),
        venues=number(select(func.count()).select_from(Venue)),
        topics=number(select(func.count()).select_from(Topic).where(Topic.area_id.is_not(None))),
        groups=number(select(func.count()).select_from(Group)),
    )


def seats(db: Session) -> dict[Place, list[Organisation]]:
    """The places in which organisations have their seat, with these; two queries at most."""
    found: dict[Place, list[Organisation]] = {}
    for organisation in db.scalars(
        select(Organisation)
        .join(Organisation.place)
        .options(joinedload(Organisation.place))
        .order_by(Place.name, Organisation.name)
    ):
        if organisation.place is not None:
            found.setdefault(organisation.place, []).append(organisation)
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """What bears a name that was sought, at most `FOUND_OF_EACH` of each kind."""

    organisations: Sequence[Organisation] = ()
    people: Sequence[Person] = ()
    places: Sequence[Place] = ()
    venues: Sequence[Venue] = ()
    topics: Sequence[Topic] = ()
    groups: Sequence[Group] = ()
    total: int = field(init=False)

    def __post_init__(self) -> None:
        parts = (self.organisations, self.people, self.places, self.venues, self.topics, self.groups)
        object.__setattr__(self, "total", sum(len(part) for part in parts))


def find(db: Session, *, actor: Actor, sought: str) -> Found:
    """Whatever has every word of `sought` in its name, acronym or a title; accents do not matter."""
    if not sought.strip():
        return Found()
    organisations = (
        select(Organisation)
        .where(has_words(Organisation.name + " " + Organisation.acronym, sought))
        .order_by(Organisation.name)
    )
    people = (
        select(Person)
        .where(people_seen_by(actor), has_words(Person.name, sought))
        .options(joinedload(Person.organisation))
        .order_by(Person.name)
    )
    places = select(Place).where(has_words(Place.name, sought)).order_by(Place.name)
    venues = (
        select(Venue)
        .where(has_words(Venue.name, sought))
        .options(joinedload(Venue.place))
        .order_by(Venue.name)
    )
    # titles stand in JSON by language; there are tens of topics and groups, so they are compared here
    topics = [row for row in db.scalars(select(Topic).order_by(Topic.code)) if _titled(row.titles, sought)]
    groups = [row for row in db.scalars(select(Group).order_by(Group.code)) if _titled(row.titles, sought)]
    return Found(
        organisations=db.scalars(organisations.limit(FOUND_OF_EACH)).all(),
        people=db.scalars(people.limit(FOUND_OF_EACH)).all(),
        places=db.scalars(places.limit(FOUND_OF_EACH)).all(),
        venues=db.scalars(venues.limit(FOUND_OF_EACH)).all(),
        topics=topics[:FOUND_OF_EACH],
        groups=groups[:FOUND_OF_EACH],
    )


def _titled(titles: Mapping[str, str], sought: str) -> bool:
    return any(words_in(title, sought) for title in titles.values())
