"""What the pictures of a schedule show: where sessions are and who travels how far, whom they serve, when
they are, and what becomes of the funds. Read from its two documents alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.planning.draft_writer import document_bytes
from solver import Round, Schedule, read_round, read_schedule
from solver.derived import days_of, session_cost
from solver.derived import km as km_between


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A place with sessions: how many, and how far those who come travel one way, in km."""

    name: str
    country: str
    latitude: float
    longitude: float
    sessions: int
    people: int
    mean_km: int
    farthest_km: int


@dataclass(frozen=True, slots=True)
class CountryServed:
    """Of the people at home in a country: wishes for topics of the round, and those that a seat fulfils."""

    country: str
    wished: int
    served: int


@dataclass(frozen=True, slots=True)
class Span:
    """A session on the ribbon."""

    label: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class FundOverTime:
    """What a fund had, and what is left of it after each session that it pays, in order of time."""

    title: str
    amount: int
    left: tuple[tuple[date, str, int], ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    first_day: date
    last_day: date
    currency: str
    places: tuple[PlaceShown, ...]
    countries: tuple[CountryServed, ...]
    regions: tuple[tuple[str, tuple[Span, ...]], ...]
    funds: tuple[FundOverTime, ...]


def pictures_of(
    round_document: Mapping[str, Any], schedule_document: Mapping[str, Any], titles: Mapping[str, str]
) -> Pictures:
    """The values of all pictures; `titles` replaces titles by code, for the reader's language."""
    planned = read_round(document_bytes(round_document))
    schedule = read_schedule(document_bytes(schedule_document), planned)
    names = {code: titles.get(code) or workshop.title for code, workshop in planned.workshops.items()}
    return Pictures(
        first_day=planned.first_day,
        last_day=planned.last_day,
        currency=planned.currency,
        places=_places(planned, schedule),
        countries=_countries(planned, schedule),
        regions=_regions(planned, schedule, names),
        funds=_funds(planned, schedule, names),
    )


def _places(planned: Round, schedule: Schedule) -> tuple[PlaceShown, ...]:
    """The places in person, those with most sessions first."""
    sessions: Counter[str] = Counter()
    journeys: dict[str, list[float]] = defaultdict(list)
    for session in schedule.sessions:
        if session.venue is None:
            continue
        code = planned.venues[session.venue].place
        sessions[code] += 1
        for person in (*session.facilitators, *session.seats):
            home = planned.places[planned.people[person].home]
            journeys[code].append(km_between(home, planned.places[code]))
    found = []
    for code, count in sessions.items():
        place, km = planned.places[code], journeys[code] or [0.0]
        found.append(
            PlaceShown(
                place.name,
                place.country,
                place.latitude,
                place.longitude,
                count,
                len(journeys[code]),
                round(sum(km) / len(km)),
                round(max(km)),
            )
        )
    return tuple(sorted(found, key=lambda place: (-place.sessions, place.name)))


def _countries(planned: Round, schedule: Schedule) -> tuple[CountryServed, ...]:
    """The countries with wishes for what the round offers, those with most first."""
    offered = {workshop.topic for workshop in planned.workshops.values()}
    seated: dict[str, set[str]] = defaultdict(set)
    for session in schedule.sessions:
        for seat in session.seats:
            seated[seat].add(planned.workshops[session.workshop].topic)
    wished: Counter[str] = Counter()
    served: Counter[str] = Counter()
    for code, person in planned.people.items():
        country = planned.places[person.home].country
        wants = set(person.wants) & offered
        wished[country] += len(wants)
        served[country] += len(wants & seated[code])
    rows = [CountryServed(country, count, served[country]) for country, count in wished.items() if count]
    return tuple(sorted(rows, key=lambda row: (-row.wished, row.country)))


def _regions(
    planned: Round, schedule: Schedule, names: Mapping[str, str]
) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    """The sessions by the region of whoever asked for them, in order of time."""
    found: dict[str, list[Span]] = defaultdict(list)
    for session in schedule.sessions:
        workshop = planned.workshops[session.workshop]
        days = days_of(workshop, session.start)
        region = planned.organisations[workshop.requested_by].region
        found[region].append(Span(names[session.workshop], days.first, days.last))
    return tuple(
        (region, tuple(sorted(spans, key=lambda span: (span.first, span.label))))
        for region, spans in sorted(found.items())
    )


def _funds(planned: Round, schedule: Schedule, names: Mapping[str, str]) -> tuple[FundOverTime, ...]:
    """The funds by title; a workshop that two of them name counts in full in both, as in the draft."""
    when = sorted(
        (days_of(planned.workshops[each.workshop], each.start).first, each.workshop, each)
        for each in schedule.sessions
    )
    found = []
    for fund in planned.funds.values():
        left, steps = fund.amount, []
        for day, code, session in when:
            if code in fund.workshops:
                left -= session_cost(planned, session)
                steps.append((day, names[code], left))
        found.append(FundOverTime(fund.title, fund.amount, tuple(steps)))
    return tuple(sorted(found, key=lambda fund: fund.title))
