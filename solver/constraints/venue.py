"""Rule `venue`: a session in person has a venue that is offered, open, free and large enough.

It is one of the workshop's venues, not closed on any of the session's days, and hosts no
other session on them; seats taken do not exceed its seats. A session online has no venue.

    v(s) ∈ venues(w);   D(s) ∩ closed(v) = ∅;   |seats(s)| <= seats(v)
    D(s) ∩ D(t) = ∅                                 for sessions s ≠ t at the same venue
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from solver.derived import days_of
from solver.round import Round, Span
from solver.schedule import Schedule, Session
from solver.violation import Facts, Violation

NAME = "venue"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions without a right venue, and pairs of sessions that share one on a day."""
    taken: dict[str, list[tuple[Span, str]]] = defaultdict(list)
    for session in schedule.sessions:
        workshop = round.workshops[session.workshop]
        if workshop.online:
            if session.venue is not None:
                yield Violation(NAME, "online", session.workshop, facts={"venue": session.venue})
        elif session.venue is None:
            yield Violation(NAME, "none", session.workshop)
        else:
            days = days_of(workshop, session.start)
            taken[session.venue].append((days, session.workshop))
            yield from _unfit(round, session, session.venue, days)
    for venue, bookings in taken.items():
        yield from _shared(venue, bookings)


def _unfit(round: Round, session: Session, venue_id: str, days: Span) -> Iterator[Violation]:
    venue = round.venues[venue_id]
    if venue_id not in round.workshops[session.workshop].venues:
        yield Violation(NAME, "not_offered", session.workshop, facts={"venue": venue_id})
    for closed in venue.closed:
        if closed.overlaps(days):
            facts: Facts = {"venue": venue_id, "first_day": closed.first, "last_day": closed.last}
            yield Violation(NAME, "closed", session.workshop, facts=facts)
    seated = len(set(session.seats))
    if seated > venue.seats:
        room: Facts = {"venue": venue_id, "seated": seated, "most": venue.seats}
        yield Violation(NAME, "too_small", session.workshop, facts=room)


def _shared(venue: str, bookings: list[tuple[Span, str]]) -> Iterator[Violation]:
    bookings.sort(key=lambda booking: booking[0].first)
    for index, (days, workshop) in enumerate(bookings):
        for later_days, later in bookings[index + 1 :]:
            if later_days.first > days.last:
                break
            facts: Facts = {"venue": venue, "day": later_days.first}
            yield Violation(NAME, "taken", later, workshops=(workshop,), facts=facts)
