"""A search on the command line: how it is asked to end, tells how far it is, and keeps the best so far."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TextIO

from solver.commands import common
from solver.commands.common import Unreadable, print_lines, silence
from solver.errors import NothingFound, PinsClash
from solver.progress import Progress
from solver.round import Round
from solver.schedule import Schedule
from solver.wording import instant, shown
from solver.writing import write_schedule

DEFAULT_SECONDS = 60.0
DAY = 86_400.0

Search = Callable[..., Schedule]
"""Called with what `solver.plan` takes besides the round and where it starts from."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of every search."""
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        help="write the schedule here, whole at every moment, as soon as there is one and whenever a better "
        "one is found; without it the schedule goes to standard output at the end",
    )
    parser.add_argument(
        "--seconds", type=common.seconds, help="time limit (default: 60; with --steps a day, so none)"
    )
    parser.add_argument(
        "--steps",
        type=common.steps,
        help="end after so many turns of the search, made by one worker: with the same seed the same "
        "schedule comes out, whatever the machine",
    )
    parser.add_argument("--workers", type=common.count, default=2, help="processor cores to use (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (default: 1)")
    parser.add_argument(
        "--progress",
        action="store_true",
        help="print a JSON line at once and then every second: elapsed, phase, objective, bound, gap, held "
        "(to standard output, or to standard error where the schedule goes there)",
    )


def time_limit(arguments: argparse.Namespace) -> float:
    """Seconds that a search may take."""
    if arguments.seconds is not None:
        return float(arguments.seconds)
    return DEFAULT_SECONDS if arguments.steps is None else DAY


def announce(arguments: argparse.Namespace, began: float) -> None:
    """The first line of progress, before the round is read: large ones take their time."""
    if arguments.progress:
        print_lines(
            [progress_line(Progress(time.monotonic() - began, "reading the round"))], _stream(arguments)
        )


def run_search(round: Round, arguments: argparse.Namespace, search: Search, began: float) -> int:
    """Search as the arguments say and write what is found; the exit code."""
    output = File(arguments.output) if arguments.output else _StandardOutput()
    with Ending() as ending:
        reports = Reports(_stream(arguments), ending, since=time.monotonic() - began)
        try:
            schedule = search(
                seconds=max(0.0, time_limit(arguments) - (time.monotonic() - began)),
                workers=arguments.workers,
                seed=arguments.seed,
                steps=arguments.steps,
                on_progress=reports.print if arguments.progress else None,
                on_improvement=output.improve,
                stop=ending.wanted,
            )
        except PinsClash as clash:
            print_lines(clash_in_words(round, clash), sys.stderr)
            return common.CLASH
        except NothingFound as error:
            print_lines([str(error)], sys.stderr)
            return common.NOTHING
        output.finish(schedule)
    return common.RIGHT


class Ending:
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


class Reports:
    """Progress as JSON lines, at most one a second. When nobody reads them, the run is asked to end.

    `since` is how long the command had been running when the search began; lines count from its start.
    """

    EVERY = 1.0

    def __init__(self, stream: TextIO, ending: Ending, *, since: float = 0.0) -> None:
        self._stream, self._ending, self._since = stream, ending, since
        self._last = 0.0  # of the line that `announce` printed

    def print(self, progress: Progress) -> None:
        elapsed = self._since + progress.elapsed
        if elapsed - self._last < self.EVERY:
            return
        self._last = elapsed
        if not print_lines([progress_line(replace(progress, elapsed=elapsed))], self._stream):
            self._ending.want()


def _stream(arguments: argparse.Namespace) -> TextIO:
    """Where progress goes: it makes way for a schedule on standard output."""
    return sys.stdout if arguments.output else sys.stderr


def progress_line(progress: Progress) -> str:
    return json.dumps(
        {
            "elapsed": round(progress.elapsed, 3),
            "phase": progress.phase,
            "objective": progress.objective,
            "bound": progress.bound,
            "gap": None if progress.gap is None else round(progress.gap, 6),
            "held": progress.held,
        }
    )


class _StandardOutput:
    """The schedule goes to standard output, once, at the end."""

    def improve(self, schedule: Schedule) -> None:
        """Better ones may follow: nothing is written yet."""

    def finish(self, schedule: Schedule) -> None:
        try:
            sys.stdout.buffer.write(write_schedule(schedule))
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            silence(sys.stdout)


class File:
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
            raise Unreadable(f"{path}: {error.strerror}") from error

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
            raise Unreadable(f"{self._path}: {error.strerror}") from error

    def _replace(self, schedule: Schedule) -> None:
        try:
            self._beside.write_bytes(write_schedule(schedule))
            self._beside.replace(self._path)
        finally:
            self._beside.unlink(missing_ok=True)


def clash_in_words(round: Round, clash: PinsClash) -> Iterator[str]:
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
