"""`check`: hold a schedule against its round."""

from __future__ import annotations

import argparse

from solver.check import check
from solver.commands.common import RIGHT, WRONG, Commands, command, print_lines, the_round, the_schedule
from solver.wording import sentence


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "check",
        does="hold a schedule against its round",
        description="Hold a schedule against its round: one line when it is right, else one per violation.",
    )
    parser.add_argument("schedule", metavar="SCHEDULE.json", help="a schedule/1 document")


def run(arguments: argparse.Namespace) -> int:
    """Check."""
    round = the_round(arguments.round)
    schedule = the_schedule(arguments.schedule, round)
    wrong = check(round, schedule)
    if wrong:
        print_lines(map(sentence, wrong))
        return WRONG
    held = f"{len(schedule.sessions)} of {len(round.workshops)} workshops held"
    print_lines([f"right: objective {schedule.objective}, cost {schedule.cost}, {held}"])
    return RIGHT
