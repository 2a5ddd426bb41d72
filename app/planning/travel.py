"""How many days somebody is away for a session, as the planner counts them."""

from __future__ import annotations

from datetime import date

from app.network.models import Place
from solver import round as planner
from solver.derived import block


def days_away(home: Place, place: Place, first_day: date, last_day: date) -> tuple[date, date]:
    """The days of a session in person with those of the journey there and back, both ends included."""
    days = (last_day - first_day).days + 1
    span = block(_as_planned(home), _as_planned(place), first_day, days)
    return span.first, span.last


def _as_planned(place: Place) -> planner.Place:
    return planner.Place(
        place.code, place.name, place.country, place.latitude, place.longitude, place.timezone
    )
