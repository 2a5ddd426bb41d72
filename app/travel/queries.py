"""Reading travel facts: a person's own page, visa times, and what of it binds the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.errors import NotFound
from app.facts import AuditEntry
from app.network.models import Person
from app.travel.models import AccessNeeds, BorderClosure, TravelCountry, TravelFacts, VisaTime

OPEN_FOR = timedelta(minutes=10)
"""How long a coordinator sees access needs after having asked to."""

LOOKS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class TravelLimits:
    """What binds the planner for one person.

    `entry`: the first day on which they may be in a country, `None` for never; `not_before`: the first day on
    which they can leave after being told today.
    """

    entry: Mapping[str, date | None] = field(default_factory=dict)
    rather_not: frozenset[str] = frozenset()
    not_before: date | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at what a person needs."""

    who: str
    at: datetime


# -- For the planner


def limits_for_planning(
    db: Session, person_ids: Collection[int], countries: Collection[str], today: date
) -> dict[int, TravelLimits]:
    """What binds these people if they are told today, of these countries; in three queries.

    A visa's time counts only where it is known for every passport that the person has: with one of which
    nothing is known they may enter as they do. Whoever has said nothing has no limits.
    """
    said = {
        row.person_id: row
        for row in db.scalars(select(TravelFacts).where(TravelFacts.person_id.in_(person_ids)))
    }
    answers: Mapping[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for person_id, country, answer in db.execute(
        select(TravelCountry.person_id, TravelCountry.country, TravelCountry.answer).where(
            TravelCountry.person_id.in_(person_ids), TravelCountry.country.in_(countries)
        )
    ):
        answers[person_id][answer].add(country)
    visas = {
        (row.passport, row.destination): row
        for row in db.scalars(select(VisaTime).where(VisaTime.destination.in_(countries)))
    }
    found: dict[int, TravelLimits] = {}
    for person_id in said.keys() | answers.keys():
        row = said.get(person_id)
        entry = _by_visas(row.passports if row else (), countries, visas, today)
        entry |= dict.fromkeys(answers[person_id]["never"])
        notice = row.notice_days if row else 0
        found[person_id] = TravelLimits(
            entry=entry,
            rather_not=frozenset(answers[person_id]["rather_not"]),
            not_before=today + timedelta(days=notice) if notice else None,
        )
    return found


def _by_visas(
    passports: Sequence[str],
    countries: Collection[str],
    visas: Mapping[tuple[str, str], VisaTime],
    today: date,
) -> dict[str, date | None]:
    """The first day in each country that is known not to be open at once, `None` for never."""
    found: dict[str, date | None] = {}
    for country in countries:
        rows = [visas.get((passport, country)) for passport in passports]
        known = [row for row in rows if row is not None]
        if not rows or len(known) < len(rows) or country in passports:
            continue
        days = [row.days for row in known if row.days is not None]
        if not days:
            found[country] = None
        elif min(days) > 0:
            found[country] = today + timedelta(days=min(days))
    return found


def closed_borders(db: Session, first: date, last: date) -> Sequence[BorderClosure]:
    """The borders that are closed on some day from `first` to `last`, both included."""
    return db.scalars(
        select(BorderClosure)
        .where(BorderClosure.first_day <= last, BorderClosure.last_day >= first)
        .order_by(BorderClosure.first_day, BorderClosure.country, BorderClosure.id)
    ).all()


# -- For people


def person_for(db: Session, *, actor: Actor, person_id: int) -> Person:
    """A person whose travel facts the actor may see and change: themself, or someone they look after.

    Raises `NotFound`.
    """
    person = db.scalars(
        select(Person).where(Person.id == person_id).options(joinedload(Person.organisation))
    ).first()
    if person is None or not may_answer_for(actor, person):
        raise NotFound
    return person


def may_answer_for(actor: Actor, person: Person) -> bool:
    """Whether the actor is this person, or acts for their organisation."""
    return is_oneself(actor, person) or actor.acts_for(person.organisation_id)


def is_oneself(actor: Actor, person: Person) -> bool:
    return actor.person_id is not None and actor.person_id == person.id


def travel_facts_of(db: Session, *, person: Person) -> TravelFacts | None:
    return db.get(TravelFacts, person.id)


def countries_of(db: Session, *, person: Person) -> dict[str, list[str]]:
    """Answer -> the countries that a person cannot enter, or would rather not."""
    found: dict[str, list[str]] = {"never": [], "rather_not": []}
    for country, answer in db.execute(
        select(TravelCountry.country, TravelCountry.answer)
        .where(TravelCountry.person_id == person.id)
        .order_by(TravelCountry.country)
    ):
        found[answer].append(country)
    return found


def has_access_needs(db: Session, *, actor: Actor, person: Person) -> bool:
    """Whether there is something to arrange. Raises `NotFound` for who neither needs nor arranges it."""
    if not is_oneself(actor, person) and not actor.is_coordinator:
        raise NotFound
    return db.get(AccessNeeds, person.id) is not None


def access_needs_of(db: Session, *, actor: Actor, person: Person, now: datetime) -> AccessNeeds | None:
    """What a person needs: to themself, and to a coordinator who has just had the look recorded."""
    if is_oneself(actor, person):
        return db.get(AccessNeeds, person.id)
    if not actor.is_coordinator or actor.account_id is None:
        return None
    looked = db.scalars(
        select(AuditEntry.id)
        .where(
            AuditEntry.subject_kind == "person",
            AuditEntry.subject_id == person.id,
            AuditEntry.fact == "AccessNeedsSeen",
            AuditEntry.actor_account_id == actor.account_id,
            AuditEntry.happened_at > now - OPEN_FOR,
        )
        .limit(1)
    ).first()
    return None if looked is None else db.get(AccessNeeds, person.id)


def looks_at(db: Session, *, actor: Actor, person: Person) -> list[Look]:
    """Who looked at what the actor themself needs, latest first."""
    if not is_oneself(actor, person):
        return []
    rows = db.execute(
        select(AuditEntry.actor_name, AuditEntry.happened_at)
        .where(
            AuditEntry.subject_kind == "person",
            AuditEntry.subject_id == person.id,
            AuditEntry.fact == "AccessNeedsSeen",
        )
        .order_by(AuditEntry.id.desc())
        .limit(LOOKS_SHOWN)
    )
    return [Look(name, at) for name, at in rows]


def visa_times(db: Session, *, country: str = "") -> Sequence[VisaTime]:
    """What is known of visas, by passport and destination; of one country as either of the two."""
    query = select(VisaTime).order_by(VisaTime.passport, VisaTime.destination)
    if country:
        query = query.where(or_(VisaTime.passport == country, VisaTime.destination == country))
    return db.scalars(query).all()


def visa_time(db: Session, *, visa_id: int) -> VisaTime:
    """Raises `NotFound`."""
    row = db.get(VisaTime, visa_id)
    if row is None:
        raise NotFound
    return row


def border_closure(db: Session, *, closure_id: int) -> BorderClosure:
    """Raises `NotFound`."""
    row = db.get(BorderClosure, closure_id)
    if row is None:
        raise NotFound
    return row
