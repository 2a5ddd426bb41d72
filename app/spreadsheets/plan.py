"""What a file would do to the rows that are there: worked out row by row, changing nothing."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.i18n import LANGUAGES, reading
from app.spreadsheets.codes import NewCodes
from app.spreadsheets.problems import CellRefused, Problem, UnreadableFile
from app.spreadsheets.sheet import CODE, Change, Column, Entry, Ledger, Sheet, State, TellsAll
from app.spreadsheets.table import Row, Table


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a file with what each would do, and what should be known about the reading."""

    sheet: Sheet
    entries: tuple[Entry, ...]
    notices: tuple[Problem, ...]

    def counts(self) -> dict[State, int]:
        """How many rows are in each state."""
        found = Counter(entry.state for entry in self.entries)
        return {state: found[state] for state in ("new", "changed", "same", "refused")}

    def to_write(self) -> list[Entry]:
        """The rows that change something."""
        return [entry for entry in self.entries if entry.state in {"new", "changed"}]

    def changes(self, entry: Entry) -> list[Change]:
        """What would be different in a row that is there, column by column."""
        if entry.current is None:
            return []
        return [
            Change(column, entry.current.get(column.name), entry.values[column.name])
            for column in self.sheet.columns
            if column.name in entry.values and entry.values[column.name] != entry.current.get(column.name)
        ]

    def fingerprint(self) -> str:
        """The same for two plans exactly when they would do the same."""
        told = [
            [
                entry.row,
                entry.state,
                entry.values,
                entry.current,
                [problem.reason for problem in entry.problems],
            ]
            for entry in self.entries
        ]
        return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


# -- Headings


def columns_of(sheet: Sheet, table: Table) -> tuple[dict[int, Column], list[Problem]]:
    """Which column of the file is which of the sheet, by name or by title in any of our languages.

    Raises UnreadableFile when no heading is known, one stands twice, or one that every row needs is missing.
    """
    known = headings_of(sheet)
    found: dict[int, Column] = {}
    unknown: list[str] = []
    for index, heading in enumerate(table.headings):
        column = known.get(_folded(heading))
        if column is None:
            if heading:
                unknown.append(heading[:60])
        elif column in found.values():
            raise UnreadableFile("repeated_heading", heading=heading[:60])
        elif not column.read_only:
            found[index] = column
    if not found:
        raise UnreadableFile("no_known_heading")
    if not any(column.name in {CODE, *sheet.named_after} for column in found.values()):
        raise UnreadableFile("missing_heading", heading=str(sheet.column(CODE).title))
    return found, [Problem("unknown_headings", {"headings": ", ".join(unknown)})] if unknown else []


def headings_of(sheet: Sheet) -> Mapping[str, Column]:
    """Every heading that names a column of the sheet, folded."""
    known = {_folded(column.name): column for column in sheet.columns}
    for language in LANGUAGES:
        with reading(language):
            known.update({_folded(str(column.title)): column for column in sheet.columns})
    return known


