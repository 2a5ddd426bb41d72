"""Rule `seating`: the right number of the right people are seated.

Between `seats.min` and `seats.max` people, each once; each is of an invited organisation,
is nominated (where nobody is: wants the topic), is not in the team, and holds no other seat in
the same topic in this round.

    min_w <= |seats(s)| <= max_w
    organisation(p) ∈ invited(w);   need(s, p) >= 1;        p ∉ team(s)      for each p ∈ seats(s)
    Σ_s [p ∈ seats(s)] <= 1                         for each person p, over the sessions of a topic
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from solver.round import Round
from solver.schedule import Schedule, Session
from solver.violation import Facts, Violation

NAME = "seating"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Sessions with too few or too many seats taken, and people who should not sit where they do."""
    for session in schedule.sessions:
        yield from _of_session(round, session)
    yield from _seats_in_one_topic(round, schedule)


def _of_session(round: Round, session: Session) -> Iterator[Violation]:
    workshop = round.workshops[session.workshop]
    times = Counter(session.seats)
    seated = len(times)
    if seated < workshop.seats.min:
        yield _breach("too_few", session, (), seated=seated, least=workshop.seats.min)
    if seated > workshop.seats.max:
        yield _breach("too_many", session, (), seated=seated, most=workshop.seats.max)

    invited = frozenset(workshop.invited)
    team = frozenset(session.facilitators)
    people = {person: round.people[person] for person in times}
    lacking = "not_wanted" if workshop.nominated is None else "not_nominated"
    wrong = {
        "twice": [p for p, count in times.items() if count > 1],
        "not_invited": [p for p, person in people.items() if person.organisation not in invited],
        lacking: [p for p, person in people.items() if workshop.need_of(person) < 1],
        "in_team": [p for p in times if p in team],
    }
    for breach, persons in wrong.items():
        if persons:
            yield _breach(breach, session, persons, topic=workshop.topic)


def _breach(breach: str, session: Session, people: Iterable[str], **facts: int | str) -> Violation:
    return Violation(NAME, breach, session.workshop, tuple(people), facts=facts)


def _seats_in_one_topic(round: Round, schedule: Schedule) -> Iterator[Violation]:
    sat_in: dict[tuple[str, str], int] = {}  # (person, topic) -> number of the session they first sit in
    again: dict[tuple[int, int], list[str]] = defaultdict(list)
    for number, session in enumerate(schedule.sessions):
        topic = round.workshops[session.workshop].topic
        for person in dict.fromkeys(session.seats):
            first = sat_in.setdefault((person, topic), number)
            if first != number:
                again[first, number].append(person)
    for (first, number), people in again.items():
        session, other = schedule.sessions[number], schedule.sessions[first]
        facts: Facts = {"topic": round.workshops[session.workshop].topic}
        yield Violation(NAME, "same_topic", session.workshop, tuple(people), (other.workshop,), facts)
