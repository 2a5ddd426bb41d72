"""Rule `languages`: the team speaks every working language, and everybody speaks one of them.

∪ languages(p), p ∈ team(s)  ⊇  languages(w)
languages(p) ∩ languages(w) ≠ ∅                 for each person p in team or seats
"""

from __future__ import annotations

from collections.abc import Iterator

from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Violation

NAME = "languages"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Working languages that nobody in the team speaks, and people who speak none of them."""
    for session in schedule.sessions:
        wanted = round.workshops[session.workshop].languages
        spoken = {language for person in session.facilitators for language in round.people[person].languages}
        unspoken = tuple(language for language in wanted if language not in spoken)
        if unspoken:
            yield Violation(NAME, "unspoken", session.workshop, facts={"languages": unspoken})
        lost = tuple(p for p in session.people if round.people[p].languages.isdisjoint(wanted))
        if lost:
            yield Violation(NAME, "not_shared", session.workshop, lost, facts={"languages": wanted})
