from dataclasses import replace

from solver.engine.arrays import Arrays
from solver.engine.options import demanded, options_of
from solver.round import Pin, SeatCount, TeamSize
from tests.solver.engine.small import board_of
from tests.solver.rounds import (
    FAR,
    FRED,
    HALL,
    HERE,
    LENA,
    NEAR,
    ROOM,
    SAM,
    SUE,
    at,
    follows,
    on,
    span,
    tiny_round,
    webinar,
    workshop,
)


def options(round, id="course"):
    board = board_of(round)
    return board.sets[board.arrays.workshop_number[id]], board.arrays


def starts(round, id="course"):
    found, arrays = options(round, id)
    if found.online:
        return [f"{arrays.instant(s):%dT%H:%M}" for s in found.start]
    return [(arrays.venue_ids[v], arrays.date(s).day) for v, s in zip(found.venue, found.start, strict=True)]


def test_days_off_and_closures_leave_the_other_starts():
    # Two days from Monday 1 to Sunday 7 March; Wednesday is a holiday, the hall is closed on Friday.
    week = workshop(window=span("2027-03-01", "2027-03-07"), venues=("hall",), seats=SeatCount(0, 0))
    holiday = replace(HERE, holidays=frozenset({on("2027-03-03")}))
    assert starts(tiny_round(workshops=[week], places=[holiday, NEAR, FAR])) == [("hall", 1), ("hall", 4)]
    closed = replace(HALL, closed=(span("2027-03-05", "2027-03-05"),))
    round = tiny_round(workshops=[week], places=[holiday, NEAR, FAR], venues=[closed, ROOM])
    assert starts(round) == [("hall", 1)]


def test_a_lead_who_travels_needs_the_days_around_free():
    # In the room Lena is away from the day before to the day after; at home in the hall she is not.
    lena = replace(LENA, unavailable=(span("2027-03-01", "2027-03-01"),))
    week = workshop(window=span("2027-03-01", "2027-03-04"))
    round = tiny_round(workshops=[week], people=[lena])
    assert starts(round) == [("hall", 2), ("hall", 3), ("room", 3)]


def test_of_online_starts_those_stay_that_no_other_is_as_good_as():
    # For Lena alone any hour between 8 and 18 is as good as the first of them.
    day = webinar(window=span("2027-03-01", "2027-03-01"), invited=(), seats=SeatCount(0, 0))
    assert starts(tiny_round(workshops=[day], people=[LENA]), "call") == ["01T08:00"]


def test_a_pinned_online_start_is_the_only_one():
    day = webinar(window=span("2027-03-01", "2027-03-01"))
    round = tiny_round(workshops=[day], pins=[Pin("call", start=at("2027-03-01T15:30"))])
    assert starts(round, "call") == ["01T15:30"]


def test_a_start_that_is_kept_stays_though_another_is_as_good():
    day = webinar(window=span("2027-03-01", "2027-03-01"), invited=(), seats=SeatCount(0, 0))
    arrays = Arrays(tiny_round(workshops=[day], people=[LENA]))
    found = options_of(arrays, "call", [], must=False, kept=at("2027-03-01T11:00"))
    assert [arrays.instant(s).hour for s in found.start] == [8, 11]


def test_a_follower_starts_only_where_what_it_follows_can_have_ended():
    tot = workshop("tot", window=span("2027-03-01", "2027-03-02"), venues=("hall",))
    rep = workshop(
        "rep", window=span("2027-03-01", "2027-03-12"), venues=("hall",), follows=follows("tot", 6, 7)
    )
    assert starts(tiny_round(workshops=[tot, rep]), "rep") == [("hall", 8), ("hall", 9)]


def test_nothing_is_left_where_a_team_cannot_be_filled():
    round = tiny_round(workshops=[workshop(team=TeamSize(3, 3, 1))])
    assert starts(round) == []


def test_what_a_pin_demands_passes_to_what_it_follows():
    tot, rep = workshop("tot"), workshop("rep", follows=follows("tot"))
    arrays = Arrays(tiny_round(workshops=[tot, rep, webinar()], pins=[Pin("rep", held=True)]))
    assert demanded(arrays) == {0, 1}


def test_a_candidates_value_is_need_and_preference_less_the_trip():
    # Sue (need 3, lives near) at the hall: 600 - 2 * 70 - 20 * 4 days away = 380; in the room 600.
    # Fred facilitates at the hall for the same 220 and likes both days; Lena at home for 10 a day.
    fred = replace(FRED, preferred=(span("2027-03-01", "2027-03-02"),))
    day = workshop(window=span("2027-03-01", "2027-03-02"))
    found, arrays = options(tiny_round(workshops=[day], people=[LENA, fred, SAM, SUE]))

    def worth(part, person):
        row = part.people.tolist().index(arrays.person_number[person])
        return dict(zip([arrays.venue_ids[v] for v in found.venue], part.worth()[row].tolist(), strict=True))

    assert worth(found.seats, "sue") == {"hall": 380.0, "room": 600.0}
    assert worth(found.seats, "sam") == {"hall": 400.0, "room": 400.0 - 220.0}
    assert worth(found.team, "fred") == {"hall": 200.0 - 220.0, "room": 200.0}
    assert worth(found.team, "lena") == {"hall": -20.0, "room": -20.0 - 220.0}
