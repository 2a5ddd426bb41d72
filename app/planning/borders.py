"""What notice and borders leave of people's time in a round, with what they have been told already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.network.models import Venue
from app.planning.commitments import Announced
from app.travel.queries import TravelLimits, limits_for_planning

TRAVEL = timedelta(days=2)
"""People leave home at most so long before a session."""


def limits_of(
    db: Session,
    *,
    person_ids: Iterable[int],
    venues: Iterable[Venue],
    announced: Iterable[Announced],
    today: date,
) -> Mapping[int, TravelLimits]:
    """By person id, what binds them if they are told today.

    Whoever has been told of a session already has had their notice, and time for its visa: it is not taken
    from them because it is near by now.
    """
    countries = {venue.id: venue.place.country for venue in venues}
    found = limits_for_planning(db, list(person_ids), set(countries.values()), today)
    for session in announced:
        day = session.start.date() if isinstance(session.start, datetime) else session.start
        leaves = day - TRAVEL
        country = None if session.venue_id is None else countries.get(session.venue_id)
        for person in {*(person for person, _ in session.team), *session.seats} & found.keys():
            found[person] = _told(found[person], leaves, country)
    return found


def _told(limits: TravelLimits, leaves: date, country: str | None) -> TravelLimits:
    not_before = None if limits.not_before is None else min(limits.not_before, leaves)
    entry = dict(limits.entry)
    opens = entry.get(country or "")
    if country is not None and opens is not None:
        entry[country] = min(opens, leaves)
    return replace(limits, entry=entry, not_before=not_before)
