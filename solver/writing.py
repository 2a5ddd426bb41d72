"""Values in, documents out: what `solver.reading` reads back as the same values, byte for byte stable.

Keys stand in the format's order, rows in their own, sets sorted; what equals its default is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from solver.reading import round_document, schedule_document
from solver.round import (
    Fund,
    Organisation,
    Person,
    Pin,
    Place,
    PublishedSession,
    Round,
    Span,
    Venue,
    Weights,
    Workshop,
)
from solver.schedule import Schedule, Session, Unscheduled
from solver.wording import instant


def write_round(round: Round) -> bytes:
    """A round as a `planning-round/1` document."""
    document = {
        "format": round_document.FORMAT,
        "id": round.id,
        "title": round.title,
        "currency": round.currency,
        "first_day": _when(round.first_day),
        "last_day": _when(round.last_day),
        "rules": {
            "base_fare": round.rules.base_fare,
            "fare_per_100_km": round.rules.fare_per_100_km,
            "per_diem": round.rules.per_diem,
            "weights": _weights(round.rules.weights),
        },
        "places": [_place(place) for place in round.places.values()],
        "venues": [_venue(venue) for venue in round.venues.values()],
        "organisations": [_organisation(each) for each in round.organisations.values()],
        "people": [_person(person) for person in round.people.values()],
        "workshops": [_workshop(workshop) for workshop in round.workshops.values()],
        "funds": [_fund(fund) for fund in round.funds.values()],
        "pins": [_pin(pin) for pin in round.pins],
        "published": None
        if round.published is None
        else [_published(session) for session in round.published],
    }
    return _document(document)


def write_schedule(schedule: Schedule) -> bytes:
    """A schedule as a `schedule/1` document."""
    document = {
        "format": schedule_document.FORMAT,
        "round": schedule.round,
        "sessions": [_session(session) for session in schedule.sessions],
        "unscheduled": [_unscheduled(each) for each in schedule.unscheduled],
        "objective": schedule.objective,
        "bound": schedule.bound,
        "cost": schedule.cost,
    }
    return _document(document)


def _document(document: Mapping[str, Any]) -> bytes:
    """One line per row of each list, so that two documents can be compared line by line."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            rows = ",\n".join(f"  {_line(row)}" for row in value)
            parts.append(f" {_line(key)}: [\n{rows}\n ]")
        else:
            parts.append(f" {_line(key)}: {_line(value)}")
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


# -- values --------------------------------------------------------------------


def _when(at: date | datetime) -> str:
    return instant(at) if isinstance(at, datetime) else at.isoformat()


def _span(span: Span) -> list[str]:
    return [_when(span.first), _when(span.last)]


def _spans(spans: Iterable[Span]) -> list[list[str]]:
    return [_span(span) for span in spans]


