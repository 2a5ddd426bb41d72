"""People, as far as the actor may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor
from app.errors import NotFound
from app.network.models import Organisation, Person, Place, Skill, Want
from app.network.queries.folding import has_words
from app.network.queries.paging import Page, page_of
from app.network.queries.scope import people_seen_by


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """What a list is narrowed to; empty means all. `part`: 'teaches' for those who teach something."""

    name: str = ""
    organisation: str = ""
    country: str = ""
    part: str = ""


def people(db: Session, *, actor: Actor, wanted: PersonFilter, page: int = 1) -> Page[Person]:
    """One page of the people whom the actor may see, with organisation, place and what they teach."""
    statement = (
        select(Person)
        .where(people_seen_by(actor))
        .options(
            joinedload(Person.organisation),
            joinedload(Person.place),
            selectinload(Person.skills).joinedload(Skill.topic),
        )
        .order_by(Person.name, Person.id)
    )
    if wanted.name.strip():
        statement = statement.where(has_words(Person.name, wanted.name))
    if wanted.organisation:
        statement = statement.where(Person.organisation.has(Organisation.code == wanted.organisation))
    if wanted.country:
        statement = statement.where(Person.place.has(Place.country == wanted.country))
    if wanted.part == "teaches":
        statement = statement.where(exists().where(Skill.person_id == Person.id))
    return page_of(db, statement, page)


def person(db: Session, *, actor: Actor, code: str) -> Person:
    """One person with all that their page shows. Raises NotFound, also when out of the actor's sight."""
    found = db.scalars(
        select(Person)
        .where(people_seen_by(actor), Person.code == code)
        .options(
            joinedload(Person.organisation),
            joinedload(Person.place),
            selectinload(Person.skills).joinedload(Skill.topic),
            selectinload(Person.wants).joinedload(Want.topic),
            selectinload(Person.groups),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def people_of(db: Session, *, actor: Actor, organisation: Organisation, limit: int) -> Sequence[Person]:
    """The first people of an organisation whom the actor may see."""
    return db.scalars(
        select(Person)
        .where(people_seen_by(actor), Person.organisation_id == organisation.id)
        .order_by(Person.name)
        .limit(limit)
    ).all()


def people_found(db: Session, *, actor: Actor, sought: str, limit: int) -> Sequence[Person]:
    """The first people, among those the actor looks after, who have this name or e-mail address."""
    of_theirs = [] if actor.is_coordinator else [Person.organisation_id.in_(actor.organisation_ids)]
    return db.scalars(
        select(Person)
        .where(
            *of_theirs,
            or_(has_words(Person.name, sought), Person.email == sought.strip().lower()),
        )
        .options(joinedload(Person.organisation))
        .order_by(Person.name)
        .limit(limit)
    ).all()
