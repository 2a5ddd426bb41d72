"""How long one waits for the planner's answers: repairs and explanations at the sizes of the public rounds.

    python bench/questions.py [--again 5] [ROUND …]

A schedule of the round is announced; then, again and again, whoever facilitates one of its sessions falls ill
for three weeks around it. Told are the seconds until the repair with the fewest changes is there (the job's
own code, `app.planning.jobs.mending`, process start included; the page asks once a second besides), its
changes against the fewest there can be, and the seconds of a whole explanation of a request left out.
Rounds are read from ../shared/rounds; without them there is nothing to measure.
Medians but for the slowest; kept in bench/results/questions.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app.planning.happenings import Happening  # noqa: E402
from app.planning.jobs.mending import Repairs  # noqa: E402
from app.planning.replanning import document_of  # noqa: E402
from solver import announced, read_round, read_schedule  # noqa: E402
from solver.derived import days_of  # noqa: E402

ROUNDS = PROJECT.parent / "shared" / "rounds"
RESULT = PROJECT / "bench" / "results" / "questions.md"
USUAL = {"S-1": 10, "M-1": 30, "L-1": 60}
"""Round -> seconds of planning before anything is asked."""


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
    for name in arguments.rounds:
        lines.append(measured(name, arguments.again))
        print(lines[-1])
    RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measured(name: str, again: int) -> str:
    with TemporaryDirectory() as folder:
        path, out = ROUNDS / f"{name}.json", Path(folder) / "schedule.json"
        solver("plan", str(path), "-o", str(out), "--seconds", str(USUAL.get(name, 30)))
        round = read_round(path.read_bytes())
        schedule = read_schedule(out.read_bytes(), round)
        told = announced(round, schedule)
        keep = json.loads(out.read_bytes())
        seconds, changes, fewest = [], [], 0
        step = max(1, len(schedule.sessions) // again)
        for session in schedule.sessions[::step][:again]:
            days = days_of(round.workshops[session.workshop], session.start)
            three_weeks = timedelta(days=10)
            ill = Happening(
                "person", session.facilitators[0], days.first - three_weeks, days.last + three_weeks
            )
            took, first = first_repair(
                {"round": document_of(ill.apply(told)), "keep": {**keep, "unscheduled": []}}
            )
            seconds.append(took)
            changes.append(first["variants"][0]["changes"])
            fewest += first["variants"][0]["changes"] == first["must"]
        waits = []
        for each in schedule.unscheduled[:again]:
            began = time.monotonic()
            solver("explain", str(path), str(out), each.workshop, "--sessions")
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
    Repairs(
        asked,
        keep=lambda answer: told.append((time.monotonic() - began, json.loads(json.dumps(answer)))),
        report=lambda progress: True,
    ).work_out("fewest")
    took, _ = told[0]
    return took, told[-1][1]


def solver(*arguments: str) -> None:
    command = [sys.executable, "-m", "solver", *arguments]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
