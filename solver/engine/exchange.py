"""Runs that plan one round together, on one machine or on several: what they tell each other, in plain files.

All share a folder. Each keeps one file there with its best schedule (`<name>.schedule.json`) and one with the
newest prices of people's time (`<name>.prices.json`), replaced whole, and looks each second at those of the
others. Nobody is waited for and nobody is believed: schedules are held against the round like those of our
own workers, prices only guide. A file that cannot be read is somebody else's mistake; it is left alone.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.errors import MalformedDocument
from solver.reading import read_schedule
from solver.round import Round
from solver.schedule import Schedule
from solver.writing import write_schedule

if TYPE_CHECKING:
    from solver.engine.prices import Prices

SCHEDULE, PRICES = ".schedule.json", ".prices.json"


@dataclass(frozen=True, slots=True)
class Together:
    """That a run is one of several.

    folder: the files are exchanged there; name: of our own, like no other's
    part: (k, n), the k-th (from 0) of n runs; the first bounds the round, each looks mostly at its own part
    """

    folder: Path
    name: str
    part: tuple[int, int] = (0, 1)


class Exchange:
    """One run's view of the shared folder."""

    def __init__(self, together: Together, round: Round) -> None:
        self.folder, self.name, self.round = together.folder, together.name, round
        self.seen: dict[str, tuple[int, int]] = {}

    def put_schedule(self, schedule: Schedule) -> None:
        """Tell the others of a schedule."""
        self._put(SCHEDULE, write_schedule(schedule))

    def put_prices(self, prices: Prices) -> None:
        """Tell the others what people's time is worth."""
        self._put(PRICES, json.dumps(document_of(prices)).encode())

    def news(self) -> Iterator[Schedule | Prices]:
        """What others have written since we last looked."""
        with contextlib.suppress(OSError):
            for entry in sorted(os.scandir(self.folder), key=lambda entry: entry.name):
                ours = entry.name in (self.name + SCHEDULE, self.name + PRICES)
                if ours or not entry.name.endswith((SCHEDULE, PRICES)):
                    continue
                state = entry.stat()
                stamp = (state.st_mtime_ns, state.st_ino)
                if self.seen.get(entry.name) != stamp:
                    self.seen[entry.name] = stamp
                    with contextlib.suppress(OSError, ValueError, MalformedDocument):
                        yield self._read(Path(entry.path))

    def _read(self, path: Path) -> Schedule | Prices:
        data = path.read_bytes()
        if path.name.endswith(SCHEDULE):
            return read_schedule(data, self.round)
        return prices_of(json.loads(data))

    def _put(self, ending: str, data: bytes) -> None:
        """Replace our file whole; a full disk costs the others our help, and us nothing."""
        beside = self.folder / f".{self.name}{ending}.part"
        with contextlib.suppress(OSError):
            beside.write_bytes(data)
            beside.replace(self.folder / (self.name + ending))


def document_of(prices: Prices) -> dict[str, Any]:
    """Prices of people's time as plain values: whole hundredths of a point, people in the round's order."""
    return {
        "format": "prices/1",
        "facilitate": prices.facilitate.round().astype(int).tolist(),
        "seat": prices.seat.round().astype(int).tolist(),
        "topic": prices.topic.round().astype(int).tolist(),
    }


def prices_of(document: Any) -> Prices:
    """Prices that insertions can respect; what only a bound needs is empty.

    Raises:
        ValueError: these are no prices.
    """
    import numpy as np  # the coordinator has no other use for it

    from solver.engine.prices import Prices

    if not isinstance(document, dict) or document.get("format") != "prices/1":
        raise ValueError("not prices/1")
    try:
        parts = [np.array(document[name], dtype=np.float64) for name in ("facilitate", "seat", "topic")]
    except (KeyError, TypeError) as error:
        raise ValueError("not prices/1") from error
    if not all(np.isfinite(part).all() and (part >= 0).all() for part in parts):
        raise ValueError("prices are at least 0")
    facilitate, seat, topic = parts
    none = np.zeros(0)
    return Prices(facilitate, seat, topic, none, (), none, none, none, none)
