"""Tables kept as text beside the tests: what is expected, readable as it is, renewed on purpose only."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent


def lines_of(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns."""
    table = [tuple(row) for row in rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def hold_against(name: str, lines: Sequence[str]) -> None:
    """Fail with the difference when the table kept under `name` says otherwise.

    With RENEW=1 in the environment the table is written instead; then read what git says is different.
    """
    kept = FOLDER / name
    if os.environ.get("RENEW"):
        kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = kept.read_text(encoding="utf-8").splitlines()
    difference = list(difflib.unified_diff(expected, list(lines), "expected", "found", lineterm="", n=0))
    assert not difference, (
        f"{name} says otherwise. If it is meant: RENEW=1 make test, and read the difference in git.\n"
        + "\n".join(difference[2:])
    )
