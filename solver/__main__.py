"""The planner on the command line: `python -m solver plan` and `python -m solver check`."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TextIO

from solver import (
    MalformedDocument,
    NothingFound,
    PinsClash,
    Progress,
    Round,
    Schedule,
    check,
    plan,
    read_round,
    read_schedule,
    sentence,
    write_schedule,
)
from solver.wording import instant, shown

RIGHT = 0
WRONG = 1  # check: the schedule breaks a rule
MALFORMED = 2  # a document that cannot be read; also a wrong command line
CLASH = 3  # plan: the pins cannot hold together
NOTHING = 4  # plan: no schedule found in time

EXIT_CODES = """\
exit codes:
  0  check: the schedule is right; plan: a schedule was written
  1  check: the schedule is wrong, one violation per line on standard output
  2  a document is malformed or cannot be read, every error with its place on standard error
  3  plan: no schedule satisfies the pins; a smallest set that clashes is named
  4  plan: no schedule was found in time
"""

Planner = Callable[..., Schedule]


def main(argv: Sequence[str] | None = None, *, planner: Planner = plan) -> int:
    """Run one command; returns the exit code."""
    began = time.monotonic()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # ids may hold what a terminal cannot show
    arguments = _parser().parse_args(argv)
    try:
        round = read_round(_read(arguments.round))
        if arguments.command == "check":
            return _check(round, arguments.schedule)
        return _plan(round, arguments, planner, began)
    except _Unreadable as error:
        _print([str(error)], sys.stderr)
        return MALFORMED
    except MalformedDocument as error:
        _print(map(str, error.errors), sys.stderr)
        return MALFORMED


# -- the command line -----------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m solver",
        description="Plan a round of workshops, or check a schedule of one.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    planning = commands.add_parser(
        "plan",
        help="find the best schedule of a round",
        description=(
            "Find the best schedule of a round. Ctrl-C, SIGTERM, the time limit and a reader of the\n"
            "progress that goes away all end the search: the best schedule so far is written."
        ),
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    planning.add_argument("round", metavar="ROUND.json", help="a planning-round/1 document")
    planning.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        help="write the schedule here, whole at every moment, as soon as there is one and whenever a better "
        "one is found; without it the schedule goes to standard output at the end",
    )
    planning.add_argument("--seconds", type=_seconds, default=60.0, help="time limit (default: 60)")
    planning.add_argument("--workers", type=_count, default=2, help="processor cores to use (default: 2)")
    planning.add_argument("--seed", type=int, default=1, help="of the random choices (default: 1)")
    planning.add_argument(
        "--start", metavar="SCHEDULE.json", help="a schedule of the round to begin from; it may break rules"
    )
    planning.add_argument(
        "--progress",
        action="store_true",
        help="print a JSON line now and then: elapsed, phase, objective, bound, gap, held (to standard "
        "output, or to standard error where the schedule goes there)",
    )

    checking = commands.add_parser(
        "check",
        help="hold a schedule against its round",
        description="Hold a schedule against its round: one line when it is right, else one per violation.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    checking.add_argument("round", metavar="ROUND.json", help="a planning-round/1 document")
    checking.add_argument("schedule", metavar="SCHEDULE.json", help="a schedule/1 document")
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a positive number of seconds")
    return seconds


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1024):
        raise argparse.ArgumentTypeError(f"{shown(text)} is not a number of processor cores")
    return int(text)


class _Unreadable(Exception):
    """A file that cannot be read or written."""


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise _Unreadable(f"{path}: {error.strerror}") from error


# -- check -----------------------------------------------------------------------


def _check(round: Round, schedule_path: str) -> int:
    schedule = read_schedule(_read(schedule_path), round)
    wrong = check(round, schedule)
    if wrong:
        _print(map(sentence, wrong), sys.stdout)
        return WRONG
    held = f"{len(schedule.sessions)} of {len(round.workshops)} workshops held"
    _print([f"right: objective {schedule.objective}, cost {schedule.cost}, {held}"], sys.stdout)
    return RIGHT


# -- plan --------------------------------------------------------------------------


def _plan(round: Round, arguments: argparse.Namespace, planner: Planner, began: float) -> int:
    start = read_schedule(_read(arguments.start), round) if arguments.start else None
    output = _File(arguments.output) if arguments.output else _StandardOutput()
    with _Ending() as ending:
        reports = _Reports(sys.stdout if arguments.output else sys.stderr, ending)
        try:
            schedule = planner(
                round,
                seconds=max(0.0, arguments.seconds - (time.monotonic() - began)),
                workers=arguments.workers,
                seed=arguments.seed,
                start=start,
                on_progress=reports.print if arguments.progress else None,
                on_improvement=output.improve,
                stop=ending.wanted,
            )
        except PinsClash as clash:
            _print(_clash_in_words(round, clash), sys.stderr)
            return CLASH
        except NothingFound as error:
            _print([str(error)], sys.stderr)
            return NOTHING
        output.finish(schedule)
    return RIGHT


class _Ending:
    """Whether somebody asked the run to end: by SIGINT or SIGTERM, or by hanging up on its reports.

    Asking again changes nothing: `timeout` and terminals signal a process and its group.
    """

    _SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self._wanted = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in self._SIGNALS:
            self._before[number] = signal.signal(number, lambda *_: self.want())
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def want(self) -> None:
        self._wanted = True

    def wanted(self) -> bool:
        return self._wanted


class _Reports:
    """Progress as JSON lines. When nobody reads them any more, the run is asked to end."""

    def __init__(self, stream: TextIO, ending: _Ending) -> None:
        self._stream, self._ending = stream, ending

    def print(self, progress: Progress) -> None:
        line = {
            "elapsed": round(progress.elapsed, 3),
            "phase": progress.phase,
            "objective": progress.objective,
            "bound": progress.bound,
            "gap": None if progress.gap is None else round(progress.gap, 6),
            "held": progress.held,
        }
        if not _print([json.dumps(line)], self._stream):
            self._ending.want()


class _StandardOutput:
    """The schedule goes to standard output, once, at the end."""

    def improve(self, schedule: Schedule) -> None:
        """Better ones may follow: nothing is written yet."""

    def finish(self, schedule: Schedule) -> None:
        try:
            sys.stdout.buffer.write(write_schedule(schedule))
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            _silence(sys.stdout)


class _File:
    """The schedule goes to a file that is whole at every moment: written beside it, then renamed over it."""

    def __init__(self, path: Path) -> None:
        self._path = Path(os.path.realpath(path))  # a link stays a link
        self._beside = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        self._plain = self._path.exists() and not self._path.is_file()  # a device or pipe cannot be replaced
        if self._plain:
            return
        try:
            self._beside.write_bytes(b"")
            self._beside.unlink()
        except OSError as error:
            raise _Unreadable(f"{path}: {error.strerror}") from error

    def improve(self, schedule: Schedule) -> None:
        """Keep a better schedule, so that it survives whatever becomes of this process."""
        if not self._plain:
            # A disk that is full now may have room at the end; `finish` is where that is told.
            with contextlib.suppress(OSError):
                self._replace(schedule)

    def finish(self, schedule: Schedule) -> None:
        try:
            if self._plain:
                self._path.write_bytes(write_schedule(schedule))
            else:
                self._replace(schedule)
        except OSError as error:
            raise _Unreadable(f"{self._path}: {error.strerror}") from error

    def _replace(self, schedule: Schedule) -> None:
        try:
            self._beside.write_bytes(write_schedule(schedule))
            self._beside.replace(self._path)
        finally:
            self._beside.unlink(missing_ok=True)


def _clash_in_words(round: Round, clash: PinsClash) -> Iterator[str]:
    yield f"the pins clash over: {', '.join(clash.rules)}"
    for pin in clash.pins:
        says = [f"workshop {shown(pin.workshop)}"]
        if pin.venue is not None:
            says.append(f"venue {shown(pin.venue)}")
        if pin.start is not None:
            says.append(f"start {instant(pin.start) if isinstance(pin.start, datetime) else pin.start}")
        says += [f"team {shown(person)}" for person in pin.team]
        says += [f"seat {shown(person)}" for person in pin.seats]
        says.append("held" if pin.demands_session else "not held")
        yield f"pins[{round.pins.index(pin)}]: {', '.join(says)}"


# -- printing ----------------------------------------------------------------------


def _print(lines: Iterable[str], stream: TextIO) -> bool:
    """Print lines; whether anybody is there to read them."""
    try:
        for line in lines:
            print(line, file=stream)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
        return False
    return True


def _silence(stream: TextIO) -> None:
    """Send what is still buffered nowhere; Python would complain of it on its way out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
