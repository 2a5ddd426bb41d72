"""Rule `one_place_at_a_time`: a person is in one place at a time, team and seats alike.

The blocks of one person never share a date; no local date of a person's session online is in
one of that person's blocks; two sessions online of a person do not overlap in time.

    B(s, p) ∩ B(t, p) = ∅                           s, t in person
    B(s, p) ∩ L(t, p) = ∅                           s in person, t online
    [start(s), end(s)) ∩ [start(t), end(t)) = ∅     s, t online
                                                    for each person p in sessions s ≠ t
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from solver.derived import block, local_dates, place_of
from solver.round import Person, Round, Span
from solver.schedule import Schedule, Session
from solver.violation import Violation

NAME = "one_place_at_a_time"


@dataclass(frozen=True, slots=True)
class Engagement:
    """What one session takes of one person: a block of dates, or a stretch of time online.

    `span` encloses the dates touched; online, `dates` are exactly those, at the person's home.
    """

    session: int  # its number in the schedule
    span: Span
    start: datetime | None = None
    end: datetime | None = None
    dates: tuple[date, ...] = ()

    def clashes_with(self, other: Engagement) -> bool:
        """Whether nobody can keep both."""
        if self.start and self.end and other.start and other.end:
            return self.start < other.end and other.start < self.end
        if self.dates:
            return any(day in other.span for day in self.dates)
        if other.dates:
            return any(day in self.span for day in other.dates)
        return self.span.overlaps(other.span)


def engagement(round: Round, number: int, session: Session, person: Person) -> Engagement:
    """What a session, the schedule's `number`-th, takes of a person in it."""
    workshop = round.workshops[session.workshop]
    home = round.places[person.home]
    if isinstance(session.start, datetime):
        dates = local_dates(home.timezone, session.start, workshop.minutes)
        end = session.start + timedelta(minutes=workshop.minutes)
        return Engagement(number, Span(dates[0], dates[-1]), session.start, end, dates)
    place = place_of(round, session) or home
    return Engagement(number, block(home, place, session.start, workshop.days))


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Pairs of sessions that somebody would have to attend at once."""
    engagements: dict[str, list[Engagement]] = defaultdict(list)
    for number, session in enumerate(schedule.sessions):
        for person in session.people:
            engagements[person].append(engagement(round, number, session, round.people[person]))

    torn: dict[tuple[int, int], list[str]] = defaultdict(list)
    for person, engaged in engagements.items():
        for one, other in _clashes(engaged):  # whose journey begins first depends on where they live
            torn[min(one.session, other.session), max(one.session, other.session)].append(person)
    for (number, other_number), people in torn.items():
        first, second = schedule.sessions[number], schedule.sessions[other_number]
        yield Violation(NAME, "clash", second.workshop, tuple(people), (first.workshop,))


def _clashes(engaged: list[Engagement]) -> Iterator[tuple[Engagement, Engagement]]:
    engaged.sort(key=lambda each: each.span.first)
    for index, one in enumerate(engaged):
        for other in engaged[index + 1 :]:
            if other.span.first > one.span.last:
                break
            if one.clashes_with(other):
                yield one, other