def _folded(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return re.sub(r"[^a-z0-9]", "", plain)


# -- Rows


def make_plan(sheet: Sheet, table: Table, ledger: Ledger) -> Plan:
    """What the rows of `table` would do to those in `ledger`. Raises UnreadableFile as `columns_of` does."""
    columns, notices = columns_of(sheet, table)
    codes = NewCodes(ledger.codes())
    entries = [_entry(sheet, columns, row) for row in table.rows]
    for entry in entries:
        if entry.code:
            codes.take(entry.code)
    rows_by_code: dict[str, int] = {}
    for entry in entries:
        _match(sheet, entry, ledger, codes)
        if (earlier := rows_by_code.setdefault(entry.code, entry.row)) != entry.row:
            entry.refuse("repeated_row", CODE, row=earlier)
        _complete(sheet, entry)
        if not entry.problems:
            ledger.check(entry)
        elif isinstance(ledger, TellsAll):
            _check_the_rest(sheet, entry, ledger)
    _refuse_circles(sheet, entries, ledger)
    _refuse_dangling(sheet, entries, ledger)
    return Plan(sheet, tuple(entries), (*table.notices, *notices))


def _entry(sheet: Sheet, columns: Mapping[int, Column], row: Row) -> Entry:
    """A row of the file with its cells parsed."""
    entry = Entry(row.number, {}, given=frozenset(column.name for column in columns.values()))
    for index, column in columns.items():
        if fault := row.faults.get(index):
            entry.refuse(fault.reason, column.name, **fault.values)
            continue
        text = row.cells[index] if index < len(row.cells) else ""
        if not text:
            entry.values[column.name] = column.default
            continue
        try:
            entry.values[column.name] = column.kind.parse(text)
        except CellRefused as refused:
            entry.refuse(refused.reason, column.name, **refused.values)
    return entry


def _match(sheet: Sheet, entry: Entry, ledger: Ledger, codes: NewCodes) -> None:
    """Find the row that is meant, or make a code for a new one."""
    if sheet.coded_by is not None:
        entry.values[CODE] = sheet.coded_by(entry.values)
    if entry.code:
        entry.current = ledger.values(entry.code)
        return
    if any(problem.column == CODE for problem in entry.problems):
        return
    if (namesake := ledger.namesake(entry.values)) is not None:
        entry.refuse("like_existing", CODE, code=namesake)
    entry.values[CODE] = codes.make(sheet.name_of(entry.values), otherwise=sheet.name)


def _complete(sheet: Sheet, entry: Entry) -> None:
    """Take what the file does not say from the row that is there or the defaults; see what is missing."""
    refused = {problem.column for problem in entry.problems}
    for column in sheet.columns:
        if column.read_only or column.name in refused:
            continue
        if column.name not in entry.values:
            entry.values[column.name] = entry.current[column.name] if entry.current else column.default
        if column.required and entry.values[column.name] in (None, "", ()):
            entry.refuse("required", column.name)
    if entry.current is not None:
        entry.current = {name: entry.current[name] for name in entry.current if name in entry.values}


def _check_the_rest(sheet: Sheet, entry: Entry, ledger: TellsAll) -> None:
    """Add what else is wrong with a row some of whose cells say nothing that can be used."""
    unsound = frozenset(problem.column for problem in entry.problems if problem.column is not None)
    values = {column.name: column.default for column in sheet.columns if not column.read_only} | entry.values
    for name in unsound & values.keys():
        values[name] = entry.current.get(name) if entry.current else sheet.column(name).default
    beside = Entry(entry.row, values, entry.current, entry.given)
    ledger.check_the_rest(beside, unsound)
    entry.problems += [problem for problem in beside.problems if problem.column not in unsound]


def _refuse_dangling(sheet: Sheet, entries: list[Entry], ledger: Ledger) -> None:
    """Refuse rows that name a row of this sheet which is neither there nor brought by the file.

    Again and again, since a row refused here may be one that others need.
    """
    if not sheet.within:
        return
    there = set(ledger.codes())
    brought = {entry.code for entry in entries if not entry.problems}
    in_file = {entry.code for entry in entries}
    again = True
    while again:
        again = False
        for entry in entries:
            if entry.problems:
                continue
            for column, code in _names(sheet, entry.values):
                if code not in there and code not in brought:
                    entry.refuse("refused_code" if code in in_file else "unknown_code", column, value=code)
                    brought.discard(entry.code)
                    again = True
                    break


def _refuse_circles(sheet: Sheet, entries: list[Entry], ledger: Ledger) -> None:
    """Refuse rows of the file that would lie on a circle, or between two, of rows that name each other.

    What remains of a graph when nodes that name none, and nodes that none names, are taken away for as
    long as there are any.
    """
    if not sheet.within:
        return
    sound = {entry.code: entry for entry in entries if not entry.problems}
    names = {
        code: {other for _, other in _names(sheet, values)} for code, values in _all_values(ledger, sound)
    }
    on_circle = _peeled(_peeled(names), reverse=True)
    for code, entry in sound.items():
        if code in on_circle and entry.state != "same":
            entry.refuse("circle", sheet.within[0])


def _all_values(ledger: Ledger, sound: Mapping[str, Entry]) -> Iterator[tuple[str, dict[str, object]]]:
    for code in ledger.codes():
        if code not in sound and (values := ledger.values(code)) is not None:
            yield code, values
    for code, entry in sound.items():
        yield code, entry.values


def _names(sheet: Sheet, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(column, code) of every row of the same sheet that these values name."""
    for column in sheet.within:
        named = values.get(column)
        if isinstance(named, str):
            yield column, named
        elif isinstance(named, tuple):
            for code in named:
                yield column, code


def _peeled(names: Mapping[str, set[str]], *, reverse: bool = False) -> dict[str, set[str]]:
    """The graph without the nodes that name no other (`reverse`: that no other names), taken away in turn."""
    left = {code: others & names.keys() for code, others in names.items()}
    back: dict[str, set[str]] = {code: set() for code in left}
    for code, others in left.items():
        for other in others:
            back[other].add(code)
    ahead, behind = (back, left) if reverse else (left, back)
    ends = [code for code, others in ahead.items() if not others]
    while ends:
        end = ends.pop()
        for code in behind.pop(end):
            ahead[code].discard(end)
            if not ahead[code]:
                ends.append(code)
        ahead.pop(end)
    return {code: left[code] & left.keys() for code in left}
