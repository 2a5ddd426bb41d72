"""Rule `pins`: what a human has fixed stays so.

A pin's `venue` and `start` are the session's, its `team` and `seats` are among the session's,
`held` true or false decides whether there is one. Any key but `held: false` implies held.
Several pins for one workshop all hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from solver.round import Pin, Round
from solver.schedule import Schedule, Session
from solver.violation import Violation

NAME = "pins"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Pins that the schedule does not keep."""
    held = {session.workshop: session for session in reversed(schedule.sessions)}
    for pin in round.pins:
        session = held.get(pin.workshop)
        if session is None:
            if pin.demands_session:
                yield Violation(NAME, "not_held", pin.workshop)
        elif not pin.demands_session:
            yield Violation(NAME, "held", pin.workshop)
        else:
            yield from _moved(pin, session)


def _moved(pin: Pin, session: Session) -> Iterator[Violation]:
    if pin.venue is not None and session.venue != pin.venue:
        yield Violation(NAME, "venue", pin.workshop, facts={"pinned": pin.venue, "found": session.venue})
    if pin.start is not None and session.start != pin.start:
        yield Violation(NAME, "start", pin.workshop, facts={"pinned": pin.start, "found": session.start})
    missing_team = tuple(person for person in pin.team if person not in session.facilitators)
    if missing_team:
        yield Violation(NAME, "team", pin.workshop, missing_team)
    missing_seats = tuple(person for person in pin.seats if person not in session.seats)
    if missing_seats:
        yield Violation(NAME, "seats", pin.workshop, missing_seats)
