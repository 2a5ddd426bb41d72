"""The planner on the command line: `python -m solver plan`, `check` and their kin (`solver.commands`)."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from solver import MalformedDocument, plan
from solver.commands import alternatives as choosing
from solver.commands import check as checking
from solver.commands import compare as comparing
from solver.commands import explain as explaining
from solver.commands import moves as moving
from solver.commands import plan as planning
from solver.commands import propose as proposing
from solver.commands import repair as repairing
from solver.commands import substitutes as substituting
from solver.commands.common import EXIT_CODES, MALFORMED, Unreadable, print_lines
from solver.commands.running import Search


def main(argv: Sequence[str] | None = None, *, planner: Search = plan) -> int:
    """Run one command; returns the exit code."""
    began = time.monotonic()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # ids may hold what a terminal cannot show
    arguments = _parser().parse_args(argv)
    try:
        match arguments.command:
            case "check" | "explain" | "moves" | "compare" | "substitutes" | "propose":
                return ASKED[arguments.command](arguments)
            case "alternatives" | "curve":
                return choosing.run(arguments, began)
            case "repair":
                return repairing.run(arguments, began, planner)
            case _:
                return planning.run(arguments, began, planner)
    except Unreadable as error:
        print_lines([str(error)], sys.stderr)
        return MALFORMED
    except MalformedDocument as error:
        print_lines(map(str, error.errors), sys.stderr)
        return MALFORMED


ASKED: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": checking.run,
    "explain": explaining.run,
    "moves": moving.run,
    "compare": comparing.run,
    "substitutes": substituting.run,
    "propose": proposing.run,
}
"""Commands that answer at once, or in seconds: nothing is shown of their progress."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m solver",
        description="Plan a round of workshops, hold a schedule against it, change one, ask about one.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asking = (substituting, checking, comparing, choosing, explaining, moving, proposing)
    for module in (planning, repairing, *asking):
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
