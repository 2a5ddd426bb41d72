"""What every schedule satisfies: the 19 rules, one module each, by name and in the format's order.

Each module opens with the rule in words and as a formula. In the formulas s is a session of
workshop w, p a person, D(s) the session's days (online: its UTC dates), B(s, p) the block that
a session in person takes of p, L(s, p) the local dates of a session online at p's home.

To add a rule: write its module here, add it below, give `solver.wording` a sentence for each
of its breaches, and give the engine its inequality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from solver.constraints import (
    available,
    budget,
    competence,
    entry,
    follows,
    languages,
    load,
    mix,
    notice,
    once,
    one_place_at_a_time,
    pins,
    seating,
    start_grid,
    team_size,
    venue,
    waking_hours,
    window,
    working_days,
)
from solver.round import Round
from solver.schedule import Schedule
from solver.violation import Violation

Rule = Callable[[Round, Schedule], Iterator[Violation]]

RULES: Mapping[str, Rule] = {
    window.NAME: window.violations,
    working_days.NAME: working_days.violations,
    venue.NAME: venue.violations,
    start_grid.NAME: start_grid.violations,
    team_size.NAME: team_size.violations,
    competence.NAME: competence.violations,
    languages.NAME: languages.violations,
    seating.NAME: seating.violations,
    mix.NAME: mix.violations,
    available.NAME: available.violations,
    one_place_at_a_time.NAME: one_place_at_a_time.violations,
    load.NAME: load.violations,
    follows.NAME: follows.violations,
    waking_hours.NAME: waking_hours.violations,
    budget.NAME: budget.violations,
    pins.NAME: pins.violations,
    once.NAME: once.violations,
    entry.NAME: entry.violations,
    notice.NAME: notice.violations,
}


def violations(round: Round, schedule: Schedule) -> Iterator[Violation]:
    """Every breach of every rule, in the order of the rules."""
    for rule in RULES.values():
        yield from rule(round, schedule)
