"""Single content lines, and how they are folded."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendars import contentlines as line


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        (r"one\, two\; three\\four", r"one, two; three\four"),
        ('colon: and "quotes"', 'colon: and "quotes"'),
        (r"a\nb\nc\nd", "a\nb\r\nc\rd"),
        (r"a\nb\nc\nd", "a\u2028b\u2029c\x85d"),
        ("tab stop", "tab\tstop"),
        ("bell and null", "bell\a and null\0"),
        (r"\\n is no line break", r"\n is no line break"),
        ("no half a character", "no half \ud83da character"),
        ("عربي 中文 😀", "عربي 中文 😀"),
    ],
)  # fmt: skip
def test_text_is_escaped(written: str, value: str) -> None:
    assert line.text("SUMMARY", value) == f"SUMMARY:{written}"


def test_several_texts_are_parted_by_commas_of_their_own() -> None:
    assert line.texts("CATEGORIES", ["a,b", "c"]) == r"CATEGORIES:a\,b,c"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("https://example.org/a,b;c?d=e&f=%20#g", "https://example.org/a,b;c?d=e&f=%20#g"),
        ("https://example.org/r%C3%A9union", "https://example.org/réunion"),
        ("https://example.org/%0D%0AATTENDEE:x", "https://example.org/\r\nATTENDEE:x"),
        ("https://example.org/%22%3C%3E", 'https://example.org/"<>'),
    ],
)
def test_uris_hold_nothing_but_what_uris_may(written: str, value: str) -> None:
    assert line.uri("URL", value) == f"URL:{written}"


def test_days_and_instants() -> None:
    dakar_less_five = timezone(timedelta(hours=-5))
    assert line.day("DTSTART", date(2027, 3, 1)) == "DTSTART;VALUE=DATE:20270301"
    assert (
        line.instant("DTSTAMP", datetime(2027, 3, 1, 20, 5, tzinfo=dakar_less_five))
        == "DTSTAMP:20270302T010500Z"
    )
    noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert line.wall_time("DTSTART", noon, "Africa/Dakar") == "DTSTART;TZID=Africa/Dakar:20270301T120000"
    assert line.wall_time("DTSTART", noon) == "DTSTART:20270301T120000"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("PT6H", timedelta(hours=6)),
        ("PT48H", timedelta(days=2)),
        ("PT1H30M", timedelta(minutes=90)),
        ("PT45S", timedelta(seconds=45)),
    ],
)
def test_durations(written: str, value: timedelta) -> None:
    assert line.duration("X-PUBLISHED-TTL", value) == f"X-PUBLISHED-TTL:{written}"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("+0000", timedelta(0)),
        ("+0545", timedelta(hours=5, minutes=45)),
        ("-0330", -timedelta(hours=3, minutes=30)),
        ("-004430", -timedelta(minutes=44, seconds=30)),  # Monrovia until 1972
    ],
)
def test_offsets_from_utc(written: str, value: timedelta) -> None:
    assert line.utc_offset("TZOFFSETTO", value) == f"TZOFFSETTO:{written}"


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ('ATTENDEE;RSVP=TRUE;CN="Awa Diop":mailto:awa@example.org', ("Awa Diop", "awa@example.org")),
        ("ATTENDEE;RSVP=TRUE:mailto:awa@example.org", ("", "awa@example.org")),
        ("ATTENDEE;RSVP=TRUE;CN=\"Awa 'A;B:C,' Diop\":mailto:a@b.org", ('Awa "A;B:C,"\r\nDiop', "a@b.org")),
        (
            'ATTENDEE;RSVP=TRUE;CN="A":mailto:a+b%25c%3Fsubject=x@example.org',
            ("A", "a+b%c?subject=x@example.org"),
        ),
    ],
)
def test_mailboxes_hold_no_second_address_and_no_quotation_mark(
    written: str, person: tuple[str, str]
) -> None:
    assert line.mailbox("ATTENDEE", person, RSVP="TRUE") == written


def test_a_line_of_75_octets_is_not_folded() -> None:
    assert line.fold(["X" * 75]) == b"X" * 75 + b"\r\n"


def test_a_longer_line_is_folded_to_75_octets_with_the_blank() -> None:
    assert line.fold(["X" * 150]) == b"X" * 75 + b"\r\n " + b"X" * 74 + b"\r\n X\r\n"


def test_a_fold_is_never_inside_a_character() -> None:
    # The first octet of the second é would be the 75th.
    assert line.fold(["X" * 72 + "éé"]) == ("X" * 72 + "é\r\n é\r\n").encode()


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])).filter(lambda line: line[:1] != " ")))
def test_folded_lines_unfold_to_what_they_were(lines: list[str]) -> None:
    folded = line.fold(lines)
    physical = folded.split(b"\r\n")[:-1]
    assert all(len(piece) <= 75 and piece.decode() is not None for piece in physical)
    assert folded.replace(b"\r\n ", b"").decode().split("\r\n")[:-1] == lines
