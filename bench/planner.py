"""Plan the public rounds and tell objective, proven bound, gap and time: one whole command each.

    python bench/planner.py [--seconds 10 60] [ROUND …]

Every schedule is held against `solver.check`. Rounds are read from ../shared/rounds; without them there is
nothing to measure. What was measured before stays until it is measured again: bench/results/planner.csv,
planner.md for people, and gap-<seconds>.svg, the gap over time.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from plot import line_chart

PROJECT = Path(__file__).resolve().parent.parent
ROUNDS = PROJECT.parent / "shared" / "rounds"
RESULTS = PROJECT / "bench" / "results"
USUAL = (
    "S-1", "S-2", "S-1-again", "M-1", "M-2", "M-tight-11", "M-1-again", "L-1", "XL-1", "carpentries-2017",
    "carpentries-2017-tight", "carpentries-2017-seats", "conference-36", "conference-72", "meeting-100",
    "meeting-800",
)  # fmt: skip
FIELDS = ("round", "seconds", "date", "wall", "exit", "right", "objective", "bound", "gap", "held", "rival")
# What others reach (../shared/rounds/README.md): a greedy planner, and another solver at 10, 60, 300 s.
GREEDY = {
    "S-1": 356_372, "S-2": 244_778, "S-1-again": 344_068, "M-1": 1_881_677, "M-2": 1_802_723,
    "M-tight-11": 1_396_424, "M-1-again": 1_839_642, "L-1": 6_661_965, "XL-1": 19_215_167,
    "carpentries-2017": 5_395_338, "carpentries-2017-tight": 5_316_458, "carpentries-2017-seats": 5_627_438,
    "conference-36": 525_400, "conference-72": 1_065_200, "meeting-100": 1_529_900, "meeting-800": 12_260_000,
}  # fmt: skip
RIVAL = {
    "S-1": {10: 432_909, 60: 433_567, 300: 433_310}, "S-2": {10: 298_088, 60: 299_208, 300: 299_008},
    "M-1": {10: 2_135_318, 60: 2_154_144, 300: 2_157_884},
    "M-2": {10: 2_179_987, 60: 2_201_029, 300: 2_217_027},
    "L-1": {10: 7_390_601, 60: 7_928_859, 300: 7_960_417},
}  # fmt: skip

Row = dict[str, object]
Curve = list[tuple[float, float]]


def measure(name: str, seconds: int) -> tuple[Row, Curve]:
    """Plan one round with the command line and check what it gives back; the row, and (seconds, gap in %)."""
    document = ROUNDS / f"{name}.json"
    row: Row = {
        "round": name,
        "seconds": seconds,
        "date": datetime.now(UTC).date().isoformat(),
        "rival": RIVAL.get(name, {}).get(seconds, GREEDY.get(name)),
    }
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "schedule.json"
        started = time.perf_counter()
        done = subprocess.run(
            [
                sys.executable, "-m", "solver", "plan", str(document), "-o", str(out), f"--seconds={seconds}",
                "--workers=2", "--progress",
            ],
            cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        row["wall"], row["exit"] = round(time.perf_counter() - started, 1), done.returncode
        if done.returncode or not out.exists():
            return row, []
        checked = subprocess.run(
            [sys.executable, "-m", "solver", "check", str(document), str(out)],
            cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        schedule = json.loads(out.read_bytes())
    objective, bound = schedule["objective"], schedule["bound"]
    held, asked = len(schedule["sessions"]), len(schedule["sessions"]) + len(schedule["unscheduled"])
    row |= {
        "right": checked.returncode == 0,
        "objective": objective,
        "bound": bound,
        "gap": round((bound - objective) / bound, 5) if bound else None,
        "held": f"{held}/{asked}",
    }
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    known = [each for each in reports if each["objective"] is not None and each["bound"]]
    return row, [(r["elapsed"], 100 * (r["bound"] - r["objective"]) / r["bound"]) for r in known]


def kept(path: Path) -> dict[tuple[str, int], Mapping[str, object]]:
    """What was measured before, by round and seconds."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {(row["round"], int(row["seconds"])): row for row in csv.DictReader(file)}


def write(rows: Mapping[tuple[str, int], Mapping[str, object]]) -> None:
    ordered = sorted(
        rows.values(), key=lambda row: (USUAL.index(str(row["round"])), int(str(row["seconds"])))
    )
    with (RESULTS / "planner.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(ordered)
    lines = [
        "| round | seconds | objective | bound | gap | held | others | wall |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in ordered:
        gap = f"{100 * float(str(row['gap'])):.2f} %" if row.get("gap") not in (None, "") else ""
        objective, bound, rival = (_grouped(row.get(key)) for key in ("objective", "bound", "rival"))
        cells = (
            row["round"],
            row["seconds"],
            objective,
            bound,
            gap,
            row.get("held") or "",
            rival,
            row["wall"],
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    (RESULTS / "planner.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _grouped(figure: object) -> str:
    return f"{int(str(figure)):,}" if figure not in (None, "") else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rounds", nargs="*", default=USUAL)
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60])
    chosen = parser.parse_args()
    if not ROUNDS.is_dir():
        print(f"nothing to measure: {ROUNDS.name} is not beside the project")
        return
    rows = kept(RESULTS / "planner.csv")
    for seconds in chosen.seconds:
        curves: dict[str, Curve] = {}
        for name in chosen.rounds:
            row, curves[name] = measure(name, seconds)
            rows[name, seconds] = row
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
            write(rows)
        title = f"Gap to the proven bound within {seconds} seconds, 2 cores"
        line_chart(RESULTS / f"gap-{seconds}.svg", title, "seconds", "gap, %", curves)


if __name__ == "__main__":
    main()
