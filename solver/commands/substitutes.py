"""`substitutes`: who could take one place in one team, the best first, with what each would cost."""

from __future__ import annotations

import argparse
import json
import sys

from solver.commands.common import (
    MALFORMED,
    RIGHT,
    Commands,
    command,
    print_lines,
    the_round,
    the_schedule,
)
from solver.substitutes import Substitute, substitutes

DESCRIPTION = """\
Who could take a person's place in the team of a workshop while everything else stays: a JSON list, the
best first, of person, role, objective (by how much the schedule's objective rises, in hundredths of a
point), terms (the same by term), cost (money more) and team (as it is then). Nobody in the list breaks a
rule that is not broken already.
"""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands, "substitutes", does="list who could take a place in a team", description=DESCRIPTION
    )
    parser.add_argument("schedule", metavar="SCHEDULE.json", help="a schedule/1 document")
    parser.add_argument("workshop", metavar="WORKSHOP", help="the id of a workshop that is held")
    parser.add_argument("person", metavar="PERSON", help="the id of somebody in its team")


def run(arguments: argparse.Namespace) -> int:
    """List the substitutes."""
    round = the_round(arguments.round)
    schedule = the_schedule(arguments.schedule, round)
    try:
        found = substitutes(round, schedule, arguments.workshop, arguments.person)
    except LookupError as error:
        print_lines([str(error.args[0])], sys.stderr)
        return MALFORMED
    rows = ",\n".join(f"  {json.dumps(_row(each), ensure_ascii=False)}" for each in found)
    print_lines([f"[\n{rows}\n]" if rows else "[]"])
    return RIGHT


def _row(substitute: Substitute) -> dict[str, object]:
    team = [{"person": member.person, "role": member.role} for member in substitute.session.team]
    return {
        "person": substitute.person,
        "role": substitute.role,
        "objective": substitute.objective,
        "cost": substitute.cost,
        "terms": dict(substitute.terms),
        "team": team,
    }
