"""A file that somebody uploaded, read for what it is, whatever its name says."""

from __future__ import annotations

from app.spreadsheets.csv_files import read_csv
from app.spreadsheets.problems import UnreadableFile
from app.spreadsheets.table import Table

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")

_MARKUP = (b"<!doctype", b"<html", b"<?xml")


def read_table(content: bytes) -> Table:
    """The table in a CSV file or workbook. Raises UnreadableFile with the reason."""
    if not content.strip():
        raise UnreadableFile("empty_file")
    if content.startswith(_ZIP):
        from app.spreadsheets.xlsx_files import read_xlsx  # openpyxl is slow to load, and seldom needed

        return read_xlsx(content)
    if content.startswith(_OLE):
        raise UnreadableFile("old_workbook")
    if content.startswith(_OTHERS) or content[:500].lstrip().lower().startswith(_MARKUP):
        raise UnreadableFile("not_a_table")
    return read_csv(content)
