"""Every session that a workshop of a tiny round could have, for trying them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations

from solver.round import Round, Workshop
from solver.schedule import Session, TeamMember


def every_session(
    round: Round, workshop: Workshop, *, starts: Callable[[Workshop], Iterable[date | datetime]] | None = None
) -> Iterator[Session]:
    """Every start of the window (or of `starts`), venue, team of people who teach or learn, and seats."""
    people = list(round.people.values())
    teachers = [p for p in people if p.teaches or workshop.follows]
    for start in (starts or window_starts)(workshop):
        for venue in workshop.venues or (None,):
            for team in _subsets(teachers, workshop.team.max):
                able = [p for p in team if p.teaches.get(workshop.topic, 0) == 3]
                leads = {p.id for p in able[: workshop.team.leads]}
                members = tuple(TeamMember(p.id, "lead" if p.id in leads else "facilitator") for p in team)
                wanting = [p for p in people if p.wants and p not in team]
                for seats in _subsets(wanting, workshop.seats.max):
                    yield Session(workshop.id, venue, start, members, tuple(p.id for p in seats))


def window_starts(workshop: Workshop) -> Iterator[date | datetime]:
    """Every first day, or half hour, of a workshop's window."""
    for n in range((workshop.window.last - workshop.window.first).days + 1):
        day = workshop.window.first + timedelta(n)
        if workshop.online:
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            yield from (midnight + timedelta(minutes=30 * slot) for slot in range(48))
        else:
            yield day


def _subsets(people: list, most: int) -> Iterator[tuple]:
    return chain.from_iterable(combinations(people, size) for size in range(most + 1))
