"""Holidays as the package has them, with what is certain, estimated and unknown told apart."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

from app.availability.holidays import coverage, holidays_between, weekend_of


def test_a_holiday_with_a_fixed_date_is_certain() -> None:
    (independence,) = holidays_between("SN", date(2027, 4, 4), date(2027, 4, 4))
    assert (independence.name, independence.estimated) == ("Independence Day", False)


def test_a_holiday_of_the_lunar_calendar_is_estimated_and_its_name_does_not_say_so_again() -> None:
    (korite,) = holidays_between("SN", date(2027, 3, 9), date(2027, 3, 9), "fr")
    assert (korite.name, korite.estimated) == ("Journée de la Korité", True)


def test_estimates_are_told_also_where_the_package_does_not_mark_them() -> None:
    (diwali,) = holidays_between("IN", date(2027, 10, 29), date(2027, 10, 29))
    assert (diwali.name, diwali.estimated) == ("Diwali", True)


def test_names_fall_back_to_english() -> None:
    (labour,) = holidays_between("SN", date(2027, 5, 1), date(2027, 5, 1), "pt")
    assert labour.name == "Labor Day"


def test_a_span_over_the_turn_of_the_year_has_both_years() -> None:
    days = [holiday.day for holiday in holidays_between("SN", date(2027, 12, 20), date(2028, 1, 2))]
    assert days == [date(2027, 12, 25), date(2028, 1, 1)]


def test_no_data_is_not_the_same_as_no_holidays() -> None:
    assert coverage("FR", 2027) == "known"
    assert coverage("SN", 2027) == "estimated"
    assert coverage("XX", 2027) == "no_data"
    assert coverage("SN", 2190) == "no_data"
    assert holidays_between("XX", date(2027, 1, 1), date(2027, 12, 31)) == ()


def test_weekends_are_those_of_the_country() -> None:
    assert weekend_of("SN") == {6, 7}
    assert weekend_of("EG") == {5, 6}
    assert weekend_of("XX") == {6, 7}


def test_the_package_is_imported_only_when_it_is_asked() -> None:
    code = "import sys, app.availability.queries; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
