"""What follows from a round by arithmetic: distances, fares, blocks, local times, costs.

The section "Derived quantities" of the format, one function each. Everything here
is a pure function of its arguments; those that are asked for again and again are
cached by plain numbers and names.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from math import asin, ceil, cos, radians, sin, sqrt
from typing import Protocol

from solver.round import Place, Round, Span, Workshop
from solver.schedule import Schedule, Session
from solver.zones import zone

EARTH_RADIUS_KM = 6371.0088  # mean radius of WGS 84
NEAR_KM = 3_000  # up to here a trip takes one day, beyond it two
ONLINE_DAY_MINUTES = 480  # an online fee is paid per started day of this length

WAKING_HOURS = (6, 22)  # local hours an online session must lie in
OFFICE_HOURS = (8, 18)  # local hours it should lie in

_HOUR = timedelta(hours=1)
_TICK = timedelta(microseconds=1)


class Fares(Protocol):
    """What travelling costs: the rules of a round, or the prices of a needs call."""

    @property
    def base_fare(self) -> int: ...
    @property
    def fare_per_100_km(self) -> int: ...
    @property
    def per_diem(self) -> int: ...


# -- travel -----------------------------------------------------------------


@cache
def _haversine(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    phi_a, phi_b = radians(lat_a), radians(lat_b)
    half_phi, half_lambda = (phi_b - phi_a) / 2, radians(lon_b - lon_a) / 2
    h = sin(half_phi) ** 2 + cos(phi_a) * cos(phi_b) * sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, h)))  # rounding may lift h just above 1


def km(a: Place, b: Place) -> float:
    """Great-circle distance between two places, in km (haversine formula)."""
    return _haversine(a.latitude, a.longitude, b.latitude, b.longitude)


def travel_days(a: Place, b: Place) -> int:
    """Days one way: 0 within one place, 1 up to 3,000 km, 2 beyond."""
    if a.id == b.id:
        return 0
    return 1 if km(a, b) <= NEAR_KM else 2


def fare(rules: Fares, a: Place, b: Place) -> int:
    """One-way fare: 0 within one place, else the base fare and a sum per started 100 km."""
    if a.id == b.id:
        return 0
    return rules.base_fare + rules.fare_per_100_km * ceil(km(a, b) / 100)


def days_away(home: Place, place: Place, days: int) -> int:
    """Days away from home for an in-person session of `days` days; 0 at home."""
    return 0 if home.id == place.id else days + 2 * travel_days(home, place)


def block(home: Place, place: Place, first_day: date, days: int) -> Span:
    """The dates that an in-person session takes from a person, travel included."""
    travel = travel_days(home, place)
    return Span(first_day - timedelta(travel), first_day + timedelta(days - 1 + travel))


def country_entered(home: Place, place: Place) -> str | None:
    """The country that somebody has to enter to get from home to a place; `None` within one country."""
    return None if home.country == place.country else place.country


def trip_cost(rules: Fares, home: Place, place: Place, days: int) -> int:
    """Two fares and the daily allowance of one person at an in-person session."""
    return 2 * fare(rules, home, place) + rules.per_diem * days_away(home, place, days)


# -- local time -------------------------------------------------------------


def _stretches(timezone: str, start: datetime, minutes: int) -> Iterator[tuple[datetime, datetime]]:
    """Local wall-clock stretches `[from, to)` of an online session, as naive datetimes.

    There are two of them where the clocks change during the session, else one. (No
    zone changes its clocks twice within the 16 hours that a session may last.)
    """
    zone_of_home = zone(timezone)
    end = start + timedelta(minutes=minutes)

    def local(instant: datetime, offset: timedelta) -> datetime:
        return instant.replace(tzinfo=None) + offset

    def offset_at(instant: datetime) -> timedelta:
        return instant.astimezone(zone_of_home).utcoffset() or timedelta()

    before, after = offset_at(start), offset_at(end - _TICK)
    if before == after:
        yield local(start, before), local(end, before)
        return
    # Bisect for the second in which the clocks change.
    early, late = 0, minutes * 60
    while late - early > 1:
        middle = (early + late) // 2
        if offset_at(start + timedelta(seconds=middle)) == before:
            early = middle
        else:
            late = middle
    change = start + timedelta(seconds=late)
    yield local(start, before), local(change, before)
    yield local(change, after), local(end, after)


def dates_between(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


@lru_cache(maxsize=1 << 16)
def local_dates(timezone: str, start: datetime, minutes: int) -> tuple[date, ...]:
    """The calendar dates that an online session touches in a time zone, in order; its end is exclusive."""
    touched = {
        day
        for begins, ends in _stretches(timezone, start, minutes)
        for day in dates_between(begins.date(), (ends - _TICK).date())
    }
    return tuple(sorted(touched))


def utc_dates(start: datetime, minutes: int) -> Span:
    """The UTC dates that an online session touches; its end is exclusive."""
    return Span(start.date(), (start + timedelta(minutes=minutes) - _TICK).date())


@lru_cache(maxsize=1 << 16)
def in_waking_hours(timezone: str, start: datetime, minutes: int) -> bool:
    """Whether an online session lies between 06:00 and 22:00 local time (22:00 sharp is inside)."""
    opens, closes = WAKING_HOURS
    return all(
        begins.hour >= opens and ends <= datetime.combine(begins.date(), time(closes))
        for begins, ends in _stretches(timezone, start, minutes)
    )


@lru_cache(maxsize=1 << 16)
def discomfort_hours(timezone: str, start: datetime, minutes: int) -> int:
    """Started hours of an online session before 08:00 and after 18:00 local time.

    The minutes outside are added first, then rounded up to whole hours.
    """
    opens, closes = OFFICE_HOURS
    outside = timedelta()
    for begins, ends in _stretches(timezone, start, minutes):
        inside = timedelta()
        for day in dates_between(begins.date(), ends.date()):
            opening, closing = datetime.combine(day, time(opens)), datetime.combine(day, time(closes))
            inside += max(timedelta(), min(ends, closing) - max(begins, opening))
        outside += ends - begins - inside
    return -(-outside // _HOUR)


# -- sessions ---------------------------------------------------------------


def place_of(round: Round, session: Session) -> Place | None:
    """Where a session takes place; `None` online, and in person while no venue is named."""
    if round.workshops[session.workshop].online or session.venue is None:
        return None
    return round.places[round.venues[session.venue].place]


def days_of(workshop: Workshop, start: date | datetime) -> Span:
    """The days of a session: its dates in person, its UTC dates online."""
    if isinstance(start, datetime):
        return utc_dates(start, workshop.minutes)
    return Span(start, start + timedelta(workshop.days - 1))


def online_fee_days(minutes: int) -> int:
    """Started days of 480 minutes."""
    return -(-minutes // ONLINE_DAY_MINUTES)


def session_cost(round: Round, session: Session) -> int:
    """What a session costs: venue, fees, fares and daily allowances."""
    workshop = round.workshops[session.workshop]
    team = [round.people[member.person] for member in session.team]
    if workshop.online:
        return online_fee_days(workshop.minutes) * sum(person.fee_per_day for person in team)

    cost = workshop.days * sum(person.fee_per_day for person in team)
    place = place_of(round, session)
    if place is not None and session.venue is not None:
        cost += workshop.days * round.venues[session.venue].cost_per_day
        for person in [*team, *(round.people[seat] for seat in session.seats)]:
            cost += trip_cost(round.rules, round.places[person.home], place, workshop.days)
    return cost


def total_cost(round: Round, schedule: Schedule) -> int:
    """What all sessions of a schedule cost together."""
    return sum(session_cost(round, session) for session in schedule.sessions)
