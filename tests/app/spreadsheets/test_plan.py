"""What a file would do, on a ledger small enough to see through: rooms that may be inside other rooms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.access import Actor, anybody
from app.spreadsheets.cells import Code, Many, Text, Whole
from app.spreadsheets.csv_files import read_csv
from app.spreadsheets.plan import Plan, make_plan
from app.spreadsheets.problems import UnreadableFile, say
from app.spreadsheets.sheet import Column, Entry, Sheet, Values

HALL: Values = {"code": "hall", "name": "Hall", "seats": 30, "inside": ()}


class Rooms:
    """A ledger of rooms in memory."""

    def __init__(self, *rows: Values) -> None:
        self.rows = {row["code"]: row for row in rows}

    def codes(self) -> Iterable[str]:
        return self.rows

    def values(self, code: str) -> Values | None:
        return self.rows.get(code)

    def in_reach(self) -> Iterable[Values]:
        return self.rows.values()

    def namesake(self, values: Values) -> str | None:
        return next((code for code, row in self.rows.items() if row["name"] == values.get("name")), None)

    def check(self, entry: Entry) -> None:
        if entry.values["seats"] == 13:
            entry.refuse("unlucky", "seats")

    def write(self, entries: Sequence[Entry], now: datetime) -> None:
        self.rows.update({entry.code: entry.values for entry in entries})


def opened(db: Session, actor: Actor) -> Rooms:
    return Rooms(HALL)


ROOMS = Sheet(
    name="rooms",
    title="Rooms",
    open=opened,
    within=("inside",),
    may_import=anybody,
    may_export=anybody,
    sentences={"unlucky": "is an unlucky number"},
    columns=(
        Column("code", "Code", Code()),
        Column("name", "Room's name", Text(20), required=True, default=""),
        Column("seats", "Seats", Whole(), default=10),
        Column("inside", "Inside", Many(Code(), ordered=False), default=()),
        Column("booked", "Booked", Whole(), read_only=True),
    ),
)


@pytest.fixture(autouse=True)
def _in_an_application(app: Flask) -> None:
    """Titles are translated, which needs one."""


def plan(text: str, *rows: Values) -> Plan:
    return make_plan(ROOMS, read_csv(text.encode()), Rooms(*(rows or (HALL,))))


def states(made: Plan) -> list[str]:
    return [entry.state for entry in made.entries]


def reasons(made: Plan, row: int = 0) -> list[tuple[str | None, str]]:
    return [(problem.column, problem.reason) for problem in made.entries[row].problems]


def test_rows_are_new_changed_the_same_or_refused() -> None:
    made = plan("code,name,seats\nhall,Hall,30\nhall2,Hall 2,\nfoyer,Foyer,many\n")
    assert states(made) == ["same", "new", "refused"]
    assert states(plan("code,name,seats\nhall,Great hall,30\n")) == ["changed"]
    assert made.counts() == {"new": 1, "changed": 0, "same": 1, "refused": 1}


def test_a_change_says_what_was_and_what_would_be() -> None:
    made = plan("code,name,seats\nhall,Great hall,31\n")
    changes = made.changes(made.entries[0])
    assert [(change.column.name, change.before, change.after) for change in changes] == [
        ("name", "Hall", "Great hall"),
        ("seats", 30, 31),
    ]


def test_columns_that_the_file_does_not_have_stay_as_they_are() -> None:
    made = plan("code,name\nhall,Great hall\n")
    assert made.entries[0].values["seats"] == 30


def test_an_empty_cell_means_the_default() -> None:
    assert plan("code,name,seats\nhall,Hall,\n").entries[0].values["seats"] == 10


def test_a_required_cell_may_not_be_emptied() -> None:
    assert reasons(plan("code,name\nhall,\n")) == [("name", "required")]


def test_a_row_without_a_code_gets_one_from_its_name() -> None:
    made = plan("name\nLe Foyer\nLe  foyer\n")
    assert [entry.code for entry in made.entries] == ["le-foyer", "le-foyer-2"]


def test_a_made_code_is_none_that_stands_further_down_in_the_file() -> None:
    made = plan("code,name\n,Foyer\nfoyer,Foyer again\n")
    assert [entry.code for entry in made.entries] == ["foyer-2", "foyer"]


def test_a_row_without_a_code_that_bears_a_known_name_is_refused_with_the_code_to_write() -> None:
    made = plan("name\nHall\n")
    assert made.entries[0].problems[0].values == {"code": "hall"}
    assert reasons(made) == [("code", "like_existing")]


def test_a_code_that_stands_twice_counts_once() -> None:
    made = plan("code,name\nfoyer,Foyer\nfoyer,Foyer\n")
    assert states(made) == ["new", "refused"]
    assert made.entries[1].problems[0].values == {"row": 2}


def test_every_fault_of_a_row_is_told_with_its_column() -> None:
    made = plan("code,name,seats\n-,,many\n")
    assert sorted(reasons(made), key=str) == [
        ("code", "not_a_code"),
        ("name", "required"),
        ("seats", "not_whole"),
    ]


def test_the_ledgers_own_refusals_are_said_in_its_own_words() -> None:
    made = plan("code,name,seats\nfoyer,Foyer,13\n")
    assert say(made.entries[0].problems[0], ROOMS.sentences) == "is an unlucky number"


# -- Headings


def test_headings_are_known_by_name_and_by_title_whatever_case_and_accents() -> None:
    made = plan("CODE;ROOM’S NAME;Séats\nfoyer;Foyer;5\n")
    assert made.entries[0].values == {"code": "foyer", "name": "Foyer", "seats": 5, "inside": ()}


def test_unknown_and_read_only_columns_are_passed_over_and_the_unknown_ones_named() -> None:
    made = plan("code,name,colour,booked\nfoyer,Foyer,red,7\n")
    assert made.notices[0].values == {"headings": "colour"}
    assert "booked" not in made.entries[0].values


@pytest.mark.parametrize(
    ("headings", "reason"),
    [
        ("colour,shape", "no_known_heading"),
        ("code,Code", "repeated_heading"),
        ("seats,inside", "missing_heading"),
    ],
)
def test_headings_that_cannot_be_used_refuse_the_whole_file(headings: str, reason: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        plan(f"{headings}\na,b\n")
    assert refused.value.problem.reason == reason


# -- Rows that name each other


def test_a_file_may_bring_a_row_and_one_that_needs_it_in_either_order() -> None:
    assert states(plan("code,name,inside\nbox,Box,foyer\nfoyer,Foyer,hall\n")) == ["new", "new"]


def test_a_name_that_is_nowhere_is_refused() -> None:
    assert reasons(plan("code,name,inside\nbox,Box,attic\n")) == [("inside", "unknown_code")]


def test_rows_that_need_a_refused_row_are_refused_down_the_whole_chain() -> None:
    made = plan("code,name,inside\na,A,b\nb,B,c\nc,C,nowhere\n")
    assert [problem.reason for entry in made.entries for problem in entry.problems] == [
        "refused_code",
        "refused_code",
        "unknown_code",
    ]


def test_a_row_inside_itself_is_refused() -> None:
    assert reasons(plan("code,name,inside\nhall,Hall,hall\n")) == [("inside", "circle")]


def test_a_circle_through_rows_that_are_there_is_refused_and_what_hangs_on_it_is_named() -> None:
    box = {"code": "box", "name": "Box", "seats": 1, "inside": ("hall",)}
    made = plan("code,name,inside\nhall,Hall,box\nfoyer,Foyer,\n", HALL, box)
    assert states(made) == ["refused", "new"]
    assert reasons(made) == [("inside", "circle")]


def test_a_chain_of_thousands_is_no_circle_and_takes_no_recursion() -> None:
    lines = [f"r{n},Room {n},{f'r{n + 1}' if n < 4999 else ''}" for n in range(5000)]
    assert plan("code,name,inside\n" + "\n".join(lines)).counts()["new"] == 5000


# -- The same plan again


def test_a_plan_has_the_same_fingerprint_until_it_would_do_something_else() -> None:
    text = "code,name,seats\nhall,Great hall,30\n"
    moved: dict[str, Any] = {**HALL, "seats": 31}
    assert plan(text).fingerprint() == plan(text).fingerprint()
    assert plan(text).fingerprint() != plan(text, moved).fingerprint()
