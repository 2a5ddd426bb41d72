"""Plan the public rounds and tell objective, proven bound, gap and time: one whole command each.

    python bench/planner.py [--seconds 60] [ROUND …]

Every schedule is held against `solver.check`. Rounds are read from ../shared/rounds; without them there is
nothing to measure. Prints a table and writes bench/results/planner.csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROUNDS = PROJECT.parent / "shared" / "rounds"
USUAL = ("S-1", "S-2", "M-1", "M-2", "M-tight-11", "L-1", "carpentries-2017", "conference-72", "meeting-100")


def measure(name: str, seconds: int) -> dict[str, object]:
    """Plan one round with the command line and check what it gives back."""
    document = ROUNDS / f"{name}.json"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "schedule.json"
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "solver", "plan", str(document), "-o", str(out), f"--seconds={seconds}"],
            cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        wall = time.perf_counter() - started
        row: dict[str, object] = {
            "round": name,
            "seconds": seconds,
            "wall": round(wall, 1),
            "exit": done.returncode,
        }
        if done.returncode or not out.exists():
            return row
        checked = subprocess.run(
            [sys.executable, "-m", "solver", "check", str(document), str(out)],
            cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        schedule = json.loads(out.read_bytes())
    objective, bound = schedule["objective"], schedule["bound"]
    held, asked = len(schedule["sessions"]), len(schedule["sessions"]) + len(schedule["unscheduled"])
    return row | {
        "right": checked.returncode == 0,
        "objective": objective,
        "bound": bound,
        "gap": round((bound - objective) / bound, 4) if bound else None,
        "held": f"{held}/{asked}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rounds", nargs="*", default=USUAL)
    parser.add_argument("--seconds", type=int, default=60)
    chosen = parser.parse_args()
    if not ROUNDS.is_dir():
        print(f"nothing to measure: {ROUNDS.name} is not beside the project")
        return
    rows = []
    for name in chosen.rounds:
        rows.append(measure(name, chosen.seconds))
        print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
    fields = ("round", "seconds", "wall", "exit", "right", "objective", "bound", "gap", "held")
    with (PROJECT / "bench" / "results" / "planner.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
