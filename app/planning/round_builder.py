"""Rows to a planning round: the way into the solver, in a constant number of queries.

Codes become ids, so that the document means something outside this database. Only what the
round can need goes in: its workshops, whoever teaches their topics, and the people of invited
organisations who want them. A request that the format has no place for (its window lies
outside the horizon, what it follows is not in the round) is *set aside* with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import clock
from app.availability.holidays import weekend_of
from app.availability.queries import PlanningSpans, place_days_off, spans_for_planning
from app.i18n import in_language
from app.network.models import Organisation, Person, Place, Skill, Venue, Want
from app.nominations.queries import named_for_planning
from app.planning.borders import limits_of
from app.planning.commitments import Announced, Commitments, Days, commitments_of
from app.planning.happenings import Happening
from app.planning.models import DEFAULT_WEIGHTS, PlanningRound, RoundEntry
from app.travel.queries import TravelLimits, closed_borders
from app.workshops.accounts import pots_for_round
from app.workshops.models import Fund, Workshop
from solver import round as model
from solver.errors import LocatedError, MalformedDocument
from solver.reading import read_round
from solver.writing import write_round

MARGIN = timedelta(days=2)
"""Travel and time zones reach over the ends of the horizon by at most so much."""

NO_LIMITS = TravelLimits()

DOCUMENT_LANGUAGE = "en"
"""Titles in the document; pages look up the reader's own."""

