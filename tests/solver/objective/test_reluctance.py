from dataclasses import replace

from tests.solver.objective.worth import worth
from tests.solver.rounds import FRED, LENA, SAM, SUE, call, person, session, span, tiny_round


def test_each_day_if_need_be_of_team_and_seats_counts():
    people = [
        replace(LENA, if_need_be=(span("2027-03-01", "2027-03-31"),)),
        FRED,
        replace(SAM, if_need_be=(span("2027-03-02", "2027-03-02"), span("2027-03-02", "2027-03-09"))),
        SUE,
    ]
    round = tiny_round(people=people, weights={"reluctance": 2})
    assert worth("reluctance", round, session(start="2027-03-01", seats=["sam"])) == -200 * (2 + 1)


def test_days_of_travel_do_not_count():
    before = (span("2027-02-28", "2027-02-28"), span("2027-03-03", "2027-03-03"))
    round = tiny_round(people=[replace(LENA, if_need_be=before)])
    assert worth("reluctance", round, session(start="2027-03-01", venue="room")) == 0


def test_a_country_that_one_would_rather_not_enter_counts_for_each_day_there():
    people = [
        replace(LENA, rather_not=frozenset({"NG"})),
        FRED,
        SAM,
        replace(SUE, rather_not=frozenset({"NG"})),
    ]
    round = tiny_round(people=people, weights={"reluctance": 2})
    assert worth("reluctance", round, session(venue="room", seats=["sue"])) == -200 * 2  # Sue lives there
    assert worth("reluctance", round, session(venue="hall"), call(seats=["sue"])) == 0


def test_a_session_online_counts_once_by_the_dates_at_home():
    tala = person("tala", home="far", if_need_be=(span("2027-03-01", "2027-03-02"),))
    never = person("never", home="far", if_need_be=(span("2027-03-03", "2027-03-03"),))
    round = tiny_round(people=[tala, never], weights={"reluctance": 1})
    assert worth("reluctance", round, call(start="2027-03-01T10:30", lead=["tala", "never"])) == -100
