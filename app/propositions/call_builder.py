"""Rows in, the solver's `Call` out: what a needs call has brought in, as the model of propositions knows it.

Ids in the document are the numbers of rows; that of a need is the number of its line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine, NeedsOffer
from app.network.models import FACILITATES, Organisation, Person, Place, Skill, Venue
from app.propositions import queries
from app.propositions.terms import Terms
from solver import derived
from solver.propositions.call import (
    DEFAULT_KINDS,
    Call,
    Facilitator,
    Host,
    Limits,
    Need,
    Offer,
    Platform,
    Prices,
)
from solver.round import Place as ModelPlace

NOT_SAID = 3
"""For how many people a need is taken to be where that was not said."""

REACH = 5
"""Points for each platform that gets anything."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands already and is not to be proposed again: the needs it answers, and what it costs."""

    line_ids: frozenset[int] = frozenset()
    cost: int = 0


def build_call(db: Session, call: NeedsCall, terms: Terms, kept: Kept = Kept()) -> Call:
    """The call as it stands now, without what is kept; six queries, however many platforms."""
    answers = _answers(db, call)
    lines = [line for line in queries.lines_asked(db, call).values() if line.id not in kept.line_ids]
    offers = _offers(db, call)
    homes = _homes(db, answers)
    answers = [answer for answer in answers if answer.organisation_id in homes]
    known = {answer.organisation_id: answer.organisation for answer in answers}
    topics = {line.topic_id for line in lines}
    people = _facilitators(db, topics)
    venues = db.scalars(select(Venue).options(joinedload(Venue.place)).order_by(Venue.id)).all()
    places = {place.id: place for place in homes.values()}
    places |= {person.place_id: person.place for person, _ in people}
    places |= {venue.place_id: venue.place for venue in venues}
    model_places = {str(place.id): _place(place) for place in places.values()}
    budget = None if terms.budget is None else max(0, terms.budget - kept.cost)
    return Call(
        id=call.code,
        title=call.code,
        currency=terms.currency,
        prices=Prices(
            terms.base_fare,
            terms.fare_per_100_km,
            terms.per_diem,
            terms.replication,
            terms.missing_facilitator,
        ),
        limits=Limits(
            budget=budget,
            platforms_min=terms.platforms_min,
            platforms_max=terms.platforms_max,
            turns_per_platform=terms.turns_per_platform,
            hosted_per_place=terms.hosted_per_place,
        ),
        places=model_places,
        platforms={
            str(each.id): Platform(str(each.id), each.name, each.region, str(homes[each.id].id))
            for each in known.values()
        },
        needs={
            str(line.id): _need(line, known[line.answer.organisation_id])
            for line in lines
            if _understood(line, known)
        },
        offers=tuple(
            _offer(offer, known[offer.answer.organisation_id])
            for offer in offers
            if _understood(offer, known)
        ),
        facilitators={str(person.id): _facilitator(person, teaches) for person, teaches in people},
        hosts=_hosts(venues, known.values(), homes, model_places),
        kinds=dict(DEFAULT_KINDS),
        reach=REACH,
    )


# -- fetching


def _answers(db: Session, call: NeedsCall) -> Sequence[NeedsAnswer]:
    return db.scalars(
        select(NeedsAnswer)
        .where(NeedsAnswer.call_id == call.id, NeedsAnswer.state == "handed_in")
        .options(joinedload(NeedsAnswer.organisation).joinedload(Organisation.place))
        .order_by(NeedsAnswer.organisation_id)
    ).all()


def _offers(db: Session, call: NeedsCall) -> Sequence[NeedsOffer]:
    return db.scalars(
        select(NeedsOffer)
        .join(NeedsOffer.answer)
        .where(NeedsAnswer.call_id == call.id, NeedsAnswer.state == "handed_in")
        .options(joinedload(NeedsOffer.answer))
        .order_by(NeedsOffer.id)
    ).all()


def _homes(db: Session, answers: Iterable[NeedsAnswer]) -> dict[int, Place]:
    """Where each organisation's people set out from: its place, else where one of them lives."""
    homes = {a.organisation_id: a.organisation.place for a in answers if a.organisation.place is not None}
    without = [a.organisation_id for a in answers if a.organisation_id not in homes]
    for person in db.scalars(
        select(Person)
        .where(Person.organisation_id.in_(without), Person.left_on.is_(None))
        .options(joinedload(Person.place))
        .order_by(Person.id.desc())
    ):
        homes[person.organisation_id] = person.place
    return homes


def _facilitators(db: Session, topics: Collection[int]) -> list[tuple[Person, dict[str, int]]]:
    """Who teaches any of these topics, in person, and which."""
    people: dict[int, tuple[Person, dict[str, int]]] = {}
    for skill in db.scalars(
        select(Skill)
        .join(Skill.person)
        .where(
            Skill.topic_id.in_(topics),
            Skill.level >= FACILITATES,
            Person.left_on.is_(None),
            Person.online_only.is_(False),
        )
        .options(joinedload(Skill.person).joinedload(Person.place))
        .order_by(Skill.person_id)
    ):
        _person, teaches = people.setdefault(skill.person_id, (skill.person, {}))
        teaches[str(skill.topic_id)] = skill.level
    return list(people.values())


# -- making values


def _understood(row: NeedsLine | NeedsOffer, known: Mapping[int, Organisation]) -> bool:
    """Whether its platform is among those known, and it is known in which language."""
    organisation = known.get(row.answer.organisation_id)
    return organisation is not None and bool(row.languages or organisation.languages)


def _need(line: NeedsLine, organisation: Organisation) -> Need:
    return Need(
        id=str(line.id),
        platform=str(organisation.id),
        topic=str(line.topic_id),
        weight=line.how_much,
        people=line.people or NOT_SAID,
        languages=frozenset(line.languages or organisation.languages),
    )


def _offer(offer: NeedsOffer, organisation: Organisation) -> Offer:
    languages = frozenset(offer.languages or organisation.languages)
    return Offer(str(organisation.id), str(offer.topic_id), languages, offer.level)


def _facilitator(person: Person, teaches: Mapping[str, int]) -> Facilitator:
    return Facilitator(
        id=str(person.id),
        name=person.name,
        place=str(person.place_id),
        languages=frozenset(person.languages),
        teaches=dict(teaches),
        fee_per_day=person.fee_per_day,
        max_workshops=person.max_workshops,
    )


def _hosts(
    venues: Iterable[Venue],
    organisations: Iterable[Organisation],
    homes: Mapping[int, Place],
    places: Mapping[str, ModelPlace],
) -> dict[str, Host]:
    """Each venue in the region of the platforms of its country, else of the platform nearest to it."""
    by_country: dict[str, str] = {}
    asked = list(organisations)
    for organisation in asked:
        by_country.setdefault(homes[organisation.id].country, organisation.region)
    hosts = {}
    for venue in venues:
        here = places[str(venue.place_id)]
        region = by_country.get(venue.place.country)
        if region is None and asked:
            nearest = min(asked, key=lambda each: derived.km(here, places[str(homes[each.id].id)]))
            region = nearest.region
        hosts[str(venue.id)] = Host(
            str(venue.id), venue.name, str(venue.place_id), region or "", venue.seats, venue.cost_per_day
        )
    return hosts


def _place(place: Place) -> ModelPlace:
    return ModelPlace(
        str(place.id), place.name, place.country, place.latitude, place.longitude, place.timezone
    )
