"""What counts of each day, held against a count day by day that knows no spans."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.availability.grades import Graded, grade
from app.availability.holidays import holidays_between
from app.availability.models import GRADES, KINDS
from app.availability.recurring import days_of_pattern, ramadan, weekly
from app.availability.spans import Span, days_of, merge

FIRST = date(2027, 1, 1)
HORIZON = Span(FIRST, FIRST + timedelta(days=119))

days = st.integers(0, 119).map(lambda n: FIRST + timedelta(days=n))
spans = st.builds(lambda first, length: Span(first, first + timedelta(days=length)), days, st.integers(0, 30))
said = st.dictionaries(st.sampled_from(KINDS), st.lists(spans, max_size=4))
weekdays = st.sets(st.sampled_from("1234567"), min_size=1).map(lambda digits: "".join(sorted(digits)))
ends = st.one_of(st.none(), days)
patterns = st.lists(
    st.tuples(
        st.sampled_from(("weekly", "ramadan", "school_holidays")),
        st.sampled_from(GRADES),
        weekdays,
        ends,
        ends,
    ),
    max_size=4,
)


def counted(day, painted, recurring, school, blocked) -> str:
    """What counts of one day, by looking at everything that is known of it in order of rank."""
    if day in blocked:
        return "unavailable"
    of_day = {kind for kind, runs in painted.items() if any(run.first <= day <= run.last for run in runs)}
    if not of_day:
        for kind, its_grade, digits, first, last in recurring:
            if (first is not None and day < first) or (last is not None and day > last):
                continue
            if (
                (kind == "weekly" and str(day.isoweekday()) in digits)
                or (kind == "ramadan" and date(2027, 2, 8) <= day <= date(2027, 3, 8))
                or (kind == "school_holidays" and any(run.first <= day <= run.last for run in school))
            ):
                of_day.add(its_grade)
    return next((each for each in GRADES if each in of_day), "")


@settings(deadline=None)  # the first look at a year of holidays takes long
@given(said, patterns, st.lists(spans, max_size=3), st.sets(days, max_size=6), st.sets(days, max_size=3))
def test_patterns_exceptions_holidays_and_painted_days_agree_with_a_count_day_by_day(
    painted, recurring, school, holidays, worked
) -> None:
    blocked = holidays - worked
    expanded: dict[str, list[Span]] = {}
    for kind, its_grade, digits, first, last in recurring:
        expanded.setdefault(its_grade, []).extend(
            days_of_pattern(kind, digits, (first, last), HORIZON, school)
        )
    found = grade(painted, expanded, [Span(day, day) for day in blocked])
    expected = {
        each: {day for day in HORIZON if counted(day, painted, recurring, school, blocked) == each}
        for each in GRADES
    }
    clipped = found.clipped(HORIZON)
    assert {each: days_of(getattr(clipped, each)) for each in GRADES} == expected


@given(
    said, st.dictionaries(st.sampled_from(GRADES), st.lists(spans, max_size=3)), st.lists(spans, max_size=3)
)
def test_no_day_has_two_grades_and_each_is_a_normal_form(painted, recurring, blocked) -> None:
    found = grade(painted, recurring, blocked)
    parts = [found.unavailable, found.if_need_be, found.preferred]
    assert all(merge(part) == part for part in parts)
    assert len(days_of(merge(span for part in parts for span in part))) == sum(
        span.days for part in parts for span in part
    )


def test_what_is_said_of_a_day_is_an_exception_to_what_comes_back() -> None:
    friday = date(2027, 3, 5)
    fridays = {"unavailable": weekly("5", date(2027, 3, 1), date(2027, 3, 31))}
    assert friday in days_of(grade({}, fridays, ()).unavailable)
    free = grade({"available": [Span(friday, friday)]}, fridays, ())
    assert days_of(free.unavailable) == {date(2027, 3, day) for day in (12, 19, 26)}
    rather = grade({"preferred": [Span(friday, friday)]}, fridays, ())
    assert days_of(rather.preferred) == {friday}


def test_a_holiday_kept_free_beats_whatever_is_said() -> None:
    day = date(2027, 4, 4)
    assert grade({"preferred": [Span(day, day)]}, {}, [Span(day, day)]) == Graded((Span(day, day),))


def test_ramadan_is_where_the_holidays_package_has_it() -> None:
    assert ramadan(date(2026, 1, 1), date(2027, 12, 31)) == (
        Span(date(2026, 2, 18), date(2026, 3, 19)),
        Span(date(2027, 2, 8), date(2027, 3, 8)),
    )
    assert ramadan(date(2027, 2, 20), date(2027, 2, 25)) == (Span(date(2027, 2, 20), date(2027, 2, 25)),)


def test_every_ramadan_of_the_next_years_is_a_month_long_and_near_the_feast_of_other_countries() -> None:
    found = ramadan(date(2025, 1, 1), date(2031, 10, 1))
    assert len(found) == 7
    for span in found:
        assert span.days in (29, 30)
        feast = span.last + timedelta(days=1)
        around = holidays_between("SN", feast - timedelta(days=3), feast + timedelta(days=3))
        assert any("Fitr" in holiday.name for holiday in around), span


def test_a_pattern_counts_only_between_its_days() -> None:
    found = days_of_pattern("weekly", "15", (date(2027, 1, 4), date(2027, 1, 8)), HORIZON)
    assert days_of(found) == {date(2027, 1, 4), date(2027, 1, 8)}
    assert days_of_pattern("weekly", "15", (date(2028, 1, 1), None), HORIZON) == ()
