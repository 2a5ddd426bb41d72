"""Bars in lanes, on a round of two days of travel and three holidays worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from app.planning.room.lanes import BARS_PER_PART, View, bar_of, in_view, lanes, off_days, ticks
from app.planning.room.opened import Opened
from app.planning.round_builder import build_round
from solver import Schedule, read_round
from solver.round import Place, Span
from solver.schedule import Session as Held
from solver.schedule import TeamMember
from tests.app.planning.rounds import make_small_round

MARCH = View(date(2027, 3, 1), date(2027, 3, 31))


def held(start: date = date(2027, 3, 3), seats: tuple[str, ...] = ("sam", "sue")) -> Held:
    return Held("course", "hall", start, (TeamMember("lena", "lead"),), seats)


@pytest.fixture
def state(db: Session) -> Opened:
    """Lena and Sam live in Dakar, where the hall is; Sue travels one day from Accra. Three days."""
    small = make_small_round(db, days=3)
    planned = read_round(build_round(db, small.planning_round, date(2026, 11, 1)).document)
    return Opened(planned, Schedule("season", (held(),)))


def test_a_bar_covers_its_days_and_the_longest_journey(state: Opened) -> None:
    bar = bar_of(state.round, held(), MARCH)
    assert bar is not None
    assert (bar.begins, bar.ends) == (2, 5)  # 3, 4 and 5 March
    assert (bar.leaves, bar.returns) == (1, 6)  # Sue leaves on the 2nd and is home on the 6th


def test_in_a_lane_of_a_person_the_journey_is_theirs(state: Opened) -> None:
    bar = bar_of(state.round, held(), MARCH, state.round.people["lena"])
    assert bar is not None
    assert (bar.leaves, bar.returns) == (2, 5)


def test_what_lies_outside_the_days_in_view_is_not_there(state: Opened) -> None:
    april = View(date(2027, 4, 1), date(2027, 4, 30))
    assert bar_of(state.round, held(), april) is None
    assert lanes(state, april, "region") == []
    on_the_way_home = View(date(2027, 3, 6), date(2027, 3, 6))
    assert bar_of(state.round, held(), on_the_way_home) is not None


@pytest.mark.parametrize(
    ("by", "key"),
    [("region", "Coast"), ("place", "dakar"), ("person", "lena"), ("topic", "law"), ("fund", "fund")],
)
def test_lanes_are_by_what_was_asked_for(state: Opened, by: str, key: str) -> None:
    [lane] = lanes(state, MARCH, by)  # type: ignore[arg-type]
    assert (lane.key, lane.rows, lane.sessions) == (key, 1, 1)


def test_sessions_at_the_same_time_lie_in_rows_below_each_other(state: Opened) -> None:
    twice = Opened(state.round, Schedule("season", (held(), held(date(2027, 3, 5)), held(date(2027, 3, 15)))))
    [lane] = lanes(twice, MARCH, "region")
    assert [(bar.begins, bar.row) for bar in lane.bars] == [(2, 0), (4, 1), (14, 0)]


def test_a_lane_with_very_many_sessions_comes_in_parts_that_lose_none(state: Opened) -> None:
    many = Opened(state.round, Schedule("season", tuple(held() for _ in range(2 * BARS_PER_PART + 1))))
    parts = lanes(many, MARCH, "region")
    assert [(lane.part, lane.parts) for lane in parts] == [(1, 3), (2, 3), (3, 3)]
    assert sum(len(lane.bars) for lane in parts) == 2 * BARS_PER_PART + 1
    assert all(bar.row < lane.rows for lane in parts for bar in lane.bars)


def place(id: str, *holidays: date) -> Place:
    return Place(id, id, "SN", 14.7, -17.4, "Africa/Dakar", frozenset(holidays))


def test_a_holiday_counts_where_at_least_half_of_the_places_have_it() -> None:
    year = View(date(2027, 1, 1), date(2027, 12, 31))
    new_year, may = date(2027, 1, 1), date(2027, 5, 1)
    assert off_days(year, [place("a", new_year), place("b", new_year), place("c", may)]) == [(0, 1)]
    assert off_days(year, [place("a", new_year), place("c", may)]) == [(0, 1), (120, 1)]
    assert off_days(year, []) == []


def test_weekends_are_shown_in_short_views_only() -> None:
    week = View(date(2027, 3, 1), date(2027, 3, 7))
    assert off_days(week, [place("a")]) == [(5, 2)]


def test_spans_are_cut_to_the_view_and_told_once() -> None:
    spans = [
        Span(date(2027, 2, 20), date(2027, 3, 2)),
        Span(date(2027, 3, 2), date(2027, 3, 4)),
        Span(date(2027, 3, 31), date(2027, 4, 9)),
    ]
    assert in_view(MARCH, spans) == [(0, 4), (30, 1)]


def test_online_sessions_lie_at_their_hours_in_views_that_show_hours(db: Session) -> None:
    small = make_small_round(db, mode="online", days=None, minutes=90, venues=[])
    planned = read_round(build_round(db, small.planning_round, date(2026, 11, 1)).document)
    session = Held("course", None, datetime(2027, 3, 3, 12, tzinfo=UTC), (TeamMember("lena", "lead"),), ())
    day = View(date(2027, 3, 3), date(2027, 3, 3), hours=True)
    bar = bar_of(planned, session, day)
    assert bar is not None
    assert (bar.begins, bar.ends) == (0.5, 0.5625)
    whole = bar_of(planned, session, MARCH)
    assert whole is not None
    assert (whole.begins, whole.ends) == (2, 3)


def test_the_axis_has_hours_days_weeks_or_months() -> None:
    assert len(ticks(View(date(2027, 3, 1), date(2027, 3, 1)))) == 12
    assert len(ticks(MARCH)) == 31
    assert [at for at, _ in ticks(View(date(2027, 3, 1), date(2027, 5, 20)))][:2] == [0, 7]
    assert [at for at, _ in ticks(View(date(2027, 1, 15), date(2027, 12, 31)))][:2] == [0, 17]
