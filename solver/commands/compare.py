"""`compare`: what sets two schedules of a round apart, as JSON."""

from __future__ import annotations

import argparse
import json

from solver.commands.common import RIGHT, Commands, command, print_lines, the_round, the_schedule
from solver.comparison import compare


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "compare",
        does="what is different from one schedule to another",
        description=(
            "Print as one JSON object what is new, cancelled, moved, restaffed and reseated in B as\n"
            "against A, with both figures of the objective (whole and by term), cost, seats and people.\n"
            "The round is needed: it says what the ids mean, and what a session costs and is worth."
        ),
    )
    parser.add_argument("before", metavar="A.json", help="a schedule/1 document")
    parser.add_argument("after", metavar="B.json", help="another one of the same round")


def run(arguments: argparse.Namespace) -> int:
    """Compare."""
    round = the_round(arguments.round)
    before, after = the_schedule(arguments.before, round), the_schedule(arguments.after, round)
    data = compare(round, before, after).as_data()
    print_lines([json.dumps(data, indent=1, ensure_ascii=False)])
    return RIGHT
