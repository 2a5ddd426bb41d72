"""Every convention of the format: a right document with one defect is refused for it, at its place."""

import json

import pytest

from solver import MalformedDocument, read_round
from tests.solver.documents import GONE, as_bytes, full_document, full_round, spoiled

LARGEST = 10**12


def errors_of(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(MalformedDocument) as refused:
        read_round(data)
    for error in refused.value.errors:
        assert "\n" not in str(error)
    return [(error.place, error.reason) for error in refused.value.errors]


def test_the_document_that_the_other_tests_spoil_is_right():
    assert read_round(as_bytes(full_document())) == full_round()


# (places set anew, the place named, the reason)
DEFECTS = [
    # keys
    ([("sessions", [])], "sessions", "unknown_key"),
    ([("rules.weights.fun", 1)], "rules.weights.fun", "unknown_key"),
    ([("workshops[1].follows.after", "course")], "workshops[1].follows.after", "unknown_key"),
    ([("pins[0].role", "lead")], "pins[0].role", "unknown_key"),
    ([("published[0].team[0].name", "Lena")], "published[0].team[0].name", "unknown_key"),
    ([("people[0].two words", 1)], 'people[0]["two words"]', "unknown_key"),
    ([("id", GONE)], "id", "missing_key"),
    ([("people", GONE), ("pins", []), ("published", None)], "people", "missing_key"),
    ([("rules.weights.cancel", GONE)], "rules.weights.cancel", "missing_key"),
    ([("workshops[2].venues", GONE)], "workshops[2].venues", "missing_key"),
    ([("workshops[0].days", GONE)], "workshops[0].days", "missing_key"),
    ([("workshops[2].minutes", GONE)], "workshops[2].minutes", "missing_key"),
    ([("pins[2].workshop", GONE)], "pins[2].workshop", "missing_key"),
    # types
    ([("format", "planning-round/2")], "format", "wrong_value"),
    ([("title", 7)], "title", "wrong_type"),
    ([("rules", [])], "rules", "wrong_type"),
    ([("places", {})], "places", "wrong_type"),
    ([("people[2]", None)], "people[2]", "wrong_type"),
    ([("people[0].languages", "en")], "people[0].languages", "wrong_type"),
    ([("people[0].teaches", ["law"])], "people[0].teaches", "wrong_type"),
    ([("people[1].online_only", 1)], "people[1].online_only", "wrong_type"),
    ([("rules.per_diem", "20")], "rules.per_diem", "wrong_type"),
    ([("rules.per_diem", True)], "rules.per_diem", "wrong_type"),
    ([("rules.per_diem", None)], "rules.per_diem", "wrong_type"),
    ([("funds", None)], "funds", "wrong_type"),
    ([("pins[0].venue", None)], "pins[0].venue", "wrong_type"),
    ([("places[0].latitude", "0")], "places[0].latitude", "wrong_type"),
    ([("workshops[0].window", "2027-03-01")], "workshops[0].window", "wrong_type"),
    ([("workshops[0].window", ["2027-03-01"])], "workshops[0].window", "wrong_type"),
    # numbers
    ([("rules.per_diem", 20.0)], "rules.per_diem", "wrong_type"),
    ([("rules.per_diem", -1)], "rules.per_diem", "out_of_range"),
    ([("rules.weights.held", -1)], "rules.weights.held", "out_of_range"),
    ([("rules.base_fare", LARGEST + 1)], "rules.base_fare", "out_of_range"),
    ([("funds[0].amount", 10**30)], "funds[0].amount", "out_of_range"),
    ([("venues[0].seats", -1)], "venues[0].seats", "out_of_range"),
    ([("people[0].fee_per_day", -5)], "people[0].fee_per_day", "out_of_range"),
    ([("workshops[0].budget", -1)], "workshops[0].budget", "out_of_range"),
    ([("workshops[0].team.min", -1)], "workshops[0].team.min", "out_of_range"),
    ([("workshops[1].follows.min_days", -3)], "workshops[1].follows.min_days", "out_of_range"),
    ([("workshops[0].days", 0)], "workshops[0].days", "out_of_range"),
    ([("workshops[0].days", 11)], "workshops[0].days", "out_of_range"),
    ([("workshops[2].minutes", 0)], "workshops[2].minutes", "out_of_range"),
    ([("workshops[2].minutes", 100)], "workshops[2].minutes", "wrong_value"),
    ([("workshops[2].minutes", 990)], "workshops[2].minutes", "out_of_range"),
    ([("workshops[0].priority", 0)], "workshops[0].priority", "out_of_range"),
    ([("workshops[0].priority", 6)], "workshops[0].priority", "out_of_range"),
    ([("people[0].teaches.law", 1)], "people[0].teaches.law", "out_of_range"),
    ([("people[0].teaches.law", 4)], "people[0].teaches.law", "out_of_range"),
    ([("people[2].wants.law", 0)], "people[2].wants.law", "out_of_range"),
    ([("people[2].wants.law", 4)], "people[2].wants.law", "out_of_range"),
    ([("places[0].latitude", 90.5)], "places[0].latitude", "out_of_range"),
    ([("places[0].longitude", -181)], "places[0].longitude", "out_of_range"),
    ([("places[0].weekend", [0])], "places[0].weekend[0]", "out_of_range"),
    ([("places[0].weekend", [8])], "places[0].weekend[0]", "out_of_range"),
    # codes
    ([("currency", "euro")], "currency", "wrong_value"),
    ([("places[0].country", "Ghana")], "places[0].country", "wrong_value"),
    ([("places[0].country", "ZZ")], "places[0].country", "wrong_value"),
    ([("places[0].timezone", "Africa/Akkra")], "places[0].timezone", "unknown_time_zone"),
    ([("people[0].languages[0]", "eng")], "people[0].languages[0]", "wrong_value"),
    ([("workshops[0].languages[0]", "xx")], "workshops[0].languages[0]", "wrong_value"),
    ([("workshops[0].kind", "party")], "workshops[0].kind", "wrong_value"),
    ([("workshops[0].mode", "hybrid")], "workshops[0].mode", "wrong_value"),
    ([("organisations[0].kind", "club")], "organisations[0].kind", "wrong_value"),
    ([("published[0].team[0].role", "boss")], "published[0].team[0].role", "wrong_value"),
    # dates
    ([("places[0].holidays[0]", "2027-02-30")], "places[0].holidays[0]", "wrong_format"),
    ([("places[0].holidays[0]", "20270501")], "places[0].holidays[0]", "wrong_format"),
    ([("places[0].holidays[0]", "2027-W17-6")], "places[0].holidays[0]", "wrong_format"),
    ([("places[0].holidays[0]", "٢٠٢٧-05-01")], "places[0].holidays[0]", "wrong_format"),
    ([("places[0].holidays[0]", "2027-05-01\n")], "places[0].holidays[0]", "wrong_format"),
    ([("places[0].holidays[0]", 20270501)], "places[0].holidays[0]", "wrong_type"),
    ([("places[0].holidays[0]", "1899-12-31")], "places[0].holidays[0]", "out_of_range"),
    ([("places[0].holidays[0]", "2200-01-01")], "places[0].holidays[0]", "out_of_range"),
    ([("people[2].preferred[0][1]", "2027-02-29")], "people[2].preferred[0][1]", "wrong_format"),
    ([("pins[1].start", "2027-03-01T24:00Z")], "pins[1].start", "wrong_format"),
    ([("pins[1].start", "2027-03-01T10:00")], "pins[1].start", "wrong_format"),
    ([("pins[1].start", "2027-03-01T10:00+01:00")], "pins[1].start", "wrong_format"),
    ([("published[1].start", "2027-03-01T10:00:00Z")], "published[1].start", "wrong_format"),
    # spans
    ([("last_day", "2027-02-28")], "last_day", "reversed_span"),
    ([("people[2].preferred[0][1]", "2027-02-28")], "people[2].preferred[0][1]", "reversed_span"),
    ([("venues[0].closed[0][1]", "2027-03-31")], "venues[0].closed[0][1]", "reversed_span"),
    ([("workshops[0].window", ["2027-03-09", "2027-03-08"])], "workshops[0].window[1]", "reversed_span"),
    ([("workshops[0].window", ["2027-07-01", "2027-07-31"])], "workshops[0].window", "contradiction"),
    # ids
    ([("venues[1].id", 5)], "venues[1].id", "wrong_type"),
    (
        [
            ("places[1].id", "here"),
            ("venues[1].place", "here"),
            ("organisations[2].place", "here"),
            ("people[1].home", "here"),
            ("people[3].home", "here"),
        ],
        "places[1].id",
        "duplicate_id",
    ),
    ([("people[3].id", "sam")], "people[3].id", "duplicate_id"),
    ([("people[3].organisation", "west")], "people[3].organisation", "dangling_id"),
    ([("people[3].home", "hall")], "people[3].home", "dangling_id"),
    ([("venues[0].place", "nowhere")], "venues[0].place", "dangling_id"),
    ([("workshops[0].venues[1]", "near")], "workshops[0].venues[1]", "dangling_id"),
    ([("workshops[0].requested_by", "lena")], "workshops[0].requested_by", "dangling_id"),
    ([("workshops[0].invited[0]", "west")], "workshops[0].invited[0]", "dangling_id"),
    ([("workshops[1].follows.workshop", "curse")], "workshops[1].follows.workshop", "dangling_id"),
    ([("funds[0].workshops[1]", "curse")], "funds[0].workshops[1]", "dangling_id"),
    ([("pins[1].workshop", "curse")], "pins[1].workshop", "dangling_id"),
    ([("pins[0].venue", "attic")], "pins[0].venue", "dangling_id"),
    ([("pins[0].team[0]", "nobody")], "pins[0].team[0]", "dangling_id"),
    ([("pins[0].seats[0]", "nobody")], "pins[0].seats[0]", "dangling_id"),
    ([("published[0].workshop", "curse")], "published[0].workshop", "dangling_id"),
    ([("published[0].venue", "attic")], "published[0].venue", "dangling_id"),
    ([("published[0].team[0].person", "nobody")], "published[0].team[0].person", "dangling_id"),
    ([("published[0].seats[0]", "nobody")], "published[0].seats[0]", "dangling_id"),
    # lists that name one thing twice
    ([("people[0].languages", ["en", "fr", "en"])], "people[0].languages[2]", "doubled_item"),
    ([("workshops[0].languages", ["en", "en"])], "workshops[0].languages[1]", "doubled_item"),
    ([("workshops[0].venues", ["hall", "hall"])], "workshops[0].venues[1]", "doubled_item"),
    ([("workshops[0].invited", ["north", "north"])], "workshops[0].invited[1]", "doubled_item"),
    ([("places[0].weekend", [6, 6])], "places[0].weekend[1]", "doubled_item"),
    ([("places[0].holidays", ["2027-05-01"] * 2)], "places[0].holidays[1]", "doubled_item"),
    ([("venues[0].closed", [["2027-04-01", "2027-04-02"]] * 2)], "venues[0].closed[1]", "doubled_item"),
    ([("funds[0].workshops", ["next", "next"])], "funds[0].workshops[1]", "doubled_item"),
    ([("pins[0].team", ["lena", "lena"])], "pins[0].team[1]", "doubled_item"),
    ([("pins[0].seats", ["sam", "sam"])], "pins[0].seats[1]", "doubled_item"),
    ([("published[0].seats", ["sam", "sam"])], "published[0].seats[1]", "doubled_item"),
    ([("published[1].workshop", "course")], "published[1].workshop", "doubled_item"),
    # contradictions
    ([("workshops[0].team.min", 3)], "workshops[0].team.max", "contradiction"),
    ([("workshops[0].team.leads", 3)], "workshops[0].team.leads", "contradiction"),
    ([("workshops[0].seats.min", 3)], "workshops[0].seats.max", "contradiction"),
    ([("workshops[1].follows.max_days", 6)], "workshops[1].follows.max_days", "contradiction"),
    ([("workshops[1].follows.graduates", 3)], "workshops[1].follows.graduates", "contradiction"),
    ([("workshops[1].follows.workshop", "next")], "workshops[1].follows.workshop", "contradiction"),
    ([("workshops[0].venues", [])], "workshops[0].venues", "contradiction"),
    ([("workshops[2].venues", ["hall"])], "workshops[2].venues", "contradiction"),
    ([("workshops[0].minutes", 60)], "workshops[0].minutes", "contradiction"),
    ([("workshops[2].days", 1)], "workshops[2].days", "contradiction"),
    ([("workshops[0].languages", [])], "workshops[0].languages", "wrong_value"),
    ([("pins[2].seats", ["sue"])], "pins[2].held", "contradiction"),
    ([("workshops[0].venues", ["room"])], "pins[0].venue", "contradiction"),
    ([("pins[1].venue", "hall")], "pins[1].venue", "contradiction"),
    ([("pins[0].start", "2027-03-01T10:00Z")], "pins[0].start", "wrong_format"),
    ([("pins[1].start", "2027-03-01")], "pins[1].start", "wrong_format"),
]


@pytest.mark.parametrize(("changes", "place", "reason"), DEFECTS)
def test_one_defect_is_refused_once_and_at_its_place(changes, place, reason):
    assert errors_of(as_bytes(spoiled(full_document(), *changes))) == [(place, reason)]


def test_days_in_place_of_minutes_are_both_missing_and_out_of_place():
    document = spoiled(full_document(), ("workshops[2].minutes", GONE), ("workshops[2].days", 2))
    assert errors_of(as_bytes(document)) == [
        ("workshops[2].days", "contradiction"),
        ("workshops[2].minutes", "missing_key"),
    ]


def test_every_workshop_of_a_circle_is_named():
    document = spoiled(full_document(), ("workshops[0].follows", full_document()["workshops"][1]["follows"]))
    document["workshops"][0]["follows"]["workshop"] = "next"
    assert errors_of(as_bytes(document)) == [
        ("workshops[0].follows.workshop", "contradiction"),
        ("workshops[1].follows.workshop", "contradiction"),
    ]


def test_a_doubled_key_is_named_wherever_it_is():
    text = as_bytes(full_document()).decode()
    top = text.replace('"id": "tiny"', '"id": "tiny", "id": "tiny"', 1)
    assert errors_of(top.encode()) == [("id", "doubled_key")]
    person = text.replace('"name": "Lena"', '"name": "Lena", "name": "Lena"', 1)
    assert errors_of(person.encode()) == [("people[0].name", "doubled_key")]
    topic = text.replace('"teaches": {"law": 3}', '"teaches": {"law": 3, "law": 2}', 1)
    assert errors_of(topic.encode()) == [("people[0].teaches.law", "doubled_key")]


def test_all_defects_are_listed_at_once():
    document = spoiled(
        full_document(),
        ("currency", "euro"),
        ("rules.per_diem", -1),
        ("people[0].home", "nowhere"),
        ("workshops[1].follows.max_days", 1),
    )
    assert sorted(errors_of(as_bytes(document))) == [
        ("currency", "wrong_value"),
        ("people[0].home", "dangling_id"),
        ("rules.per_diem", "out_of_range"),
        ("workshops[1].follows.max_days", "contradiction"),
    ]


@pytest.mark.parametrize(
    ("literal", "reason"),
    [
        ("20.0", "wrong_type"),
        ("2e1", "wrong_type"),
        ("NaN", "wrong_type"),
        ("Infinity", "wrong_type"),
        ("-Infinity", "wrong_type"),
        ("1e999", "wrong_type"),
        ("9" * 5000, "out_of_range"),
        ("-" + "9" * 5000, "out_of_range"),
    ],
)
def test_a_number_written_in_another_way_is_refused_at_its_place(literal, reason):
    text = as_bytes(full_document()).decode().replace('"per_diem": 20', f'"per_diem": {literal}')
    assert errors_of(text.encode()) == [("rules.per_diem", reason)]


@pytest.mark.parametrize("literal", ["NaN", "1e999", "9" * 5000])
def test_a_coordinate_is_a_finite_number(literal):
    text = as_bytes(full_document()).decode().replace('"longitude": 1.0', f'"longitude": {literal}')
    ((place, _),) = errors_of(text.encode())
    assert place == "places[1].longitude"


@pytest.mark.parametrize("literal", ["1", "1.0", "1e0", "0.1E1"])
def test_a_coordinate_may_be_written_in_any_way_json_knows(literal):
    text = as_bytes(full_document()).decode().replace('"longitude": 1.0', f'"longitude": {literal}')
    assert read_round(text.encode()) == full_round()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf" + as_bytes(full_document()), "byte_order_mark"),
        (as_bytes(full_document()).decode().encode("utf-16"), "not_utf8"),
        (as_bytes(full_document()).decode().encode("utf-16-le"), "not_json"),
        ('{"title": "é"}'.encode("latin-1"), "not_utf8"),
        (bytes(range(256)), "not_utf8"),
        (as_bytes(full_document())[:-1], "not_json"),
        (as_bytes(full_document()).replace(b"}]", b"},]", 1), "not_json"),
        (as_bytes(full_document()) + b"{}", "not_json"),
        (b"{'id': 1}", "not_json"),
        (b'{"id": "a\nb"}', "not_json"),
    ],
)
def test_what_is_no_json_in_utf8_is_refused_as_a_whole(data, reason):
    assert errors_of(data) == [("", reason)]


