"""Rule `competence`: who is in a team can teach its topic.

A lead teaches the topic at 3; a facilitator teaches it at 2 or 3, or is a graduate: holds a
seat in the workshop that this one follows (rule `follows`).

    teaches(p, topic) >= 3                          for each lead p
    teaches(p, topic) >= 2  or  p ∈ seats(parent)   for each facilitator p
"""

from __future__ import annotations

from collections.abc import Iterator

from solver.constraints.follows import graduates_by_workshop
from solver.round import FACILITATES, MAY_LEAD, Round
from solver.schedule import Schedule
from solver.violation import Facts, Violation

NAME = "competence"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Leads who may not lead, facilitators who neither teach the topic nor are graduates."""
    graduates = graduates_by_workshop(round, schedule)
    for session in schedule.sessions:
        topic = round.workshops[session.workshop].topic
        trained = graduates.get(session.workshop, frozenset())
        cannot_lead, cannot_facilitate = [], []
        for member in session.team:
            level = round.people[member.person].teaches.get(topic, 0)
            if member.role == "lead":
                if level < MAY_LEAD:
                    cannot_lead.append(member.person)
            elif level < FACILITATES and member.person not in trained:
                cannot_facilitate.append(member.person)
        facts: Facts = {"topic": topic}
        if cannot_lead:
            yield Violation(NAME, "cannot_lead", session.workshop, tuple(cannot_lead), facts=facts)
        if cannot_facilitate:
            yield Violation(
                NAME, "cannot_facilitate", session.workshop, tuple(cannot_facilitate), facts=facts
            )
