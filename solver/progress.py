"""How far a planning run is: what `--progress` prints and a progress page shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment of a planning run.

    `elapsed` is in seconds since the run began; `phase` is a short name of what the
    planner is doing. `objective` and `bound` are in hundredths of a point, `gap` is
    (bound - objective) / |bound|, `held` the number of sessions of the best
    schedule so far. `None` stands for "not known yet".
    """

    elapsed: float
    phase: str
    objective: int | None = None
    bound: int | None = None
    gap: float | None = None
    held: int | None = None
