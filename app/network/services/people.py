"""People are added and changed by those who look after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Invalid
from app.facts import record
from app.network.facts import GenderSaid, PersonAdded, PersonChanged
from app.network.models import GENDERS, Organisation, Person, Place, Skill, Want
from app.network.services.rows import free_code


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """What is said of a person; `skills` and `wants` hold level and weight by topic id."""

    name: str
    email: str | None
    organisation: Organisation
    place: Place
    languages: list[str]
    fee_per_day: int = 0
    max_workshops: int = 4
    max_days_away: int = 40
    max_seats: int = 2
    online_only: bool = False
    gender: str = ""
    left_on: date | None = None
    skills: Mapping[int, int] = field(default_factory=dict)
    wants: Mapping[int, int] = field(default_factory=dict)


def add_person(db: Session, *, actor: Actor, details: PersonDetails, now: datetime) -> Person:
    """Raises Forbidden, Invalid("email", "email_taken")."""
    require(actor.acts_for(details.organisation.id))
    _require_free_address(db, details.email, None)
    person = Person(code=free_code(db, Person, details.name, "person"))
    _put(person, details)
    db.add(person)
    db.flush()
    record(db, actor=actor, fact=PersonAdded(person.id), now=now, after=as_told(person))
    return person


def change_person(
    db: Session, *, actor: Actor, person: Person, details: PersonDetails, now: datetime
) -> Person:
    """Change what is said of a person, also where they belong: from and to organisations of the actor's.

    Raises Forbidden, Invalid("email", "email_taken").
    """
    require(actor.acts_for(person.organisation_id) and actor.acts_for(details.organisation.id))
    _require_free_address(db, details.email, person)
    before, counted_as = as_told(person), person.gender
    _put(person, details)
    db.flush()
    record(db, actor=actor, fact=PersonChanged(person.id), now=now, before=before, after=as_told(person))
    if person.gender != counted_as:
        record(db, actor=actor, fact=GenderSaid(person.id), now=now)
    return person


def say_gender(db: Session, *, actor: Actor, person: Person, gender: str, now: datetime) -> None:
    """Say as whom one is to be counted oneself; '' takes it back. Raises Forbidden, Invalid("gender")."""
    require(actor.person_id == person.id)
    if gender not in {"", *GENDERS}:
        raise Invalid("gender", "unknown_gender")
    if person.gender != gender:
        person.gender = gender
        db.flush()
        record(db, actor=actor, fact=GenderSaid(person.id), now=now)


def _require_free_address(db: Session, email: str | None, owner: Person | None) -> None:
    if email is None:
        return
    holder = db.scalars(select(Person.id).where(Person.email == email)).first()
    if holder is not None and (owner is None or holder != owner.id):
        raise Invalid("email", "email_taken")


def _put(person: Person, details: PersonDetails) -> None:
    person.name, person.email = details.name, details.email
    person.organisation, person.place = details.organisation, details.place
    person.languages = details.languages
    person.fee_per_day = details.fee_per_day
    person.max_workshops = details.max_workshops
    person.max_days_away = details.max_days_away
    person.max_seats = details.max_seats
    person.online_only = details.online_only
    person.gender = details.gender
    person.left_on = details.left_on
    set_skills(person, details.skills)
    set_wants(person, details.wants)


def set_skills(person: Person, levels: Mapping[int, int]) -> None:
    """Have a person teach exactly these: level by topic id. Rows that stay are kept, not replaced."""
    kept = {skill.topic_id: skill for skill in person.skills if skill.topic_id in levels}
    for topic_id, skill in kept.items():
        skill.level = levels[topic_id]
    fresh = [Skill(topic_id=topic, level=level) for topic, level in levels.items() if topic not in kept]
    person.skills = [*kept.values(), *fresh]


def set_wants(person: Person, weights: Mapping[int, int]) -> None:
    """Have a person need exactly these: weight by topic id."""
    kept = {want.topic_id: want for want in person.wants if want.topic_id in weights}
    for topic_id, want in kept.items():
        want.weight = weights[topic_id]
    fresh = [Want(topic_id=topic, weight=weight) for topic, weight in weights.items() if topic not in kept]
    person.wants = [*kept.values(), *fresh]


def as_told(person: Person) -> dict[str, Any]:
    """A person as the audit trail keeps them; skills and wants by topic id. Their gender stays out of it."""
    return {
        "code": person.code,
        "name": person.name,
        "email": person.email,
        "organisation": person.organisation.code,
        "place": person.place.code,
        "languages": list(person.languages),
        "fee_per_day": person.fee_per_day,
        "max_workshops": person.max_workshops,
        "max_days_away": person.max_days_away,
        "max_seats": person.max_seats,
        "online_only": person.online_only,
        "left_on": person.left_on,
        "skills": {str(skill.topic_id): skill.level for skill in person.skills},
        "wants": {str(want.topic_id): want.weight for want in person.wants},
    }
