"""`alternatives` and `curve`: several schedules to choose from, each in a file of its own."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solver import alternatives, curve
from solver.alternative import Alternative, CurvePoint
from solver.commands import common
from solver.commands.common import Commands, Unreadable, command, print_lines, the_round, the_schedule
from solver.commands.running import Ending, Reports, clash_in_words, progress_line
from solver.errors import NothingFound, PinsClash
from solver.progress import Progress
from solver.round import Round
from solver.schedule import Schedule
from solver.writing import write_schedule

ALTERNATIVES = """\
Find a few schedules that lie near the best one and differ in something that people care about: which
workshops are held, which country hosts, when, who teaches, money spent, people served, what was published.
DIR gets each in a file of its own, 1-best.json first, and alternatives.json, which says what sets them
apart. Ctrl-C and SIGTERM end the search: what was found so far is written.
"""

CURVE = """\
Find the schedules between changing least of what people have been told and serving most: none of them
beats another in both. DIR gets each in a file of its own, from the fewest changes to the most, and
curve.json with the figures. Objectives are those of the round as it is.
"""


def add(commands: Commands) -> None:
    """Describe both commands."""
    choosing = command(
        commands, "alternatives", does="a few schedules to choose from", description=ALTERNATIVES
    )
    choosing.add_argument("--start", metavar="SCHEDULE.json", help="a schedule of the round to begin from")
    choosing.add_argument("-k", type=common.count, default=3, help="how many schedules (default: 3)")
    choosing.add_argument(
        "--within", metavar="PERCENT", type=_percent, default=1.0, help="of the best objective (default: 1)"
    )
    drawing = command(
        commands, "curve", does="schedules between changing little and serving more", description=CURVE
    )
    drawing.add_argument(
        "--published",
        metavar="SCHEDULE.json",
        help="what people have been told (default: the round's `published`)",
    )
    drawing.add_argument("--steps", type=common.count, default=6, help="searches to make (default: 6)")
    for parser in (choosing, drawing):
        parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="a folder")
        parser.add_argument(
            "--seconds", type=common.seconds, default=60.0, help="time limit of all together (default: 60)"
        )
        parser.add_argument("--workers", type=common.count, default=2, help="cores to use (default: 2)")
        parser.add_argument("--seed", type=int, default=1, help="of the random choices (default: 1)")
        parser.add_argument(
            "--progress", action="store_true", help="print a JSON line every second on standard error"
        )


def run(arguments: argparse.Namespace, began: float) -> int:
    """Find alternatives or a curve, and write them."""
    if arguments.progress:
        print_lines([progress_line(Progress(time.monotonic() - began, "reading the round"))], sys.stderr)
    round = the_round(arguments.round)
    folder: Path = arguments.output
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(f"{folder}: {error.strerror}") from error
    search = _alternatives if arguments.command == "alternatives" else _curve
    with Ending() as ending:
        reports = Reports(sys.stderr, ending, since=time.monotonic() - began)
        try:
            found = search(
                round,
                arguments,
                seconds=max(0.0, arguments.seconds - (time.monotonic() - began)),
                workers=arguments.workers,
                seed=arguments.seed,
                on_progress=reports.print if arguments.progress else None,
                stop=ending.wanted,
            )
        except PinsClash as clash:
            print_lines(clash_in_words(round, clash), sys.stderr)
            return common.CLASH
        except NothingFound as error:
            print_lines([str(error)], sys.stderr)
            return common.NOTHING
    _write(folder, f"{arguments.command}.json", found)
    return common.RIGHT


Named = tuple[str, Schedule, dict[str, Any], str]
"""A file's name, what goes into it, what is said of it as data, and in a line."""


def _alternatives(round: Round, arguments: argparse.Namespace, **limits: Any) -> list[Named]:
    start = the_schedule(arguments.start, round) if arguments.start else None
    found = alternatives(round, start, k=arguments.k, within=arguments.within / 100, **limits)

    def named(number: int, each: Alternative) -> Named:
        name = f"{number}-{each.emphasis.replace('_', '-')}.json"
        figures = each.comparison
        line = (
            f"objective {each.schedule.objective} (-{each.loss:.2%}), cost {each.schedule.cost}, "
            f"{figures.held.after} held, {figures.people.after} people, "
            f"{figures.organisations.after} organisations"
        )
        return name, each.schedule, each.as_data(), line

    return [named(number, each) for number, each in enumerate(found, 1)]


def _curve(round: Round, arguments: argparse.Namespace, **limits: Any) -> list[Named]:
    if arguments.published is None and round.published is None:
        raise Unreadable("nothing has been published: name a schedule with --published")
    published = the_schedule(arguments.published, round) if arguments.published else None
    found = curve(round, published, steps=arguments.steps, **limits)

    def named(number: int, each: CurvePoint) -> Named:
        line = f"{each.changes} changes, serves {each.served}, objective {each.schedule.objective}"
        return f"{number}.json", each.schedule, each.as_data(), line

    return [named(number, each) for number, each in enumerate(found, 1)]


def _write(folder: Path, index: str, found: Sequence[Named]) -> None:
    """Each schedule, then the file that says what they are; a line for each on standard output."""
    said = [{"file": name, **data} for name, _, data, _ in found]
    try:
        for name, schedule, _, _ in found:
            (folder / name).write_bytes(write_schedule(schedule))
        (folder / index).write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise Unreadable(f"{folder}: {error.strerror}") from error
    print_lines(f"{name}: {line}" for name, _, _, line in found)


def _percent(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage")
    return found
