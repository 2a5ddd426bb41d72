"""Rule `mix`: seats are spread over organisations.

No organisation has more than `seats_per_organisation` seats; at least `organisations_min`
organisations have one.

    |{p ∈ seats(s): organisation(p) = o}| <= seats_per_organisation_w      for each organisation o
    |{organisation(p): p ∈ seats(s)}| >= organisations_min_w
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Facts, Violation

NAME = "mix"


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Organisations with too many seats, sessions with too few organisations."""
    for session in schedule.sessions:
        workshop = round.workshops[session.workshop]
        seated: dict[str, list[str]] = defaultdict(list)
        for person in dict.fromkeys(session.seats):
            seated[round.people[person].organisation].append(person)
        most = workshop.seats_per_organisation
        for organisation, people in seated.items():
            if len(people) > most:
                facts: Facts = {"organisation": organisation, "seated": len(people), "most": most}
                yield Violation(NAME, "too_many_of_one", session.workshop, tuple(people), facts=facts)
        if len(seated) < workshop.organisations_min:
            spread: Facts = {"organisations": len(seated), "least": workshop.organisations_min}
            yield Violation(NAME, "too_few_organisations", session.workshop, facts=spread)
