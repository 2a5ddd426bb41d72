from dataclasses import replace

from tests.solver.objective.worth import worth
from tests.solver.rounds import FRED, LENA, SUE, call, person, session, span, tiny_round


def test_each_preferred_day_of_each_team_member_counts():
    people = [
        replace(LENA, preferred=(span("2027-03-01", "2027-03-31"),)),
        replace(FRED, preferred=(span("2027-03-02", "2027-03-02"),)),
    ]
    round = tiny_round(people=people, weights={"preferred": 1})
    assert worth("preferred", round, session(start="2027-03-01", team=["fred"])) == 100 * (2 + 1)


def test_a_day_in_two_preferred_spans_is_one_day():
    spans = (span("2027-03-01", "2027-03-05"), span("2027-03-01", "2027-03-02"))
    round = tiny_round(people=[replace(LENA, preferred=spans)], weights={"preferred": 1})
    assert worth("preferred", round, session(start="2027-03-01")) == 100 * 2


def test_days_of_travel_and_the_wishes_of_the_seated_do_not_count():
    before = (span("2027-02-28", "2027-02-28"),)
    always = (span("2027-01-01", "2027-12-31"),)
    round = tiny_round(people=[replace(LENA, preferred=before), replace(SUE, preferred=always)])
    assert worth("preferred", round, session(start="2027-03-01", venue="room", seats=["sue"])) == 0


def test_a_session_online_counts_once_by_the_dates_at_home():
    # 13 hours ahead, 10:30 to 11:30 UTC on the first runs from 23:30 into the second.
    tala = person("tala", home="far", preferred=(span("2027-03-01", "2027-03-02"),))
    late = person("late", home="far", preferred=(span("2027-03-02", "2027-03-02"),))
    never = person("never", home="far", preferred=(span("2027-03-03", "2027-03-03"),))
    round = tiny_round(people=[tala, late, never], weights={"preferred": 1})
    talk = call(start="2027-03-01T10:30", lead=["tala", "late", "never"])
    assert worth("preferred", round, talk) == 100 * (1 + 1)
