"""CSV as the world writes it: several encodings, separators and line ends in; one careful form out.

A spreadsheet program takes a cell that begins with = + - @ for a formula, whatever its quoting (OWASP, "CSV
Injection"). So such a text is written with an apostrophe before it, and read without; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from app.spreadsheets.problems import Problem, UnreadableFile
from app.spreadsheets.table import Row, Table, table_of

SEPARATORS = (",", ";", "\t")

_WOULD_BE_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_WAS_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def read_csv(content: bytes) -> Table:
    """The table in the bytes of a CSV file.

    Raises UnreadableFile, also for what is no CSV at all.
    """
    text, notices = decode(content)
    return table_of(_rows(text), notices)


def decode(content: bytes) -> tuple[str, list[Problem]]:
    """The text of a file: UTF-8 or UTF-16, marked as such or not, else Windows-1252 with a notice."""
    notices: list[Problem] = []
    encoding = _encoding_of(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise UnreadableFile("unknown_encoding") from None
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise UnreadableFile("unknown_encoding") from None
        notices.append(Problem("windows_encoding"))
    if "\0" in text:
        raise UnreadableFile("not_a_table")
    return text, notices


def _encoding_of(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = content[:2000]
    half = len(start) // 2
    if half and start[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    if half and start[0::2].count(0) > 0.4 * half:
        return "utf-16-be"
    return "utf-8"


def _rows(text: str) -> Iterator[Row]:
    separator = None
    if declared := re.match(r"\s*sep=(.)\r?\n", text):  # a first line that Excel understands and writes
        separator, text = declared[1], text[declared.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or separator_of(text), strict=True)
    try:
        for number, record in enumerate(reader, start=1 if separator is None else 2):
            yield Row(number, tuple(_text(cell) for cell in record))
    except csv.Error:
        raise UnreadableFile("broken_csv", line=reader.line_num) from None


def separator_of(text: str) -> str:
    """The separator that stands most often, outside quotation marks, in the first line that is not blank."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"?', "", line)
    return max(SEPARATORS, key=unquoted.count)


def _text(cell: str) -> str:
    return (cell[1:] if _WAS_GUARDED.match(cell) else cell).strip()


def write_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file of these rows: UTF-8 with a byte order mark (Excel needs it), commas, CRLF (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([_guarded(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _guarded(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _WOULD_BE_FORMULA.match(value):
        return "'" + value
    return value
