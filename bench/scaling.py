"""How the planner's cost grows with the number of workshops: from S to XL, and halves of L and XL.

    python bench/scaling.py

CPU seconds of one process, each figure the least of three: reading and sets, ranking, a first schedule, and
a thousand steps of ruin and recreate. Writes bench/results/scaling.csv and scaling.svg.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import numpy as np  # noqa: E402
from plot import line_chart  # noqa: E402

from solver import read_round  # noqa: E402
from solver.engine.arrays import Arrays  # noqa: E402
from solver.engine.construct import construct  # noqa: E402
from solver.engine.improve import Improver, related_workshops  # noqa: E402
from solver.engine.options import all_options  # noqa: E402
from solver.engine.prices import Prices  # noqa: E402
from solver.engine.slate import Slate  # noqa: E402
from solver.round import Round  # noqa: E402

ROUNDS = PROJECT.parent / "shared" / "rounds"
RESULTS = PROJECT / "bench" / "results"
SIZES = (("S-1", 1), ("M-1", 1), ("L-1", 2), ("L-1", 1), ("XL-1", 2), ("XL-1", 1))
STEPS = 1_000


def part_of(round: Round, share: int) -> Round:
    """Every `share`-th workshop with what it follows, and nobody's pins but theirs."""
    chosen: dict[str, None] = {}
    for id in list(round.workshops)[::share]:
        while True:
            chosen[id] = None
            follows = round.workshops[id].follows
            if follows is None:
                break
            id = follows.workshop
    funds = {
        id: replace(fund, workshops=tuple(w for w in fund.workshops if w in chosen))
        for id, fund in round.funds.items()
    }
    return replace(
        round,
        workshops={id: round.workshops[id] for id in round.workshops if id in chosen},
        funds=funds,
        pins=tuple(pin for pin in round.pins if pin.workshop in chosen),
    )


def least(work: Callable[[], object], times: int = 3) -> float:
    """CPU seconds."""
    found = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        found = min(found, time.process_time() - began)
    return found


def measure(round: Round) -> dict[str, float]:
    arrays = Arrays(round)
    sets = all_options(arrays)
    slate = Slate(arrays, sets)
    rng, nothing = np.random.default_rng(1), Prices.none(arrays, sets)

    def first() -> None:
        slate.restore([None] * len(sets))
        construct(slate, rng)

    figures = {
        "sets": least(lambda: all_options(Arrays(round)), 1),
        "ranking": least(lambda: slate.respect(nothing)),
        "first schedule": least(first),
    }
    improver = Improver(slate, related_workshops(slate))
    figures["1,000 steps"] = least(lambda: improver.run(STEPS, 400.0, 400.0))
    return figures


def main() -> None:
    if not ROUNDS.is_dir():
        print(f"nothing to measure: {ROUNDS.name} is not beside the project")
        return
    rows = []
    for name, share in SIZES:
        round = part_of(read_round((ROUNDS / f"{name}.json").read_bytes()), share)
        row = {"round": name, "workshops": len(round.workshops)} | {
            key: f"{value:.4f}" for key, value in measure(round).items()
        }
        rows.append(row)
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    with (RESULTS / "scaling.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    lines = {key: [(float(row["workshops"]), float(row[key])) for row in rows] for key in list(rows[0])[2:]}
    line_chart(RESULTS / "scaling.svg", "Cost by size", "workshops", "CPU seconds", lines)


if __name__ == "__main__":
    main()
