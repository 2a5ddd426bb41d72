"""How long one waits for the planner's answers: repairs and explanations at the sizes of the public rounds.

    python bench/questions.py [--again 5] [ROUND …]

A schedule of the round is announced; then, again and again, whoever facilitates one of its sessions falls ill
for three weeks around it. Told are the seconds until the repair with the fewest changes is there (the job's
own code, `app.planning.jobs.mending`; the page asks once a second besides), its
changes against the fewest there can be, and the seconds of a whole explanation of a request left out, as a
command. Then, in one process that has prepared the schedule: the milliseconds of each single question, over
every workshop left out (facts, relaxations, offers), every session (moves) and every place in a team
(substitutes), at most so many of each, of the processor, median and slowest.
Rounds are read from ../shared/rounds; without them there is nothing to measure. Kept in
bench/results/questions.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app.planning.happenings import Happening  # noqa: E402
from app.planning.jobs.mending import Repairs  # noqa: E402
from app.planning.replanning import document_of  # noqa: E402
from solver import MoveFinder, announced, read_round, read_schedule, substitutes  # noqa: E402
from solver.derived import days_of  # noqa: E402
from solver.engine.explain import Explainer  # noqa: E402

ROUNDS = PROJECT.parent / "shared" / "rounds"
RESULT = PROJECT / "bench" / "results" / "questions.md"
USUAL = {"S-1": 30, "M-1": 30, "L-1": 60}
"""Round -> seconds of planning before anything is asked."""
MOST = {"moves": 1000, "substitutes": 200, "facts": 1000, "relaxations": 1000, "offer": 20}
QUESTIONS = tuple(MOST)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="*", default=list(USUAL))
    parser.add_argument("--again", type=int, default=5)
    arguments = parser.parse_args()
    lines = [
        "# Waiting for answers",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}.",
        "",
        "| round | sessions | first repair, s | slowest, s | changes | proven fewest | explanation, s |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    single: list[str] = []
    for name in arguments.rounds:
        with TemporaryDirectory() as folder:
            out = Path(folder) / "schedule.json"
            solver("plan", str(path_of(name)), "-o", str(out), "--seconds", str(USUAL.get(name, 30)))
            lines.append(measured(name, out, arguments.again))
            print(lines[-1])
            single += asked_one_by_one(name, out)
            print("\n".join(single[-len(QUESTIONS) :]))
    lines += ["", "| round | question | times | median, ms | slowest, ms |", "|---|---|--:|--:|--:|", *single]
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def path_of(name: str) -> Path:
    return ROUNDS / f"{name}.json"


def measured(name: str, out: Path, again: int) -> str:
    """A row about the questions that a job answers; `out` is the schedule announced."""
    round = read_round(path_of(name).read_bytes())
    schedule = read_schedule(out.read_bytes(), round)
    told = announced(round, schedule)
    keep = json.loads(out.read_bytes())
    seconds, changes, fewest = [], [], 0
    step = max(1, len(schedule.sessions) // again)
    for session in schedule.sessions[::step][:again]:
        days = days_of(round.workshops[session.workshop], session.start)
        around = timedelta(days=10)
        ill = Happening("person", session.facilitators[0], days.first - around, days.last + around)
        took, first = first_repair(
            {"round": document_of(ill.apply(told)), "keep": {**keep, "unscheduled": []}}
        )
        seconds.append(took)
        changes.append(first["variants"][0]["changes"])
        fewest += first["variants"][0]["changes"] == first["must"]
    waits = []
    for each in schedule.unscheduled[:again]:
        began = time.monotonic()
        solver("explain", str(path_of(name)), str(out), each.workshop, "--sessions")
        waits.append(time.monotonic() - began)
    explained = f"{median(waits):.1f}" if waits else "–"
    return (
        f"| {name} | {len(schedule.sessions)} | {median(seconds):.1f} | {max(seconds):.1f} |"
        f" {', '.join(map(str, changes))} | {fewest} of {len(changes)} | {explained} |"
    )


def first_repair(asked: Mapping[str, Any]) -> tuple[float, dict[str, Any]]:
    """Seconds from the job's beginning to its first answer, and that answer."""
    told: list[tuple[float, dict[str, Any]]] = []
    began = time.monotonic()
    repairs = Repairs(
        asked,
        keep=lambda answer: told.append((time.monotonic() - began, json.loads(json.dumps(answer)))),
        report=lambda progress: True,
    )
    repairs.stitch()
    repairs.work_out("fewest")
    took, _ = told[0]
    return took, told[-1][1]


def asked_one_by_one(name: str, out: Path) -> list[str]:
    """A row for each of `QUESTIONS`; those first that the web process answers, before OR-Tools is there."""
    round = read_round(path_of(name).read_bytes())
    schedule = read_schedule(out.read_bytes(), round)
    finder = MoveFinder(round, schedule)
    places = [(each.workshop, person) for each in schedule.sessions for person in each.facilitators]
    rows = [
        row(name, "moves", finder.moves, [(each.workshop,) for each in schedule.sessions]),
        row(name, "substitutes", partial(substitutes, round, schedule), places),
    ]
    explainer = Explainer(round, schedule)
    facts = {each.workshop: explainer.obstacles(each.workshop) for each in schedule.unscheduled}

    def relaxations_of(workshop: str) -> object:
        return explainer.relaxations(workshop, alone=facts[workshop][0])

    def offer_of(workshop: str) -> object:
        return explainer.offer(workshop, facts[workshop][1], 5.0)

    left_out = [(each,) for each in facts]
    possible = [(each,) for each, (alone, _) in facts.items() if not alone]
    return [
        *rows,
        row(name, "facts", explainer.obstacles, left_out),
        row(name, "relaxations", relaxations_of, left_out),
        row(name, "offer", offer_of, possible),
    ]


def row(name: str, question: str, ask: Callable[..., object], about: list[tuple[str, ...]]) -> str:
    took = [1000 * seconds_of(ask, each) for each in about[:: max(1, len(about) // MOST[question])]]
    figures = f"{median(took):.0f} | {max(took):.0f}" if took else "– | –"
    return f"| {name} | {question} | {len(took)} | {figures} |"


def seconds_of(ask: Callable[..., object], about: tuple[str, ...]) -> float:
    began = time.process_time()
    ask(*about)
    return time.process_time() - began


def solver(*arguments: str) -> None:
    command = [sys.executable, "-m", "solver", *arguments]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
