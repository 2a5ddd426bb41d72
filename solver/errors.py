"""What can go wrong in `solver`, and what each error means to whoever asked.

SolverError
├── MalformedDocument   a document breaks its format; lists every place   (exit 2)
├── PinsClash           no schedule satisfies the pins                     (exit 3)
└── NothingFound        the time ran out before any schedule was found     (exit 4)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from solver.round import Pin


class SolverError(Exception):
    """Base class of what this package raises on purpose."""


@dataclass(frozen=True, slots=True)
class LocatedError:
    """One defect of a document.

    `place` is the path to it (`workshops[3].venues[0]`; empty: the document as a
    whole), `reason` a stable code of `solver.reading.problems`, `message` English.
    """

    place: str
    reason: str
    message: str

    def __str__(self) -> str:
        return f"{self.place or 'document'}: {self.message}"


class MalformedDocument(SolverError):
    """A document that breaks its format. `errors` lists every defect found."""

    def __init__(self, errors: Iterable[LocatedError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))


class PinsClash(SolverError):
    """No schedule satisfies all pins.

    `pins` is a smallest set of pins that cannot hold together, `rules` the names of
    the rules that they clash over.
    """

    def __init__(self, pins: Iterable[Pin], rules: Iterable[str]) -> None:
        self.pins = tuple(pins)
        self.rules = tuple(rules)
        workshops = ", ".join(pin.workshop for pin in self.pins)
        super().__init__(f"the pins of {workshops} cannot hold together: {', '.join(self.rules)}")


class NothingFound(SolverError):
    """The time ran out before any schedule that satisfies the pins was found."""
