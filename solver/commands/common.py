"""What several commands share: exit codes, arguments, reading files, printing lines."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO, TypeAlias

from solver.reading import read_round, read_schedule
from solver.round import Round
from solver.schedule import Schedule
from solver.wording import shown

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What `add_subparsers` gives: commands are added to it."""

RIGHT = 0
WRONG = 1  # check: the schedule breaks a rule
MALFORMED = 2  # a document that cannot be read; also a wrong command line
CLASH = 3  # plan: the pins cannot hold together
NOTHING = 4  # plan: no schedule found in time

EXIT_CODES = """\
exit codes:
  0  check: the schedule is right; the others: what was asked for was written
  1  check: the schedule is wrong, one violation per line on standard output
  2  a document is malformed or cannot be read, every error with its place on standard error
  3  plan, repair: no schedule satisfies the pins; a smallest set that clashes is named
  4  plan, repair: no schedule was found in time
"""


class Unreadable(Exception):
    """A file that cannot be read or written."""


def command(commands: Commands, name: str, *, does: str, description: str) -> argparse.ArgumentParser:
    """A new command whose first argument is a round."""
    parser = commands.add_parser(
        name,
        help=does,
        description=description,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("round", metavar="ROUND.json", help="a planning-round/1 document")
    return parser


def seconds(text: str) -> float:
    """A time limit, as an argparse type."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a positive number of seconds")
    return found


def count(text: str) -> int:
    """A number of processor cores, as an argparse type."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1024):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a number of processor cores")
    return int(text)


def steps(text: str) -> int:
    """A number of steps, as an argparse type."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 10**12):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a number of steps")
    return int(text)


def read(path: str) -> bytes:
    """The bytes of a file. Raises Unreadable."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error


def the_round(path: str) -> Round:
    """The round in a file. Raises Unreadable, MalformedDocument."""
    return read_round(read(path))


def the_schedule(path: str, round: Round) -> Schedule:
    """The schedule of a round in a file. Raises Unreadable, MalformedDocument."""
    return read_schedule(read(path), round)


def the_workshop(id: str, round: Round) -> str:
    """The id of a workshop of the round. Raises Unreadable."""
    if id not in round.workshops:
        raise Unreadable(f"the round has no workshop {shown(id)}")
    return id


def print_lines(lines: Iterable[str], stream: TextIO | None = None) -> bool:
    """Print lines (to standard output by default); whether anybody is there to read them."""
    stream = stream or sys.stdout
    try:
        for line in lines:
            print(line, file=stream)
        stream.flush()
    except BrokenPipeError:
        silence(stream)
        return False
    return True


def silence(stream: TextIO) -> None:
    """Send what is still buffered nowhere; Python would complain of it on its way out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
