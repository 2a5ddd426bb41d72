"""The difference between two schedules, as values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.schedule.changes import changes_between, people_touched, planned_sessions

ROUND: dict[str, Any] = {
    "places": [{"id": "dakar", "name": "Dakar"}, {"id": "lome", "name": "Lomé"}],
    "venues": [
        {"id": "d1", "name": "Centre", "place": "dakar"},
        {"id": "l1", "name": "Hotel", "place": "lome"},
    ],
    "people": [{"id": code, "name": code.title()} for code in ("ama", "binta", "chidi", "dede")],
    "workshops": [
        {"id": "meeting", "title": "Meeting", "mode": "in_person", "days": 3},
        {"id": "webinar", "title": "Webinar", "mode": "online", "minutes": 90},
    ],
}
MEETING = {
    "workshop": "meeting",
    "venue": "d1",
    "start": "2027-03-09",
    "team": [{"person": "ama", "role": "lead"}],
    "seats": ["chidi"],
}
WEBINAR = {
    "workshop": "webinar",
    "venue": None,
    "start": "2027-03-01T14:00Z",
    "team": [{"person": "ama", "role": "lead"}],
    "seats": ["chidi", "dede"],
}


def schedule(*sessions: dict[str, Any]) -> Any:
    return planned_sessions(ROUND, {"sessions": list(sessions)})


def test_sessions_come_in_order_of_time_with_the_names_of_the_round() -> None:
    planned = schedule(MEETING, WEBINAR)
    assert list(planned) == ["webinar", "meeting"]
    assert planned["meeting"].last_day == date(2027, 3, 11)
    assert (planned["meeting"].venue_name, planned["meeting"].place_name) == ("Centre", "Dakar")
    assert planned["webinar"].seats == {"chidi": "Chidi", "dede": "Dede"}


def test_equal_schedules_do_not_differ_whatever_their_order() -> None:
    turned = {**WEBINAR, "seats": ["dede", "chidi"]}
    assert changes_between(schedule(MEETING, WEBINAR), schedule(turned, MEETING)) == ()


@pytest.mark.parametrize(
    ("before", "after", "kind", "touched"),
    [
        ([], [MEETING], "new", {"ama", "chidi"}),
        ([MEETING], [], "cancelled", {"ama", "chidi"}),
        ([MEETING], [{**MEETING, "start": "2027-03-16"}], "moved", {"ama", "chidi"}),
        ([MEETING], [{**MEETING, "venue": "l1"}], "moved", {"ama", "chidi"}),
        ([MEETING], [{**MEETING, "seats": ["chidi", "dede"]}], "people", {"dede"}),
        ([MEETING], [{**MEETING, "team": [{"person": "binta", "role": "lead"}]}], "people", {"ama", "binta"}),
        ([MEETING], [{**MEETING, "team": [{"person": "ama", "role": "facilitator"}]}], "people", set()),
    ],
)
def test_each_kind_of_change_touches_those_it_concerns(
    before: list[Any], after: list[Any], kind: str, touched: set[str]
) -> None:
    [change] = changes_between(schedule(*before), schedule(*after))
    assert (change.kind, change.people_touched) == (kind, touched)


def test_a_change_names_who_came_and_who_left() -> None:
    after = {**MEETING, "team": [{"person": "binta", "role": "lead"}], "seats": ["dede"]}
    [change] = changes_between(schedule(MEETING), schedule(after))
    assert (change.joined_team, change.left_team) == (["Binta"], ["Ama"])
    assert (change.took_seat, change.gave_up_seat) == (["Dede"], ["Chidi"])


def test_people_touched_are_counted_once_over_all_changes() -> None:
    assert people_touched(changes_between({}, schedule(MEETING, WEBINAR))) == {"ama", "chidi", "dede"}
