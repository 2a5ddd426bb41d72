"""The derived quantities of the format, against figures worked out by hand."""

from dataclasses import replace
from datetime import date

import pytest

from solver.derived import (
    block,
    days_away,
    discomfort_hours,
    fare,
    in_waking_hours,
    km,
    local_dates,
    session_cost,
    total_cost,
    travel_days,
    trip_cost,
    utc_dates,
)
from solver.round import Place
from tests.solver.rounds import (
    FAR,
    HERE,
    NEAR,
    at,
    call,
    on,
    schedule,
    session,
    span,
    tiny_round,
    webinar,
    workshop,
)


def place_at(longitude: float, latitude: float = 0.0) -> Place:
    return Place(f"{latitude},{longitude}", "Somewhere", "GH", latitude, longitude, "UTC")


def test_a_degree_on_the_equator_is_the_circumference_by_360():
    assert km(HERE, NEAR) == pytest.approx(2 * 3.141592653589793 * 6371.0088 / 360, rel=1e-12)


def test_antipodes_are_half_the_circumference_apart():
    assert km(HERE, place_at(180.0)) == pytest.approx(3.141592653589793 * 6371.0088, rel=1e-12)


def test_the_distance_is_the_same_both_ways():
    dakar, amman = place_at(-17.4677, 14.7167), place_at(35.9106, 31.9539)
    assert km(dakar, amman) == km(amman, dakar)


@pytest.mark.parametrize(
    ("degrees", "days"),
    [(0.001, 1), (26.9, 1), (27.0, 2)],  # 27 degrees are 3,002.3 km
)
def test_travel_takes_a_day_up_to_3000_km_and_two_beyond(degrees, days):
    assert travel_days(HERE, place_at(degrees)) == days


def test_two_places_at_one_point_are_still_two_places():
    twin = replace(HERE, id="twin")
    assert (travel_days(HERE, HERE), travel_days(HERE, twin)) == (0, 1)
    rules = tiny_round().rules
    assert (fare(rules, HERE, HERE), fare(rules, HERE, twin)) == (0, 50)


def test_the_fare_counts_started_100_km():
    rules = tiny_round().rules
    assert fare(rules, HERE, NEAR) == 50 + 2 * 10  # 111.2 km
    assert fare(rules, HERE, FAR) == 50 + 45 * 10  # 4,447.8 km


def test_a_block_reaches_from_departure_to_return():
    assert block(HERE, HERE, on("2027-03-10"), 3) == span("2027-03-10", "2027-03-12")
    assert block(NEAR, HERE, on("2027-03-10"), 3) == span("2027-03-09", "2027-03-13")
    assert block(FAR, HERE, on("2027-03-10"), 3) == span("2027-03-08", "2027-03-14")


def test_days_away_are_those_of_the_block_but_none_at_home():
    assert [days_away(home, HERE, 3) for home in (HERE, NEAR, FAR)] == [0, 5, 7]


def test_a_trip_costs_two_fares_and_an_allowance_per_day():
    rules = tiny_round().rules
    assert trip_cost(rules, HERE, HERE, 3) == 0
    assert trip_cost(rules, NEAR, HERE, 3) == 2 * 70 + 5 * 20


def test_a_session_in_person_costs_venue_fees_and_trips():
    # Hall 2 * 100; Lena 2 * 10, at home; Fred 2 * 0 and 2 * 70 + 4 * 20; Sue the same trip.
    assert session_cost(tiny_round(), session(team=["fred"], seats=["sue"])) == 200 + 20 + 220 + 220


@pytest.mark.parametrize(("minutes", "days"), [(30, 1), (480, 1), (510, 2), (960, 2)])
def test_a_session_online_costs_a_fee_per_started_day_of_480_minutes(minutes, days):
    round = tiny_round(workshops=[webinar(minutes=minutes)])
    assert session_cost(round, call(team=["fred"], seats=["sue"])) == days * 10


def test_the_total_is_the_sum_of_the_sessions():
    round = tiny_round(workshops=[workshop(), webinar()])
    assert total_cost(round, schedule(session(), call())) == 220 + 10


def test_local_dates_are_those_touched_and_the_end_touches_nothing():
    assert local_dates("UTC", at("2027-03-01T23:00"), 60) == (date(2027, 3, 1),)
    assert local_dates("UTC", at("2027-03-01T23:00"), 90) == (date(2027, 3, 1), date(2027, 3, 2))
    assert utc_dates(at("2027-03-01T23:00"), 60) == span("2027-03-01", "2027-03-01")
    assert utc_dates(at("2027-03-01T23:00"), 90) == span("2027-03-01", "2027-03-02")


@pytest.mark.parametrize(
    ("timezone", "dates"),
    [
        ("Pacific/Apia", (date(2027, 3, 2),)),  # UTC+13
        ("Pacific/Pago_Pago", (date(2027, 3, 1),)),  # UTC-11
        ("Asia/Kathmandu", (date(2027, 3, 1), date(2027, 3, 2))),  # UTC+5:45: 23:45 to 00:45
    ],
)
def test_local_dates_follow_the_zone(timezone, dates):
    assert local_dates(timezone, at("2027-03-01T18:00"), 60) == dates


def test_a_date_that_a_zone_skipped_is_not_touched():
    # Samoa went from the 29th straight to the 31st of December 2011, at 10:00 UTC.
    assert local_dates("Pacific/Apia", at("2011-12-30T09:30"), 60) == (date(2011, 12, 29), date(2011, 12, 31))


@pytest.mark.parametrize(
    ("start", "minutes", "inside"),
    [
        # In Paris the clocks go forward on 2027-03-28: 04:30 UTC is 06:30 there, the day before 05:30.
        ("2027-03-28T04:30", 60, True),
        ("2027-03-27T04:30", 60, False),
        ("2027-03-28T19:00", 60, True),
        ("2027-03-28T19:30", 60, False),
    ],
)
def test_waking_hours_follow_the_clocks_of_the_day(start, minutes, inside):
    assert in_waking_hours("Europe/Paris", at(start), minutes) is inside


def test_discomfort_is_counted_by_the_clock_even_when_it_changes_on_the_way():
    # Paris, 2027-03-28: from 00:00 UTC = 01:00 local, for 8 hours until 10:00 local. The clock skips an hour,
    # so six hours pass before eight o'clock.
    assert discomfort_hours("Europe/Paris", at("2027-03-28T00:00"), 480) == 6
    # 2027-10-31: from 00:00 UTC = 02:00 local; an hour comes twice, so seven hours pass before eight.
    assert discomfort_hours("Europe/Paris", at("2027-10-31T00:00"), 480) == 7


def test_discomfort_over_midnight_counts_the_whole_night():
    assert discomfort_hours("UTC", at("2027-03-01T17:00"), 960) == 14  # 18:00 to 08:00 of 17:00 to 09:00
