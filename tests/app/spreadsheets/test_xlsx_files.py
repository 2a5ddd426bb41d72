"""Workbooks as programs write them, workbooks as attackers do, and our own."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.spreadsheets.problems import UnreadableFile
from app.spreadsheets.reading import read_table
from app.spreadsheets.table import COLUMNS, ROWS
from app.spreadsheets.xlsx_files import read_xlsx, write_xlsx


def workbook(*rows: list[Any]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    return saved(made)


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rewritten(content: bytes, member: str, change: Any) -> bytes:
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, change(part) if name == member else part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
SOUND = workbook(["code", "name"], ["a", "b"])


def reason_of(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_table(content)
    return refused.value.problem.reason


def test_numbers_dates_and_truths_are_read_as_people_write_them() -> None:
    table = read_xlsx(
        workbook(
            ["a", "b", "c", "d", "e", "f"],
            [12, 12.0, 0.5, date(2027, 3, 9), datetime.fromisoformat("2027-03-09T14:30:00"), True],
        )
    )
    assert table.rows[0].cells == ("12", "12", "0.5", "2027-03-09", "2027-03-09 14:30:00", "yes")


def test_a_formula_is_a_fault_of_its_cell_and_never_a_value() -> None:
    table = read_xlsx(workbook(["code", "name"], ["a", "=1+1"], ["b", '=HYPERLINK("http://x")']))
    assert [(row.cells, row.faults[1].reason) for row in table.rows] == [
        (("a", ""), "formula"),
        (("b", ""), "formula"),
    ]


def test_an_error_of_the_spreadsheet_is_a_fault_that_names_it() -> None:
    made = Workbook()
    made.active.append(["code", "name"])
    made.active.append(["a", "x"])
    made.active["B2"].value, made.active["B2"].data_type = "#REF!", "e"
    fault = read_xlsx(saved(made)).rows[0].faults[1]
    assert (fault.reason, fault.values) == ("error_value", {"value": "#REF!"})


def test_only_the_first_worksheet_is_read() -> None:
    made = Workbook()
    made.active.append(["code"])
    made.active.append(["a"])
    made.create_sheet("Notes").append(["code"])
    assert [row.cells for row in read_xlsx(saved(made)).rows] == [("a",)]


def test_a_size_that_the_file_gives_for_itself_is_not_believed() -> None:
    lying = rewritten(
        SOUND, SHEET, lambda part: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', part)
    )
    assert read_xlsx(lying).rows[0].cells == ("a", "b")


def test_a_row_far_below_keeps_its_number_and_costs_nothing() -> None:
    far = rewritten(SOUND, SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="1000000"'))
    assert read_xlsx(far).rows[0].number == 1_000_000


# -- Hostile and damaged files


def test_a_bomb_is_refused_by_what_its_directory_declares() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        bomb.writestr("xl/workbook.xml", b" " * (70 * 1024 * 1024))
    assert len(out.getvalue()) < 1_000_000
    assert reason_of(out.getvalue()) == "too_large_inside"


def test_a_zip_of_a_thousand_parts_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as many:
        many.writestr("[Content_Types].xml", "<Types/>")
        for number in range(1001):
            many.writestr(f"xl/{number}.xml", "")
    assert reason_of(out.getvalue()) == "too_large_inside"


def test_entities_are_never_expanded() -> None:
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    )
    assert reason_of(rewritten(SOUND, SHEET, lambda part: laughs + part)) == "broken_workbook"
    assert reason_of(rewritten(SOUND, "xl/workbook.xml", lambda part: laughs + part)) == "broken_workbook"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SOUND[:200], "broken_workbook"),
        (SOUND[: len(SOUND) // 2], "broken_workbook"),
        (b"PK\x03\x04 and nothing else", "broken_workbook"),
        (rewritten(SOUND, SHEET, lambda part: part[:100]), "broken_workbook"),
        (rewritten(SOUND, SHEET, lambda part: b""), "broken_workbook"),
        (rewritten(SOUND, "xl/workbook.xml", lambda part: b"<x/>"), "no_worksheet"),
        (rewritten(SOUND, SHEET, lambda part: part.replace(b'r="B2"', b'r="??"')), "broken_workbook"),
        (workbook(), "empty_file"),
        (workbook(["code", "name"]), "no_rows"),
        (workbook([f"c{n}" for n in range(COLUMNS + 1)], ["a"]), "too_many_columns"),
    ],
    ids=[
        "cut early",
        "cut late",
        "no zip",
        "cut part",
        "empty part",
        "no book",
        "bad cell",
        "empty",
        "bare",
        "wide",
    ],
)
def test_damaged_workbooks_get_a_reason(content: bytes, reason: str) -> None:
    assert reason_of(content) == reason


def test_other_kinds_of_zip_are_told_apart() -> None:
    def zipped(**parts: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for name, text in parts.items():
                made.writestr(name, text)
        return out.getvalue()

    document = zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": "<x/>"})
    assert reason_of(document) == "open_document"
    assert reason_of(zipped(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})) == "not_a_table"
    assert reason_of(zipped(readme="hello")) == "not_a_table"


def test_more_rows_than_the_limit_are_refused() -> None:
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n)
        for n in range(1, ROWS + 3)
    )
    long = rewritten(
        SOUND,
        SHEET,
        lambda part: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", part),
    )
    assert reason_of(long) == "too_many_rows"


# -- Writing


def test_texts_stay_texts_numbers_numbers_and_dates_dates() -> None:
    content = write_xlsx(
        [("People", [["name", "n", "day"], ["=1+1", 3, date(2027, 3, 9)], ["+x\x01", -1, ""]])]
    )
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].quotePrefix
    assert (sheet["B2"].value, sheet["C2"].value) == (3, datetime.fromisoformat("2027-03-09"))
    assert sheet["A3"].value == "+x"


def test_what_was_written_is_read_back() -> None:
    content = write_xlsx([("People", [["name", "day"], ["=SUM(A1)", date(2027, 3, 9)]]), ("Notes", [["x"]])])
    assert read_xlsx(content).rows[0].cells == ("=SUM(A1)", "2027-03-09")
    assert not read_xlsx(content).rows[0].faults
