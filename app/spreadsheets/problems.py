"""What can be wrong with a file, a row or a cell: facts here, sentences for the reader at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to say: a code, the values that its sentence names, and the column it is about."""

    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    column: str | None = None


class UnreadableFile(Exception):
    """The file as a whole cannot be used; `problem` says why."""

    def __init__(self, reason: str, **values: Any) -> None:
        self.problem = Problem(reason, values)
        super().__init__(reason)


class CellRefused(Exception):
    """The text of a cell is not what its column holds."""

    def __init__(self, reason: str, **values: Any) -> None:
        self.reason = reason
        self.values = values
        super().__init__(reason)


SENTENCES: Mapping[str, Any] = {
    # -- the file
    "empty_file": _l("The file is empty."),
    "no_rows": _l("The file has headings but no rows."),
    "not_a_table": _l("This is neither a CSV file nor an Excel workbook (.xlsx)."),
    "old_workbook": _l(
        "This is an old .xls workbook, or one with a password. Save it as .xlsx without a password."
    ),
    "open_document": _l("This is an OpenDocument file. Save it as .xlsx or CSV."),
    "broken_workbook": _l("The workbook is damaged and cannot be read. Open it, save it again and retry."),
    "no_worksheet": _l("The workbook has no worksheet."),
    "too_large_inside": _l("The workbook unpacks to more than %(megabytes)s MB, which is too much."),
    "unknown_encoding": _l("The characters of this file cannot be read. Save it as “CSV UTF-8”."),
    "broken_csv": _l("A quotation mark is out of place, or never closed, near line %(line)s."),
    "too_many_rows": _l("The file has more than %(limit)s rows. Divide it."),
    "too_many_columns": _l("The file has more than %(limit)s columns."),
    "too_many_cells": _l("The file has more than %(limit)s cells. Divide it."),
    "no_known_heading": _l("No heading of the first row is known. Start from the template."),
    "repeated_heading": _l("Two columns have the heading “%(heading)s”."),
    "missing_heading": _l("The column “%(heading)s” is missing."),
    # -- what to know about it
    "windows_encoding": _l(
        "The file does not say how its letters are written; it was read as Windows-1252. "
        "Look at the accents before you apply it."
    ),
    "unknown_headings": _l("Columns that are not known have been passed over: %(headings)s."),
    # -- a cell
    "required": _l("must be filled in"),
    "too_long": _l("is longer than %(limit)s characters"),
    "control_character": _l("holds a character that cannot be shown"),
    "formula": _l("holds a formula; write its value instead"),
    "error_value": _l("holds an error of the spreadsheet (%(value)s)"),
    "not_a_code": _l("“%(value)s” is not a code: letters, digits, dots and hyphens, at most %(limit)s"),
    "not_whole": _l("“%(value)s” is not a whole number"),
    "not_a_number": _l("“%(value)s” is not a number"),
    "out_of_range": _l("%(value)s is not between %(low)s and %(high)s"),
    "not_a_day": _l("“%(value)s” is not a date such as 2027-03-09"),
    "not_yes_or_no": _l("“%(value)s” is neither yes nor no"),
    "not_one_of": _l("“%(value)s” is not one of: %(choices)s"),
    "not_an_address": _l("“%(value)s” is not an e-mail address"),
    "not_a_country": _l("“%(value)s” is not a country code such as SN"),
    "not_a_language": _l("“%(value)s” is not a language code such as fr; several are separated by ;"),
    "not_a_zone": _l("“%(value)s” is not a time zone such as Africa/Dakar"),
    # -- a row
    "unknown_code": _l("there is nothing with the code “%(value)s”"),
    "refused_code": _l("the row of “%(value)s” is refused, and this one needs it"),
    "repeated_row": _l("the same code is in row %(row)s"),
    "like_existing": _l("there is already one of this name; to change it, write its code: %(code)s"),
    "circle": _l("leads back to itself in a circle"),
    "not_yours": _l("you do not act for this organisation"),
}
"""Reason -> its sentence in English; a sheet may add its own."""


def say(problem: Problem, further: Mapping[str, Any] | None = None) -> str:
    """A problem in the reader's language, without its column. `further`: the sheet's own sentences."""
    sentence = (further or {}).get(problem.reason) or SENTENCES[problem.reason]
    if callable(sentence):
        return str(sentence(**problem.values))
    return str(sentence) % problem.values if problem.values else str(sentence)
