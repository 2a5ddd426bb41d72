"""`repair`: change a round that people have been told a schedule of, and find the best one near it."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from solver.changes import announced, changed, read_changes
from solver.commands.common import Commands, Unreadable, command, the_round, the_schedule
from solver.commands.running import Search, add_arguments, run_search
from solver.writing import write_round

DESCRIPTION = """\
Find the best schedule for people who have been told of another one, after some changes. It is a schedule
of the changed round, with what people have been told as its `published`: `check` needs that round, which
--changed-round writes. What the changes do not affect stands at first; the search widens from there.

changes (ids may contain colons; dates are included; without dates: all of the round):
  unavailable:PERSON[:FROM:TO]   somebody falls out
  venue:VENUE[:FROM:TO]          a venue is lost
  fund:FUND:AMOUNT               a fund has another amount
  budget:WORKSHOP:AMOUNT         a workshop may cost another amount
  drop:WORKSHOP                  a workshop is not wanted any more
"""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands, "repair", does="mend a schedule after something has changed", description=DESCRIPTION
    )
    parser.add_argument(
        "--keep", metavar="SCHEDULE.json", required=True, help="the schedule that people have been told of"
    )
    parser.add_argument(
        "--change",
        metavar="CHANGE",
        action="append",
        default=[],
        help="what happens; may be repeated",
    )
    parser.add_argument(
        "--changed-round", metavar="OUT", type=Path, help="write the round that the new schedule is of here"
    )
    add_arguments(parser)


def run(arguments: argparse.Namespace, began: float, planner: Search) -> int:
    """Repair; `planner` is called as `solver.plan`, for the changed round and from the schedule kept."""
    before = the_round(arguments.round)
    keep = the_schedule(arguments.keep, before)
    round = announced(changed(before, read_changes(arguments.change, before)), keep)
    if arguments.changed_round:
        try:
            arguments.changed_round.write_bytes(write_round(round))
        except OSError as error:
            raise Unreadable(f"{arguments.changed_round}: {error.strerror}") from error
    return run_search(round, arguments, partial(planner, round, start=keep), began)