@pytest.mark.parametrize("data", [b"null", b"[]", b'"round"', b"12", b"true", b"NaN"])
def test_what_is_no_object_is_refused_as_a_whole(data):
    assert errors_of(data) == [("", "wrong_type")]


def test_half_a_surrogate_pair_is_no_text():
    data = json.dumps(spoiled(full_document(), ("title", "\ud800"))).encode()
    assert errors_of(data) == [("title", "not_utf8")]


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(("levels", "place"), [(62, "places[2].id"), (500, "places[2].id"), (100_000, "")])
def test_nesting_deeper_than_64_is_refused_without_exhausting_the_stack(levels, place):
    # The value of a place's `id` stands three levels deep: document, list, object.
    text = as_bytes(full_document()).decode().replace('"id": "far"', f'"id": {nested(levels)}', 1)
    assert errors_of(text.encode()) == [(place, "too_deep")]


def test_nesting_of_exactly_64_is_only_the_wrong_type():
    text = as_bytes(full_document()).decode().replace('"id": "far"', f'"id": {nested(61)}', 1)
    assert errors_of(text.encode()) == [("places[2].id", "wrong_type")]


def test_an_unknown_key_may_be_nested_too_deep_as_well():
    document = full_document() | {"extra": json.loads(nested(64))}
    assert errors_of(as_bytes(document)) == [("extra", "unknown_key"), ("extra", "too_deep")]


