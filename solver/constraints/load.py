"""Rule `load`: nobody is asked for too much.

A person facilitates at most `max_workshops` sessions and is at most `max_days_away` days away
for them, and takes at most `max_seats` seats.

    Σ_s [p ∈ team(s)] <= max_workshops_p
    Σ_s [p ∈ team(s)] * days_away(p, s) <= max_days_away_p
    Σ_s [p ∈ seats(s)] <= max_seats_p
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from solver.derived import days_away, place_of
from solver.round import Round
from solver.schedule import Schedule, Session
from solver.violation import Violation

NAME = "load"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """People who facilitate too often, are away for too long, or take too many seats."""
    teams: dict[str, list[Session]] = defaultdict(list)
    seats: dict[str, list[Session]] = defaultdict(list)
    for session in schedule.sessions:
        for person in session.facilitators:
            teams[person].append(session)
        for person in dict.fromkeys(session.seats):
            seats[person].append(session)

    for person, sessions in teams.items():
        limits = round.people[person]
        away = sum(_days_away(round, session, person) for session in sessions)
        if len(sessions) > limits.max_workshops:
            yield _breach("too_many_sessions", person, sessions, len(sessions), limits.max_workshops)
        if away > limits.max_days_away:
            yield _breach("too_many_days_away", person, sessions, away, limits.max_days_away)
    for person, sessions in seats.items():
        most = round.people[person].max_seats
        if len(sessions) > most:
            yield _breach("too_many_seats", person, sessions, len(sessions), most)


def _days_away(round: Round, session: Session, person: str) -> int:
    place = place_of(round, session)
    if place is None:
        return 0
    home = round.places[round.people[person].home]
    return days_away(home, place, round.workshops[session.workshop].days)


def _breach(breach: str, person: str, sessions: list[Session], taken: int, most: int) -> Violation:
    workshops = tuple(session.workshop for session in sessions)
    return Violation(NAME, breach, None, (person,), workshops, {"taken": taken, "most": most})
