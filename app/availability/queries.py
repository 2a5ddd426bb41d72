"""Reading availability: a person's own page, and what the planner needs of everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.availability.busy import busy_spans
from app.availability.grades import Graded, grade
from app.availability.holidays import holidays_between
from app.availability.models import AvailabilityPattern, AvailabilitySpan, SchoolHoliday, WorkedHoliday
from app.availability.recurring import days_of_pattern
from app.availability.spans import Span, Spans, from_days, merge
from app.errors import NotFound
from app.i18n import in_language
from app.network.models import Closure, Person, Place, Skill

PlanningSpans = Graded
"""When the planner may not use a person, when at a cost, and when it would rather."""

LINK = "availability"
"""The purpose of the personal links by which people say when they can; they name the person."""


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which nothing is held in a country: a public holiday, or one that the network keeps free."""

    day: date
    name: str
    kind: Literal["holiday", "closure"]
    estimated: bool = False


# -- For the planner


def spans_for_planning(
    db: Session, person_ids: Collection[int], first: date, last: date
) -> dict[int, PlanningSpans]:
    """What counts of the days from `first` to `last` for each of these people, in a few queries.

    Whoever facilitates (has a skill) is also unavailable on the public holidays of the country they
    live in, except those they said they work on.
    """
    return {
        person_id: layers.graded().clipped(Span(first, last))
        for person_id, layers in layers_of(db, person_ids, first, last).items()
    }


@dataclass(frozen=True, slots=True)
class Layers:
    """What is known of a person's days, before it is held against each other (`app.availability.grades`)."""

    said: Mapping[str, list[Span]]
    recurring: Mapping[str, list[Span]]
    holidays: Spans = ()
    busy: Spans = ()

    def graded(self) -> Graded:
        return grade(self.said, self.recurring, (*self.holidays, *self.busy))