# -- no spurious errors --------------------------------------------------------------


def test_a_row_without_a_readable_id_does_not_make_others_point_nowhere():
    document = spoiled(full_document(), ("people[0]", None))  # Lena, who is pinned and published
    assert errors_of(as_bytes(document)) == [("people[0]", "wrong_type")]


def test_a_missing_list_does_not_make_others_point_nowhere():
    assert errors_of(as_bytes(spoiled(full_document(), ("places", GONE)))) == [("places", "missing_key")]


def test_an_unreadable_horizon_does_not_put_windows_outside():
    assert errors_of(as_bytes(spoiled(full_document(), ("first_day", "soon")))) == [
        ("first_day", "wrong_format")
    ]


def test_an_unknown_mode_does_not_say_what_the_length_should_be():
    assert errors_of(as_bytes(spoiled(full_document(), ("workshops[2].mode", 3)))) == [
        ("workshops[2].mode", "wrong_type")
    ]


# -- what is right ---------------------------------------------------------------------


def test_what_is_left_out_has_its_default():
    document = full_document()
    for key in ("funds", "pins", "published"):
        del document[key]
    document["people"][0] = {
        "id": "lena",
        "name": "Lena",
        "organisation": "north",
        "home": "here",
        "languages": [],
    }
    round = read_round(as_bytes(document))
    assert (round.funds, round.pins, round.published) == ({}, (), None)
    lena = round.people["lena"]
    assert (lena.max_workshops, lena.max_days_away, lena.max_seats, lena.fee_per_day) == (4, 40, 2, 0)
    assert (lena.teaches, lena.wants, lena.online_only) == ({}, {}, False)
    assert round.places["near"].weekend == {6, 7}


def test_a_workshop_that_merely_cannot_be_held_is_no_error():
    document = spoiled(
        full_document(),
        ("workshops[0].topic", "nobody teaches this"),
        ("workshops[2].window", ["2027-03-06", "2027-03-07"]),
    )
    assert len(read_round(as_bytes(document)).workshops) == 3


def test_the_largest_number_is_allowed():
    document = spoiled(full_document(), ("funds[0].amount", LARGEST))
    assert read_round(as_bytes(document)).funds["fund"].amount == LARGEST


def test_a_window_may_reach_beyond_the_horizon():
    document = spoiled(full_document(), ("workshops[0].window", ["2026-01-01", "2027-03-01"]))
    assert read_round(as_bytes(document)).workshops["course"].window.last.isoformat() == "2027-03-01"
