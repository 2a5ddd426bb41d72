"""What a stage says about its rows so that they can come and go as a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from sqlalchemy.orm import Session

from app.access import Actor, Rule
from app.spreadsheets.cells import Kind
from app.spreadsheets.problems import Problem

Values = dict[str, Any]
"""The values of one row by column name. Rows that others know by a code are values by that code."""

State = Literal["new", "changed", "same", "refused"]

CODE = "code"
"""The column by which a row of a file is matched with a row that is there. Every sheet has it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` in the code and in any language's file, `title` and `hint` for the reader.

    `default` is what an empty cell means. A `read_only` column is written and never read.
    """

    name: str
    title: Any
    kind: Kind
    required: bool = False
    default: Any = None
    hint: Any = ""
    read_only: bool = False

    def write(self, value: Any) -> object:
        """The cell for a value."""
        return "" if value is None else self.kind.write(value)


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a row that would be another one."""

    column: Column
    before: Any
    after: Any


@dataclass(slots=True)
class Entry:
    """One row of a file beside the row that it means: what is, what would be, and what is wrong with it.

    `current` is `None` when there is no such row yet; `given` names the columns that the file has.
    """

    row: int
    values: Values
    current: Values | None = None
    given: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    @property
    def code(self) -> str:
        return str(self.values.get(CODE) or "")

    @property
    def state(self) -> State:
        if self.problems:
            return "refused"
        if self.current is None:
            return "new"
        return "same" if self.values == self.current else "changed"

    def refuse(self, reason: str, column: str | None = None, **values: Any) -> None:
        self.problems.append(Problem(reason, values, column))


class Ledger(Protocol):
    """The rows that are there, with all that a sheet's codes may name, loaded at once for one actor."""

    def codes(self) -> Iterable[str]:
        """The codes of all rows, also of those out of the actor's reach."""

    def values(self, code: str) -> Values | None:
        """The row of a code as it is now; `None` when there is none, or none that the actor may see."""

    def in_reach(self) -> Iterable[Values]:
        """The rows that the actor may take away, in a stable order."""

    def namesake(self, values: Values) -> str | None:
        """The code of the row that a new row without a code most likely means."""

    def check(self, entry: Entry) -> None:
        """Refuse what breaks a rule, or is not the actor's to change. Called once per row, in order."""

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        """Write these rows, new ones and changed ones, and flush. No query in a loop."""


@runtime_checkable
class TellsAll(Protocol):
    """A ledger that tells all that is wrong with a row at once, also beside cells that it cannot use."""

    def check_the_rest(self, entry: Entry, unsound: frozenset[str]) -> None:
        """As `check`, for a row whose columns `unsound` hold their defaults, and of which nothing is said."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A kind of row that can be exported and imported.

    `within`: the columns whose codes name rows of this same sheet, so that a file may bring both; they may
    not form circles. `named_after`: the columns that name a row, the first that is not empty; a missing code
    is made from it. `coded_by`: for rows that have no code of their own, and are matched by what they name,
    the code that a row's values make; `code` is then a read-only column. `sentences`: what the ledger
    refuses by reason, as text or as a function of its values.
    """

    name: str
    title: Any
    columns: Sequence[Column]
    open: OpenLedger
    named_after: Sequence[str] = ("name",)
    coded_by: Callable[[Mapping[str, Any]], str] | None = None
    within: Sequence[str] = ()
    may_import: Rule
    may_export: Rule
    sentences: Mapping[str, Any] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def name_of(self, values: Values) -> str:
        """What a row is called; empty when nothing names it."""
        return next((str(values[name]) for name in self.named_after if values.get(name)), "")


class OpenLedger(Protocol):
    """Opens the ledger of a sheet; a handful of queries, however many rows there are."""

    def __call__(self, db: Session, actor: Actor) -> Ledger: ...
