"""`moves`: where one session could be while everything else stands, as JSON."""

from __future__ import annotations

import argparse
import json

from solver.commands.common import (
    RIGHT,
    Commands,
    command,
    print_lines,
    the_round,
    the_schedule,
    the_workshop,
)
from solver.moves import moves


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "moves",
        does="where one session could be while the rest stands",
        description=(
            "Print as one JSON object every venue and first day of a workshop (online: a few starts per\n"
            "day) as free, possible at a cost, or impossible with the rule and the people."
        ),
    )
    parser.add_argument("schedule", metavar="SCHEDULE.json", help="a schedule/1 document")
    parser.add_argument("workshop", metavar="WORKSHOP", help="the id of a workshop")


def run(arguments: argparse.Namespace) -> int:
    """List the moves."""
    round = the_round(arguments.round)
    schedule = the_schedule(arguments.schedule, round)
    workshop = the_workshop(arguments.workshop, round)
    data = {"workshop": workshop, "moves": [move.as_data() for move in moves(round, schedule, workshop)]}
    print_lines([json.dumps(data, indent=1, ensure_ascii=False)])
    return RIGHT
