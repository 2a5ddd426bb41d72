"""Rule `team_size`: the team is neither too small nor too large, and has its leads.

Between `team.min` and `team.max` members, each person once, of whom at least `team.leads`
have the role lead.

    min_w <= |team(s)| <= max_w;   |{leads}| >= leads_w
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Facts, Violation

NAME = "team_size"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Teams of the wrong size, with too few leads, or with somebody in them twice."""
    for session in schedule.sessions:
        limits = round.workshops[session.workshop].team
        times = Counter(member.person for member in session.team)
        leads = {member.person for member in session.team if member.role == "lead"}
        twice = tuple(person for person, count in times.items() if count > 1)
        if twice:
            yield Violation(NAME, "twice", session.workshop, twice)
        if len(times) < limits.min:
            size: Facts = {"members": len(times), "least": limits.min}
            yield Violation(NAME, "too_few", session.workshop, facts=size)
        if len(times) > limits.max:
            size = {"members": len(times), "most": limits.max}
            yield Violation(NAME, "too_many", session.workshop, facts=size)
        if len(leads) < limits.leads:
            led: Facts = {"leads": len(leads), "least": limits.leads}
            yield Violation(NAME, "too_few_leads", session.workshop, facts=led)
