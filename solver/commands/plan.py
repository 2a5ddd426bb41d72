"""`plan`: find the best schedule of a round."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path

from solver.commands.common import Commands, Unreadable, command, the_round, the_schedule
from solver.commands.running import Search, add_arguments, announce, run_search
from solver.engine.exchange import Together


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
    parser.add_argument(
        "--exchange",
        metavar="FOLDER",
        type=Path,
        help="plan together with other runs that share this folder: there each tells what it has found",
    )
    parser.add_argument(
        "--part",
        metavar="K/N",
        type=_part,
        default=(0, 1),
        help="with --exchange: this is the K-th of N runs; the first bounds the round, each looks mostly at "
        "its own part of it",
    )


def run(arguments: argparse.Namespace, began: float, planner: Search) -> int:
    """Plan; `planner` is called as `solver.plan`."""
    announce(arguments, began)
    round = the_round(arguments.round)
    start = the_schedule(arguments.start, round) if arguments.start else None
    search = partial(planner, round, start=start)
    if arguments.exchange is not None:
        if not arguments.exchange.is_dir():
            raise Unreadable(f"{arguments.exchange}: not a folder")
        name = f"{arguments.part[0] + 1}-{os.getpid()}"
        search = partial(search, together=Together(arguments.exchange, name, arguments.part))
    return run_search(round, arguments, search, began)


def _part(text: str) -> tuple[int, int]:
    """'2/3' -> (1, 3)."""
    k, _, n = text.partition("/")
    if not (k.isdecimal() and n.isdecimal() and 1 <= int(k) <= int(n)):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 2/3")
    return int(k) - 1, int(n)