AsideReason = Literal["not_approved", "outside_horizon", "outside_fund", "follows_missing"]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A request of the round that is not given to the planner, and why."""

    workshop: Workshop
    reason: AsideReason


@dataclass(frozen=True, slots=True)
class BuiltRound:
    """A round as the planner gets it.

    `document` is `planning-round/1`; `defects` says where the format refuses it (then it must
    not be planned). `workshops` are the rows behind it, by code.
    """

    round: model.Round
    document: bytes
    defects: tuple[LocatedError, ...]
    set_aside: tuple[SetAside, ...]
    workshops: Mapping[str, Workshop]


def build_round(db: Session, planning_round: PlanningRound, today: date | None = None) -> BuiltRound:
    """The round as it stands now, read back and held against the format.

    `today` is the day from which notice and visas are counted; left out, it is the present one.
    """
    taken_in = _workshops_of(db, planning_round)
    workshops, set_aside = _sort_out(taken_in, planning_round)
    commitments = commitments_of(db, planning_round)
    built = _Builder(db, planning_round, workshops, commitments, today or clock.today()).build()
    document = write_round(built)
    defects: tuple[LocatedError, ...] = ()
    try:
        read_round(document)
    except MalformedDocument as malformed:
        defects = malformed.errors
    return BuiltRound(built, document, defects, set_aside, {each.code: each for each in workshops})


def _workshops_of(db: Session, planning_round: PlanningRound) -> list[Workshop]:
    return list(
        db.scalars(
            select(Workshop)
            .join(RoundEntry, RoundEntry.workshop_id == Workshop.id)
            .where(RoundEntry.round_id == planning_round.id)
            .order_by(Workshop.code)
            .options(
                joinedload(Workshop.topic),
                joinedload(Workshop.requested_by).joinedload(Organisation.place),
                selectinload(Workshop.venues).selectinload(Venue.closures),
                selectinload(Workshop.venues).joinedload(Venue.place),
                selectinload(Workshop.invited).joinedload(Organisation.place),
                selectinload(Workshop.funds),
            )
        )
    )


def _sort_out(
    taken_in: Iterable[Workshop], planning_round: PlanningRound
) -> tuple[list[Workshop], tuple[SetAside, ...]]:
    """Those that can be given to the planner, and those set aside; nothing follows what is set aside."""
    aside: list[SetAside] = []
    kept: dict[int, Workshop] = {}
    for workshop in taken_in:
        if workshop.state != "approved":
            aside.append(SetAside(workshop, "not_approved"))
        elif (
            workshop.window_last < planning_round.first_day or workshop.window_first > planning_round.last_day
        ):
            aside.append(SetAside(workshop, "outside_horizon"))
        elif (
            (window := window_of(workshop)) is None
            or window[1] < planning_round.first_day
            or window[0] > planning_round.last_day
        ):
            aside.append(SetAside(workshop, "outside_fund"))
        else:
            kept[workshop.id] = workshop
    while orphans := [w for w in kept.values() if w.follows_id is not None and w.follows_id not in kept]:
        for workshop in orphans:
            aside.append(SetAside(workshop, "follows_missing"))
            del kept[workshop.id]
    return list(kept.values()), tuple(aside)


class _Builder:
    """One round in the making: first everything is fetched, then nothing but values are made."""

    def __init__(
        self,
        db: Session,
        planning_round: PlanningRound,
        workshops: Sequence[Workshop],
        commitments: Commitments,
        today: date,
    ) -> None:
        self._db = db
        self._today = today
        self._row = planning_round
        self._workshops = workshops
        self._commitments = commitments
        codes = {workshop.id: workshop.code for workshop in workshops}
        self._codes = codes
        self._announced = [each for each in commitments.published or () if each.workshop_id in codes]
        self._named = named_for_planning(db, workshop_ids=codes)

    def build(self) -> model.Round:
        row = self._row
        first, last = row.first_day - MARGIN, row.last_day + MARGIN
        teaches, wants = self._topics_of_people()
        people = self._people(teaches.keys() | wants.keys() | self._announced_people() | self._nominees())
        venues = self._venues()
        organisations = self._organisations(people)
        places = _by_code(
            [*(person.place for person in people), *(venue.place for venue in venues)]
            + [each.place for each in organisations if each.place is not None]
        )
        spans = spans_for_planning(self._db, [person.id for person in people], first, last)
        self._limits = limits_of(
            self._db,
            person_ids=[person.id for person in people],
            venues=venues,
            announced=self._announced,
            today=self._today,
        )
        days_off = place_days_off(self._db, places, first, last)
        codes_of_people = {person.id: person.code for person in people}
        codes_of_venues = {venue.id: venue.code for venue in venues}
        built = model.Round(
            id=row.code,
            title=row.title,
            currency=row.currency,
            first_day=row.first_day,
            last_day=row.last_day,
            rules=rules_of(row),
            places={each.code: _place(each, days_off[each.id]) for each in places},
            venues={each.code: self._venue(each) for each in venues},
            organisations={each.code: _organisation(each, people, places) for each in organisations},
            people={
                each.code: self._person(
                    each, spans[each.id], teaches.get(each.id, {}), wants.get(each.id, {}), last
                )
                for each in people
            },
            workshops={
                each.code: replace(
                    _workshop(each, self._codes), nominated=self._nominated(each, people, wants)
                )
                for each in self._workshops
            },
            funds={each.id: each for each in self._funds()},
            published=None
            if self._commitments.published is None
            else tuple(
                _published(each, self._codes, codes_of_people, codes_of_venues) for each in self._announced
            ),
        )
        for closed in closed_borders(self._db, max(first, self._today), last):
            days = (max(closed.first_day, first), min(closed.last_day, last))
            built = Happening("border", closed.country, *days).apply(built)
        return built

    # -- fetching -------------------------------------------------------------

    def _topics_of_people(self) -> tuple[dict[int, dict[str, int]], dict[int, dict[str, int]]]:
        """By person id: what they teach, and what they want of that to which they are invited."""
        topics = {workshop.topic_id: workshop.topic.code for workshop in self._workshops}
        invited: dict[int, set[int]] = {topic_id: set() for topic_id in topics}
        for workshop in self._workshops:
            invited[workshop.topic_id] |= {each.id for each in workshop.invited}
        here = or_(Person.left_on.is_(None), Person.left_on > self._row.first_day)
        teaches: dict[int, dict[str, int]] = {}
        for person_id, topic_id, level in self._db.execute(
            select(Skill.person_id, Skill.topic_id, Skill.level)
            .join(Skill.person)
            .where(Skill.topic_id.in_(topics), here)
            .order_by(Skill.topic_id)
        ):
            teaches.setdefault(person_id, {})[topics[topic_id]] = level
        wants: dict[int, dict[str, int]] = {}
        for person_id, organisation_id, topic_id, weight in self._db.execute(
            select(Want.person_id, Person.organisation_id, Want.topic_id, Want.weight)
            .join(Want.person)
            .where(Want.topic_id.in_(topics), here)
            .order_by(Want.topic_id)
        ):
            if organisation_id in invited[topic_id]:
                wants.setdefault(person_id, {})[topics[topic_id]] = weight
        return teaches, wants

    def _announced_people(self) -> set[int]:
        return {person for each in self._announced for person, _ in each.team} | {
            person for each in self._announced for person in each.seats
        }

    def _nominees(self) -> set[int]:
        return {person for each in self._named.values() for person in each.needs}

    def _people(self, person_ids: Collection[int]) -> Sequence[Person]:
        return self._db.scalars(
            select(Person)
            .where(Person.id.in_(person_ids))
            .order_by(Person.code)
            .options(joinedload(Person.place), joinedload(Person.organisation).joinedload(Organisation.place))
        ).all()

    def _venues(self) -> list[Venue]:
        """The hosts that the workshops offer, and those that people have been told of."""
        offered = {venue.id: venue for workshop in self._workshops for venue in workshop.venues}
        told = {each.venue_id for each in self._announced if each.venue_id is not None} - offered.keys()
        more = self._db.scalars(
            select(Venue)
            .where(Venue.id.in_(told))
            .options(joinedload(Venue.place), selectinload(Venue.closures))
        )
        return sorted([*offered.values(), *more], key=lambda venue: venue.code)

    def _organisations(self, people: Iterable[Person]) -> list[Organisation]:
        named = [person.organisation for person in people]
        for workshop in self._workshops:
            named += [workshop.requested_by, *workshop.invited]
        return sorted({each.id: each for each in named}.values(), key=lambda each: each.code)

    # -- making values ----------------------------------------------------------

    def _venue(self, venue: Venue) -> model.Venue:
        closed = [(each.first_day, each.last_day) for each in venue.closures]
        return model.Venue(
            id=venue.code,
            name=venue.name,
            place=venue.place.code,
            seats=venue.seats,
            cost_per_day=venue.cost_per_day,
            closed=self._spans([*closed, *self._commitments.busy_venues.get(venue.id, ())]),
        )

    def _person(
        self,
        person: Person,
        said: PlanningSpans,
        teaches: Mapping[str, int],
        wants: Mapping[str, int],
        last: date,
    ) -> model.Person:
        unavailable = [(span.first, span.last) for span in said.unavailable]
        unavailable += self._commitments.busy_people.get(person.id, ())
        if person.left_on is not None:
            unavailable.append((person.left_on, max(person.left_on, last)))
        limits = self._limits.get(person.id, NO_LIMITS)
        return model.Person(
            id=person.code,
            name=person.name,
            organisation=person.organisation.code,
            home=person.place.code,
            languages=frozenset(person.languages),
            unavailable=self._spans(unavailable),
            preferred=self._spans((span.first, span.last) for span in said.preferred),
            if_need_be=self._spans((span.first, span.last) for span in said.if_need_be),
            teaches=teaches,
            fee_per_day=person.fee_per_day,
            max_workshops=person.max_workshops,
            max_days_away=person.max_days_away,
            wants=wants,
            max_seats=person.max_seats,
            online_only=person.online_only,
            entry=limits.entry,
            rather_not=limits.rather_not,
            not_before=limits.not_before,
        )

    def _nominated(
        self, workshop: Workshop, people: Iterable[Person], wants: Mapping[int, Mapping[str, int]]
    ) -> dict[str, int] | None:
        """Who may be seated, with their need; `None`: every invited person who wants the topic.

        Of an organisation that named people only these; of one that named nobody whoever wants the topic.
        Who has been told that they have a seat may keep it in either case, and who gave one up or declined
        it is not seated again.
        """
        named = self._named.get(workshop.id)
        refused = self._commitments.refused.get(workshop.id, frozenset())
        if named is None and not refused:
            return None
        needs = dict(named.needs) if named else {}
        decided = named.organisation_ids if named else frozenset[int]()
        invited = {each.id for each in workshop.invited}
        seated = {
            person for each in self._announced if each.workshop_id == workshop.id for person in each.seats
        }
        found = {}
        for person in people:
            own = wants.get(person.id, {}).get(workshop.topic.code, 0)
            if person.id in refused or person.organisation_id not in invited:
                continue
            if person.id in needs:
                found[person.code] = needs[person.id]
            elif person.id in seated or (own and person.organisation_id not in decided):
                found[person.code] = own or 1
        return found

    def _funds(self) -> Iterator[model.Fund]:
        """The pots of the funds of these workshops, with what everybody else has left of them."""
        funds: dict[int, Fund] = {fund.id: fund for each in self._workshops for fund in each.funds}
        pots = pots_for_round(self._db, funds.values(), round_id=self._row.id, planned_ids=self._codes.keys())
        for pot in sorted(pots, key=lambda pot: (pot.fund.code, pot.initiative is not None)):
            code, title = pot.fund.code, pot.fund.title
            if pot.initiative is not None:
                code = f"{code}--{pot.initiative.code}"
                title = f"{title}: {in_language(pot.initiative.titles, DOCUMENT_LANGUAGE)}"
            yield model.Fund(
                id=code,
                title=title,
                workshops=tuple(self._codes[each] for each in pot.workshop_ids),
                amount=pot.amount,
            )

    def _spans(self, days: Iterable[Days]) -> tuple[model.Span, ...]:
        """The spans that touch the round, in order; where they overlap they are joined."""
        earliest, latest = self._row.first_day - MARGIN, self._row.last_day + MARGIN
        joined: list[model.Span] = []
        for first, last in sorted(set(days)):
            if last < earliest or first > latest:
                continue
            if joined and first <= joined[-1].last + timedelta(days=1):
                joined[-1] = model.Span(joined[-1].first, max(joined[-1].last, last))
            else:
                joined.append(model.Span(first, last))
        return tuple(joined)


def window_of(workshop: Workshop) -> Days | None:
    """The days that a request asks for and all its funds pay for; `None` where there are none."""
    first = max([workshop.window_first, *(fund.first_day for fund in workshop.funds if fund.first_day)])
    last = min([workshop.window_last, *(fund.last_day for fund in workshop.funds if fund.last_day)])
    return (first, last) if first <= last else None


def rules_of(planning_round: PlanningRound) -> model.Rules:
    """Prices and weights of a round as the planner knows them."""
    weights = {**DEFAULT_WEIGHTS, **planning_round.weights}
    return model.Rules(
        base_fare=planning_round.base_fare,
        fare_per_100_km=planning_round.fare_per_100_km,
        per_diem=planning_round.per_diem,
        weights=model.Weights(**{name: weights[name] for name in DEFAULT_WEIGHTS}),
    )


def _by_code(places: Iterable[Place]) -> list[Place]:
    return sorted({place.id: place for place in places}.values(), key=lambda place: place.code)


def _place(place: Place, days_off: frozenset[date]) -> model.Place:
    return model.Place(
        id=place.code,
        name=place.name,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        timezone=place.timezone,
        holidays=days_off,
        weekend=weekend_of(place.country),
    )


def _organisation(
    organisation: Organisation, people: Iterable[Person], places: Sequence[Place]
) -> model.Organisation:
    """An organisation; where it has no place, one of its people's will do: no rule looks at it."""
    place = organisation.place or next(
        (person.place for person in people if person.organisation_id == organisation.id),
        places[0] if places else None,
    )
    kind = "coalition" if organisation.kind == "secretariat" else organisation.kind
    return model.Organisation(
        id=organisation.code,
        name=organisation.name,
        kind=cast(model.OrganisationKind, kind),
        region=organisation.region,
        place=place.code if place else "",
    )