def _unless_default(row: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """A row without the keys that equal their default."""
    return {key: value for key, value in row.items() if key not in defaults or value != defaults[key]}


# -- the round -------------------------------------------------------------------

_PLACE_DEFAULTS = {"holidays": [], "weekend": [6, 7]}
_VENUE_DEFAULTS: dict[str, Any] = {"closed": []}
_PERSON_DEFAULTS = {
    "unavailable": [],
    "preferred": [],
    "teaches": {},
    "fee_per_day": 0,
    "max_workshops": 4,
    "max_days_away": 40,
    "wants": {},
    "max_seats": 2,
    "online_only": False,
    "if_need_be": [],
    "rather_not": [],
    "entry": {},
    "not_before": None,
}
_WORKSHOP_DEFAULTS = {"budget": None, "follows": None, "nominated": None}
_PIN_DEFAULTS: dict[str, Any] = {"venue": None, "start": None, "team": [], "seats": [], "held": None}


def _weights(weights: Weights) -> dict[str, Any]:
    return _unless_default(asdict(weights), {"reluctance": 0})


def _place(place: Place) -> dict[str, Any]:
    row = {
        "id": place.id,
        "name": place.name,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "timezone": place.timezone,
        "holidays": [_when(day) for day in sorted(place.holidays)],
        "weekend": sorted(place.weekend),
    }
    return _unless_default(row, _PLACE_DEFAULTS)


def _venue(venue: Venue) -> dict[str, Any]:
    row = {
        "id": venue.id,
        "name": venue.name,
        "place": venue.place,
        "seats": venue.seats,
        "cost_per_day": venue.cost_per_day,
        "closed": _spans(venue.closed),
    }
    return _unless_default(row, _VENUE_DEFAULTS)


def _organisation(organisation: Organisation) -> dict[str, Any]:
    return {
        "id": organisation.id,
        "name": organisation.name,
        "kind": organisation.kind,
        "region": organisation.region,
        "place": organisation.place,
    }


def _person(person: Person) -> dict[str, Any]:
    row = {
        "id": person.id,
        "name": person.name,
        "organisation": person.organisation,
        "home": person.home,
        "languages": sorted(person.languages),
        "unavailable": _spans(person.unavailable),
        "preferred": _spans(person.preferred),
        "teaches": dict(person.teaches),
        "fee_per_day": person.fee_per_day,
        "max_workshops": person.max_workshops,
        "max_days_away": person.max_days_away,
        "wants": dict(person.wants),
        "max_seats": person.max_seats,
        "online_only": person.online_only,
        "if_need_be": _spans(person.if_need_be),
        "rather_not": sorted(person.rather_not),
        "entry": {country: first and _when(first) for country, first in person.entry.items()},
        "not_before": person.not_before and _when(person.not_before),
    }
    return _unless_default(row, _PERSON_DEFAULTS)


def _workshop(workshop: Workshop) -> dict[str, Any]:
    length = {"minutes": workshop.minutes} if workshop.online else {"days": workshop.days}
    follows = workshop.follows and {
        "workshop": workshop.follows.workshop,
        "min_days": workshop.follows.min_days,
        "max_days": workshop.follows.max_days,
        "graduates": workshop.follows.graduates,
    }
    row = {
        "id": workshop.id,
        "title": workshop.title,
        "requested_by": workshop.requested_by,
        "topic": workshop.topic,
        "kind": workshop.kind,
        "mode": workshop.mode,
        **length,
        "window": _span(workshop.window),
        "venues": list(workshop.venues),
        "languages": list(workshop.languages),
        "team": {"min": workshop.team.min, "max": workshop.team.max, "leads": workshop.team.leads},
        "seats": {"min": workshop.seats.min, "max": workshop.seats.max},
        "invited": list(workshop.invited),
        "seats_per_organisation": workshop.seats_per_organisation,
        "organisations_min": workshop.organisations_min,
        "priority": workshop.priority,
        "budget": workshop.budget,
        "follows": follows,
        "nominated": None if workshop.nominated is None else dict(workshop.nominated),
    }
    return _unless_default(row, _WORKSHOP_DEFAULTS)


def _fund(fund: Fund) -> dict[str, Any]:
    return {"id": fund.id, "title": fund.title, "workshops": list(fund.workshops), "amount": fund.amount}


def _pin(pin: Pin) -> dict[str, Any]:
    row = {
        "workshop": pin.workshop,
        "venue": pin.venue,
        "start": None if pin.start is None else _when(pin.start),
        "team": list(pin.team),
        "seats": list(pin.seats),
        "held": pin.held,
    }
    return _unless_default(row, _PIN_DEFAULTS)


def _published(session: PublishedSession) -> dict[str, Any]:
    """Roles are not kept: another role is no change. Any will do."""
    return {
        "workshop": session.workshop,
        "venue": session.venue,
        "start": _when(session.start),
        "team": [{"person": person, "role": "facilitator"} for person in session.team],
        "seats": list(session.seats),
    }


# -- the schedule ------------------------------------------------------------------


def _session(session: Session) -> dict[str, Any]:
    return {
        "workshop": session.workshop,
        "venue": session.venue,
        "start": _when(session.start),
        "team": [{"person": member.person, "role": member.role} for member in session.team],
        "seats": list(session.seats),
    }


def _unscheduled(left_out: Unscheduled) -> dict[str, Any]:
    return {
        "workshop": left_out.workshop,
        "reasons": [
            {
                "rule": reason.rule,
                "people": list(reason.people),
                "workshops": list(reason.workshops),
                "text": reason.text,
            }
            for reason in left_out.reasons
        ],
    }
