"""`plan`: find the best schedule of a round."""

from __future__ import annotations

import argparse
from functools import partial

from solver.commands.common import Commands, command, the_round, the_schedule
from solver.commands.running import Search, add_arguments, announce, run_search


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "plan",
        does="find the best schedule of a round",
        description=(
            "Find the best schedule of a round. Ctrl-C, SIGTERM, the time limit and a reader of the\n"
            "progress that goes away all end the search: the best schedule so far is written."
        ),
    )
    add_arguments(parser)
    parser.add_argument(
        "--start", metavar="SCHEDULE.json", help="a schedule of the round to begin from; it may break rules"
    )


def run(arguments: argparse.Namespace, began: float, planner: Search) -> int:
    """Plan; `planner` is called as `solver.plan`."""
    announce(arguments, began)
    round = the_round(arguments.round)
    start = the_schedule(arguments.start, round) if arguments.start else None
    return run_search(round, arguments, partial(planner, round, start=start), began)
