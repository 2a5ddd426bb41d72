"""`propose`: which groups of platforms to offer what, so that most of what they need is answered."""

from __future__ import annotations

import argparse
from pathlib import Path

from solver.commands import common
from solver.commands.common import EXIT_CODES, Commands, Unreadable, print_lines, read
from solver.propositions import points_asked, propose, read_call, write_propositions

DESCRIPTION = """\
Group the platforms of a needs call into concrete offers (peer exchanges, trainings of trainers with their
national replications), so that they answer most within the budget. OUT says of each why it is there, and
of each need that is left why it is.
"""


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "propose",
        help="what to offer to whom, from a needs call",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("call", metavar="CALL.json", help="a needs-call/1 document")
    parser.add_argument("-o", "--output", metavar="OUT.json", type=Path, help="default: standard output")
    parser.add_argument("--seconds", type=common.seconds, default=10.0, help="time limit (default: 10)")


def run(arguments: argparse.Namespace) -> int:
    """Propose."""
    call = read_call(read(arguments.call))
    found = propose(call, seconds=arguments.seconds)
    document = write_propositions(call, found)
    if arguments.output is None:
        print_lines([document.decode("utf-8").rstrip("\n")])
        return common.RIGHT
    try:
        arguments.output.write_bytes(document)
    except OSError as error:
        raise Unreadable(f"{arguments.output}: {error.strerror}") from error
    answered = f"{found.points} of {points_asked(call)} points answered (at most {found.bound})"
    print_lines([f"{found.status}: {len(found.chosen)} propositions, {answered}, cost {found.cost}"])
    return common.RIGHT
