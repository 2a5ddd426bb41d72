"""A file as read: headings and rows of text, whatever its format was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.spreadsheets.problems import Problem, UnreadableFile

ROWS = 50_000
COLUMNS = 100
CELLS = 2_000_000
COMMENT = "#"
"""A row whose first cell begins with it is a remark, such as the hints of a template."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, its texts, and which cells hold no text at all."""

    number: int
    cells: tuple[str, ...]
    faults: Mapping[int, Problem] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not self.faults and not any(self.cells)

    @property
    def is_remark(self) -> bool:
        return bool(self.cells) and self.cells[0].startswith(COMMENT)


@dataclass(frozen=True, slots=True)
class Table:
    """The headings and the rows under them; `notices` are things a reader should know about the reading."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notices: tuple[Problem, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "headings": list(self.headings),
            "rows": [
                [
                    row.number,
                    list(row.cells),
                    {str(n): [p.reason, dict(p.values)] for n, p in row.faults.items()},
                ]
                for row in self.rows
            ],
            "notices": [[notice.reason, dict(notice.values)] for notice in self.notices],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Table:
        return cls(
            tuple(kept["headings"]),
            tuple(
                Row(number, tuple(cells), {int(n): Problem(*fault) for n, fault in faults.items()})
                for number, cells, faults in kept["rows"]
            ),
            tuple(Problem(*notice) for notice in kept["notices"]),
        )


def table_of(rows: Iterable[Row], notices: Sequence[Problem] = ()) -> Table:
    """The first row that is not blank has the headings; blank rows and remarks are left out.

    Raises UnreadableFile("empty_file" | "no_rows" | "too_many_rows" | "too_many_columns" | "too_many_cells").
    """
    headings: tuple[str, ...] | None = None
    kept: list[Row] = []
    cells = 0
    for row in rows:
        cells += len(row.cells)
        if cells > CELLS:
            raise UnreadableFile("too_many_cells", limit=CELLS)
        if row.is_blank or row.is_remark:
            continue
        if headings is None:
            headings = row.cells
            if len(headings) > COLUMNS:
                raise UnreadableFile("too_many_columns", limit=COLUMNS)
            continue
        kept.append(row)
        if len(kept) > ROWS:
            raise UnreadableFile("too_many_rows", limit=ROWS)
    if headings is None:
        raise UnreadableFile("empty_file")
    if not kept:
        raise UnreadableFile("no_rows")
    return Table(headings, tuple(kept), tuple(notices))
