"""The defects of a document, collected with their places while it is read.

Reading never stops at the first defect. Where a value cannot be read, the defect
is noted and `INVALID` stands in its place; a document with defects is then refused
as a whole, so that no `INVALID` ever reaches a `Round` or a `Schedule`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from solver.errors import LocatedError, MalformedDocument

Reason = Literal[
    "byte_order_mark",
    "contradiction",  # limits or keys that cannot hold together
    "dangling_id",  # an id that points nowhere
    "doubled_item",  # a list that names one thing twice
    "doubled_key",
    "duplicate_id",
    "empty",
    "missing_key",
    "not_json",
    "not_utf8",
    "out_of_range",
    "reversed_span",
    "too_deep",
    "unknown_key",
    "unknown_time_zone",
    "wrong_format",  # of the right type, but not written as a date, an instant …
    "wrong_type",
    "wrong_value",
]

At = tuple["At", str | int] | None
"""A place in a document: the place that holds it, and the key or index there. `None`: the document."""


class _Invalid:
    """See `INVALID`. Reads as an empty list wherever a list is built from it."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Any = _Invalid()
"""Stands for a value that could not be read, whatever its type should have been."""

MAX_DEPTH = 64  # nesting of objects and lists, the document itself being the first


class Problems:
    """Every defect found so far."""

    def __init__(self) -> None:
        self._found: list[LocatedError] = []

    def refuse(self, at: At, reason: Reason, message: str) -> Any:
        """Note a defect; returns `INVALID`, to stand for what could not be read."""
        self._found.append(LocatedError(path(at), reason, message))
        return INVALID

    def raise_if_any(self) -> None:
        """Raises `MalformedDocument` if there are defects."""
        if self._found:
            raise self.as_error()

    def as_error(self) -> MalformedDocument:
        """The defects as the error to raise."""
        return MalformedDocument(self._found)


_PLAIN_KEY = re.compile(r"[\w-]+")


def path(at: At) -> str:
    """A place as people write it: `workshops[3].follows.max_days`."""
    steps: list[str] = []
    while at is not None:
        at, step = at
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            steps.append(f".{step}")
        else:
            steps.append(f"[{json.dumps(step)}]")
    return "".join(reversed(steps)).removeprefix(".")


def depth_of(at: At) -> int:
    """How many objects and lists enclose a place."""
    depth = 0
    while at is not None:
        at, depth = at[0], depth + 1
    return depth


def nests_deeper(value: object, limit: int) -> bool:
    """Whether a JSON value nests objects and lists deeper than `limit`; needs no recursion."""
    layer = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        if not layer:
            return False
        layer = [inner for outer in layer for inner in _items(outer) if isinstance(inner, dict | list)]
    return bool(layer)


def _items(container: object) -> Iterable[object]:
    if isinstance(container, dict):
        return container.values()
    return container if isinstance(container, list) else ()