def layers_of(db: Session, person_ids: Collection[int], first: date, last: date) -> dict[int, Layers]:
    """By person id, what is known of their days from `first` to `last`."""
    homes = db.execute(
        select(Person.id, Place.country, select(Skill.id).where(Skill.person_id == Person.id).exists())
        .join(Person.place)
        .where(Person.id.in_(person_ids))
    ).all()
    said: Mapping[int, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for person_id, kind, first_day, last_day in db.execute(
        select(
            AvailabilitySpan.person_id,
            AvailabilitySpan.kind,
            AvailabilitySpan.first_day,
            AvailabilitySpan.last_day,
        ).where(
            AvailabilitySpan.person_id.in_(person_ids),
            AvailabilitySpan.first_day <= last,
            AvailabilitySpan.last_day >= first,
        )
    ):
        said[person_id][kind].append(Span(first_day, last_day))
    worked: Mapping[int, set[date]] = defaultdict(set)
    for person_id, day in db.execute(
        select(WorkedHoliday.person_id, WorkedHoliday.day).where(
            WorkedHoliday.person_id.in_(person_ids), WorkedHoliday.day.between(first, last)
        )
    ):
        worked[person_id].add(day)
    busy = busy_spans(db, person_ids, first, last)
    recurring = _recurring(db, {person_id: country for person_id, country, _ in homes}, Span(first, last))
    return {
        person_id: Layers(
            said[person_id],
            recurring[person_id],
            from_days({holiday.day for holiday in holidays_between(country, first, last)} - worked[person_id])
            if facilitates
            else (),
            busy.get(person_id, ()),
        )
        for person_id, country, facilitates in homes
    }


def _recurring(
    db: Session, countries: Mapping[int, str], horizon: Span
) -> Mapping[int, dict[str, list[Span]]]:
    """By person id and grade, the days that come back; `countries` says where each person lives."""
    patterns = db.scalars(
        select(AvailabilityPattern).where(AvailabilityPattern.person_id.in_(countries))
    ).all()
    with_school = {countries[each.person_id] for each in patterns if each.kind == "school_holidays"}
    school: Mapping[str, list[Span]] = defaultdict(list)
    if with_school:
        for country, first_day, last_day in db.execute(
            select(SchoolHoliday.country, SchoolHoliday.first_day, SchoolHoliday.last_day).where(
                SchoolHoliday.country.in_(with_school)
            )
        ):
            school[country].append(Span(first_day, last_day))
    found: Mapping[int, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for each in patterns:
        found[each.person_id][each.grade] += days_of_pattern(
            each.kind,
            each.weekdays,
            (each.first_day, each.last_day),
            horizon,
            school[countries[each.person_id]],
        )
    return found


def place_days_off(
    db: Session, places: Iterable[Place], first: date, last: date
) -> dict[int, frozenset[date]]:
    """By place id, the days from `first` to `last` on which nothing is held there, in one query.

    Public holidays of the place's country and closures of the network; weekends are not among them.
    """
    closures = _closures(db, first, last)
    by_country: dict[str, frozenset[date]] = {}
    found: dict[int, frozenset[date]] = {}
    for place in places:
        if place.country not in by_country:
            by_country[place.country] = frozenset(
                holiday.day for holiday in holidays_between(place.country, first, last)
            ) | frozenset(
                day
                for closure in closures
                if closure.country in ("", place.country)
                for day in Span(max(closure.first_day, first), min(closure.last_day, last))
            )
        found[place.id] = by_country[place.country]
    return found


# -- For people


def days_off(db: Session, country: str, first: date, last: date, language: str) -> tuple[DayOff, ...]:
    """Public holidays of a country and closures of the network from `first` to `last`, by day."""
    days = [
        DayOff(holiday.day, holiday.name, "holiday", holiday.estimated)
        for holiday in holidays_between(country, first, last, language)
    ]
    for closure in _closures(db, first, last, country):
        span = Span(max(closure.first_day, first), min(closure.last_day, last))
        days += [DayOff(day, in_language(closure.title, language), "closure") for day in span]
    return tuple(sorted(days, key=lambda off: (off.day, off.kind)))


def person_for(db: Session, *, actor: Actor, person_id: int) -> Person:
    """A person whose availability the actor may see and change: themself, or someone they look after.

    Raises `NotFound`.
    """
    person = db.scalars(
        select(Person)
        .where(Person.id == person_id)
        .options(joinedload(Person.place), joinedload(Person.organisation))
    ).first()
    if person is None or not may_answer_for(actor, person):
        raise NotFound
    return person


def may_answer_for(actor: Actor, person: Person) -> bool:
    """Whether the actor is this person, came by their personal link, or acts for their organisation."""
    return (
        actor.person_id == person.id
        or actor.came_by(LINK, person.id)
        or actor.acts_for(person.organisation_id)
    )


def span_for(db: Session, *, person: Person, span_id: int) -> AvailabilitySpan:
    """One of the person's own spans. Raises `NotFound`."""
    row = db.get(AvailabilitySpan, span_id)
    if row is None or row.person_id != person.id:
        raise NotFound
    return row


def spans_of(db: Session, *, person: Person, since: date | None = None) -> list[AvailabilitySpan]:
    """The person's spans in order; with `since` only those that reach that day or later."""
    query = select(AvailabilitySpan).where(AvailabilitySpan.person_id == person.id)
    if since is not None:
        query = query.where(AvailabilitySpan.last_day >= since)
    return list(db.scalars(query.order_by(AvailabilitySpan.first_day, AvailabilitySpan.id)))


def patterns_of(db: Session, *, person: Person) -> list[AvailabilityPattern]:
    """What comes back for this person, in the order in which it was said."""
    return list(
        db.scalars(
            select(AvailabilityPattern)
            .where(AvailabilityPattern.person_id == person.id)
            .order_by(AvailabilityPattern.id)
        )
    )


def pattern_for(db: Session, *, person: Person, pattern_id: int) -> AvailabilityPattern:
    """One of the person's own patterns. Raises `NotFound`."""
    row = db.get(AvailabilityPattern, pattern_id)
    if row is None or row.person_id != person.id:
        raise NotFound
    return row


def school_holidays(
    db: Session, *, country: str | None = None, since: date | None = None
) -> Sequence[SchoolHoliday]:
    """The school holidays of one country, or of all, by country and day."""
    query = select(SchoolHoliday).order_by(SchoolHoliday.country, SchoolHoliday.first_day, SchoolHoliday.id)
    if country is not None:
        query = query.where(SchoolHoliday.country == country)
    if since is not None:
        query = query.where(SchoolHoliday.last_day >= since)
    return db.scalars(query).all()


def school_holiday(db: Session, holiday_id: int) -> SchoolHoliday:
    """Raises `NotFound`."""
    found = db.get(SchoolHoliday, holiday_id)
    if found is None:
        raise NotFound
    return found


def worked_holidays_of(db: Session, *, person: Person) -> frozenset[date]:
    """The holidays on which the person works or travels all the same."""
    return frozenset(db.scalars(select(WorkedHoliday.day).where(WorkedHoliday.person_id == person.id)))


def days_said(rows: Iterable[AvailabilitySpan], kind: str) -> Spans:
    """The days of one kind among a person's rows, as a normal form."""
    return merge(Span(row.first_day, row.last_day) for row in rows if row.kind == kind)


def _closures(db: Session, first: date, last: date, country: str | None = None) -> list[Closure]:
    query = select(Closure).where(Closure.first_day <= last, Closure.last_day >= first)
    if country is not None:
        query = query.where(or_(Closure.country == "", Closure.country == country))
    return list(db.scalars(query.order_by(Closure.first_day, Closure.id)))