def _workshop(workshop: Workshop, codes: Mapping[int, str]) -> model.Workshop:
    follows = None
    if workshop.follows_id is not None:
        follows = model.Follows(
            workshop=codes[workshop.follows_id],
            min_days=workshop.follows_min_days,
            max_days=workshop.follows_max_days,
            graduates=workshop.follows_graduates,
        )
    return model.Workshop(
        id=workshop.code,
        title=in_language(workshop.titles, DOCUMENT_LANGUAGE),
        requested_by=workshop.requested_by.code,
        topic=workshop.topic.code,
        kind=cast(model.WorkshopKind, workshop.kind),
        mode=cast(model.Mode, workshop.mode),
        window=model.Span(*(window_of(workshop) or (workshop.window_first, workshop.window_last))),
        languages=tuple(workshop.languages),
        team=model.TeamSize(workshop.team_min, workshop.team_max, workshop.team_leads),
        seats=model.SeatCount(workshop.seats_min, workshop.seats_max),
        invited=tuple(sorted(each.code for each in workshop.invited)),
        seats_per_organisation=workshop.seats_per_organisation,
        organisations_min=workshop.organisations_min,
        priority=workshop.priority,
        days=workshop.days or 0,
        minutes=workshop.minutes or 0,
        venues=() if workshop.is_online else tuple(each.code for each in workshop.venues),
        budget=workshop.budget,
        follows=follows,
    )


def _published(
    announced: Announced,
    workshops: Mapping[int, str],
    people: Mapping[int, str],
    venues: Mapping[int, str],
) -> model.PublishedSession:
    return model.PublishedSession(
        workshop=workshops[announced.workshop_id],
        venue=None if announced.venue_id is None else venues[announced.venue_id],
        start=announced.start,
        team=tuple(people[person] for person, _ in announced.team),
        seats=tuple(people[person] for person in announced.seats),
    )
