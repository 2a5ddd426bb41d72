from dataclasses import replace

from tests.solver.constraints.breaches import breaches, violations_of
from tests.solver.rounds import HALL, ROOM, call, session, span, tiny_round, webinar, workshop

TWO = tiny_round(workshops=[workshop(), workshop("other"), webinar()])


def test_an_open_venue_of_the_workshop_with_enough_seats_is_right():
    assert breaches("venue", TWO, session(venue="room", seats=["sam", "sue"]), call()) == []


def test_in_person_without_a_venue_and_online_with_one_are_both_wrong():
    online_with_a_venue = replace(call(), venue="hall")
    assert breaches("venue", TWO, session(venue=None)) == [("none", "course", ())]
    assert breaches("venue", TWO, online_with_a_venue) == [("online", "call", ())]


def test_only_the_workshops_own_venues_will_do():
    round = tiny_round(workshops=[workshop(venues=("room",))])
    assert breaches("venue", round, session(venue="hall")) == [("not_offered", "course", ())]


def test_a_venue_closed_on_the_last_day_is_closed():
    round = tiny_round(venues=[replace(HALL, closed=(span("2027-03-02", "2027-03-09"),)), ROOM])
    assert breaches("venue", round, session(start="2027-03-01")) == [("closed", "course", ())]
    assert breaches("venue", round, session(start="2027-03-10")) == []


def test_more_people_than_seats_do_not_fit():
    round = tiny_round(venues=[HALL, replace(ROOM, seats=1)])
    assert breaches("venue", round, session(venue="room", seats=["sam"])) == []
    assert breaches("venue", round, session(venue="room", seats=["sam", "sue"])) == [
        ("too_small", "course", ())
    ]


def test_a_venue_hosts_one_session_a_day():
    first = session("course", "2027-03-01")
    assert breaches("venue", TWO, first, session("other", "2027-03-03")) == []
    assert breaches("venue", TWO, first, session("other", "2027-03-02", "room")) == []
    (found,) = violations_of("venue", TWO, session("other", "2027-03-02"), first)
    assert (found.breach, found.workshop, found.workshops) == ("taken", "other", ("course",))
