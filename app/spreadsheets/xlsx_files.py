"""Excel workbooks: the first worksheet in, one or two worksheets out; a formula is never read nor written.

openpyxl reads XML through defusedxml when that is installed, as it always is here; sizes are bounded before.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import DEFUSEDXML, Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.spreadsheets.problems import Problem, UnreadableFile
from app.spreadsheets.table import COLUMNS, Row, Table, table_of

UNPACKED_MEGABYTES = 64
MEMBERS = 1000

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

if not DEFUSEDXML:  # pragma: no cover - a broken installation
    raise RuntimeError("openpyxl would read XML without defusedxml")


def read_xlsx(content: bytes) -> Table:
    """The table in the first worksheet of a workbook.

    Raises UnreadableFile for what is damaged, too large when unpacked, or another kind of zip.
    """
    _check_zip(content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            if not workbook.worksheets:
                raise UnreadableFile("no_worksheet")
            return table_of(_rows(workbook.worksheets[0]))
        finally:
            workbook.close()
    except UnreadableFile:
        raise
    except Exception:  # openpyxl lets through whatever a damaged or hostile file makes its parts raise
        raise UnreadableFile("broken_workbook") from None


def _check_zip(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UnreadableFile("broken_workbook") from None
    names = {member.filename for member in members}
    if "mimetype" in names and "content.xml" in names:
        raise UnreadableFile("open_document")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableFile("not_a_table")
    # zipfile never unpacks more of a member than its directory declares, so that the sum can be relied upon
    unpacked = sum(member.file_size for member in members)
    if len(members) > MEMBERS or unpacked > UNPACKED_MEGABYTES * 1024 * 1024:
        raise UnreadableFile("too_large_inside", megabytes=UNPACKED_MEGABYTES)


def _rows(worksheet: Any) -> Iterator[Row]:
    worksheet.reset_dimensions()  # what a file says about its own size is often wrong
    for number, cells in enumerate(worksheet.iter_rows(), start=1):
        texts: list[str] = []
        faults: dict[int, Problem] = {}
        for index, cell in enumerate(cells[: COLUMNS + 1]):
            text, fault = _read(cell)
            texts.append(text)
            if fault is not None:
                faults[index] = fault
        while texts and not texts[-1] and len(texts) - 1 not in faults:
            texts.pop()
        yield Row(number, tuple(texts), faults)


def _read(cell: Any) -> tuple[str, Problem | None]:
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type == "f":
        return "", Problem("formula")
    if cell.data_type == "e":
        return "", Problem("error_value", {"value": str(value)})
    if isinstance(value, bool):
        return "yes" if value else "no", None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value), None
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds"), None
    return str(value).strip(), None


def write_xlsx(worksheets: Sequence[tuple[str, Iterable[Sequence[object]]]]) -> bytes:
    """A workbook of these (title, rows) pairs; the first row of each is its heading.

    Texts are cells of type text even when they begin like a formula; dates and numbers stay such.
    """
    workbook = Workbook(write_only=True)
    for title, rows in worksheets:
        worksheet = workbook.create_sheet(title=re.sub(r"[\\*?:/\[\]]", " ", title)[:31])
        worksheet.freeze_panes = "A2"
        for index, row in enumerate(rows):
            if index == 0:
                for column, heading in enumerate(row, start=1):
                    width = max(14, min(60, len(str(heading)) + 4))
                    worksheet.column_dimensions[get_column_letter(column)].width = width
            worksheet.append([_write(worksheet, value, heading=index == 0) for value in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _write(worksheet: Any, value: object, *, heading: bool) -> object:
    if isinstance(value, str):
        value = _NOT_IN_XML.sub("", value)
        if heading or value.startswith(("=", "+", "-", "@")):
            cell = WriteOnlyCell(worksheet, value=value)
            cell.data_type = "s"
            cell.quotePrefix = True  # tells Excel that this was meant as text, should somebody edit the cell
            if heading:
                cell.font = Font(bold=True)
            return cell
    elif isinstance(value, date):
        cell = WriteOnlyCell(worksheet, value=datetime(value.year, value.month, value.day))  # noqa: DTZ001
        cell.number_format = "yyyy-mm-dd"
        return cell
    return value
