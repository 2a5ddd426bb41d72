"""Cells: what each kind takes for a value, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.spreadsheets.cells import (
    COUNTRY,
    LANGUAGE,
    ZONE,
    Code,
    Day,
    Email,
    Kind,
    Many,
    Number,
    OneOf,
    Text,
    Whole,
    YesNo,
)
from app.spreadsheets.codes import COUNTRIES, LANGUAGES, NewCodes, slug
from app.spreadsheets.problems import CellRefused
from solver.reading.codes import COUNTRIES as ROUND_COUNTRIES
from solver.reading.codes import LANGUAGES as ROUND_LANGUAGES


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Text(10), "two   words", "two words"),
        (Text(20), " deux\n\N{NO-BREAK SPACE}: trois ", "deux \N{NO-BREAK SPACE}: trois"),
        (Text(20), "deux\N{NO-BREAK SPACE}: trois", "deux\N{NO-BREAK SPACE}: trois"),
        (Text(10), "e\u0301", "é"),
        (Text(20, lines=True), "one\r\ntwo", "one\ntwo"),
        (Code(), "ci-abidjan.2_x", "ci-abidjan.2_x"),
        (Whole(), "1 200", 1200),
        (Whole(), "1\u202f200", 1200),
        (Whole(), "12.0", 12),
        (Number(-90, 90), "14,7167", 14.7167),
        (Number(-90, 90), "-17.5", -17.5),
        (Number(-90, 90), "1e-05", 0.00001),
        (Day(), "2027-03-09", date(2027, 3, 9)),
        (YesNo(), "Sí", True),
        (YesNo(), "NON", False),
        (OneOf(("peer_exchange",)), "Peer exchange", "peer_exchange"),
        (COUNTRY, "sn", "SN"),
        (LANGUAGE, "FR", "fr"),
        (ZONE, "Africa/Dakar", "Africa/Dakar"),
        (Email(), "Ama@Example.org", "ama@example.org"),
        (Many(LANGUAGE), "fr; en;;fr", ("fr", "en")),
        (Many(Code(), ordered=False), "b;a", ("a", "b")),
    ],
)
def test_what_people_write_is_understood(kind: Kind, text: str, value: Any) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (Text(3), "four", "too_long"),
        (Text(9), "a\x07b", "control_character"),
        (Text(9), "a\x00b", "control_character"),
        (Code(), "-x", "not_a_code"),
        (Code(), "a b", "not_a_code"),
        (Code(), "x" * 61, "not_a_code"),
        (Whole(), "1,5", "not_whole"),
        (Whole(), "1.5", "not_whole"),
        (Whole(), "٣", "not_whole"),
        (Whole(), "9" * 5000, "not_whole"),
        (Whole(1, 5), "6", "out_of_range"),
        (Number(-90, 90), "91", "out_of_range"),
        (Number(-90, 90), "nan", "not_a_number"),
        (Number(-90, 90), "1e9999", "not_a_number"),
        (Day(), "09/03/2027", "not_a_day"),
        (Day(), "2027-02-30", "not_a_day"),
        (Day(), "2027-3-9", "not_a_day"),
        (YesNo(), "perhaps", "not_yes_or_no"),
        (OneOf(("a", "b")), "c", "not_one_of"),
        (COUNTRY, "XX", "not_a_country"),
        (COUNTRY, "Senegal", "not_a_country"),
        (LANGUAGE, "fr, en", "not_a_language"),
        (ZONE, "Dakar", "not_a_zone"),
        (ZONE, "../../etc/passwd", "not_a_zone"),
        (Email(), "ama@", "not_an_address"),
        (Many(LANGUAGE), "fr;xx", "not_a_language"),
    ],
)
def test_what_is_no_such_value_is_refused(kind: Kind, text: str, reason: str) -> None:
    with pytest.raises(CellRefused) as refused:
        kind.parse(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Whole(), 12),
        (Number(-90, 90), -17.4677),
        (Number(-90, 90), 0.00001),
        (Number(-90, 90), 14.716699999999999),
        (YesNo(), False),
        (Many(LANGUAGE), ("fr", "en")),
        (Email(), "ama@example.org"),
    ],
)
def test_what_is_written_is_read_as_the_same_value(kind: Kind, value: Any) -> None:
    assert kind.parse(str(kind.write(value))) == value


def test_every_country_and_language_taken_here_can_stand_in_a_planning_round() -> None:
    assert COUNTRIES == ROUND_COUNTRIES
    assert LANGUAGES <= ROUND_LANGUAGES


def test_codes_are_made_from_names_and_never_given_twice() -> None:
    codes = NewCodes({"reseau-d-ong"})
    made = [codes.make("Réseau d’ONG", "organisation") for _ in range(2)]
    assert made == ["reseau-d-ong-2", "reseau-d-ong-3"]
    assert codes.make("شبكة", "organisation") == "organisation"
    assert slug("Å" * 80) == "a" * 50
