"""CSV in every form that arrives, and what is made of the ones that are none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spreadsheets.csv_files import decode, read_csv, separator_of, write_csv
from app.spreadsheets.problems import UnreadableFile
from app.spreadsheets.reading import read_table
from app.spreadsheets.table import CELLS, ROWS

ACCENTS = "code;name\nci;Côte d’Ivoire\n"


def rows_of(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_csv(content).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_accents_survive_every_unicode_encoding_without_a_notice(encoding: str) -> None:
    table = read_csv(ACCENTS.encode(encoding))
    assert table.rows[0].cells == ("ci", "Côte d’Ivoire")
    assert table.notices == ()


def test_windows_1252_is_read_and_said() -> None:
    table = read_csv(ACCENTS.encode("cp1252"))
    assert table.rows[0].cells == ("ci", "Côte d’Ivoire")
    assert [notice.reason for notice in table.notices] == ["windows_encoding"]


def test_bytes_that_are_letters_in_no_encoding_are_refused() -> None:
    with pytest.raises(UnreadableFile) as refused:
        decode(b"code,name\nx,\x81\x8d\xff\xfe\n")
    assert refused.value.problem.reason == "unknown_encoding"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_in_the_headings(separator: str) -> None:
    content = separator.join(["code", '"name, short; or long"', "kind"]) + "\n" + separator.join("abc")
    assert separator_of(content) == separator
    assert rows_of(content.encode()) == [("a", "b", "c")]


def test_a_separator_declared_for_excel_is_obeyed_and_counts_as_a_row() -> None:
    table = read_csv(b"sep=;\ncode;name\na;b\n")
    assert table.headings == ("code", "name")
    assert (table.rows[0].number, table.rows[0].cells) == (3, ("a", "b"))


def test_a_quoted_line_break_stays_in_its_cell_and_rows_are_numbered_as_a_spreadsheet_does() -> None:
    table = read_csv(b'code,note\r\na,"one\r\ntwo"\r\n\r\nb,three\r\n')
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("a", "one\r\ntwo")), (4, ("b", "three"))]


def test_remarks_and_blank_rows_are_passed_over() -> None:
    assert rows_of(b"\n,\ncode,name\n# what to write,here\na,b\n") == [("a", "b")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b" \n\n", "empty_file"),
        (b"code,name\n", "no_rows"),
        (b'code,name\na,"never closed\n', "broken_csv"),
        (b'code,name\n"a"b,c\n', "broken_csv"),
        (b"code,name\na," + b"x" * 200_000, "broken_csv"),
        (b"code,name\na,\0b\n", "not_a_table"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"<!DOCTYPE html><table>", "not_a_table"),
        (b"<?xml version='1.0'?><x/>", "not_a_table"),
        (b"\x89PNG\r\n", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old_workbook"),
        (b"a,b\n" + b"1,2\n" * (ROWS + 1), "too_many_rows"),
        (b"a" + b",a" * 100 + b"\n1\n", "too_many_columns"),
        (b"a,b\n" + b"\n".join([b"," * 1000] * (CELLS // 1000)), "too_many_cells"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_table(content)
    assert refused.value.problem.reason == reason


def test_a_broken_quotation_is_located() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_csv(b'code,name\na,b\nc,"d"e\n')
    assert refused.value.problem.values == {"line": 3}


@given(st.binary(max_size=300))
def test_no_bytes_whatever_bring_anything_but_a_table_or_a_reason(content: bytes) -> None:
    try:
        outcome = read_table(content).rows
    except UnreadableFile as refused:
        outcome = refused.problem.reason
    assert outcome


# -- Writing


def test_what_a_spreadsheet_would_take_for_a_formula_is_written_as_text() -> None:
    content = write_csv([["name", "n"], ["=HYPERLINK(1)", -17.5], ["@x", 3], ["-", date(2027, 3, 9)]])
    assert content.decode("utf-8-sig").split("\r\n") == [
        "name,n",
        "'=HYPERLINK(1),-17.5",
        "'@x,3",
        "'-,2027-03-09",
        "",
    ]


@given(
    st.lists(st.text(st.sampled_from("=+-@'\tab;,\"\né "), min_size=1, max_size=6), min_size=1, max_size=4)
)
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    row = [text.strip() for text in texts]
    if not any(row):
        return
    content = write_csv([["x"] * len(row), ["first", *row]])
    assert read_csv(content).rows[0].cells == ("first", *row)
