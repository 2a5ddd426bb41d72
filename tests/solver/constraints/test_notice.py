from dataclasses import replace

from tests.solver.constraints.breaches import breaches
from tests.solver.rounds import FRED, LENA, SAM, SUE, call, on, person, session, tiny_round


def test_the_journey_begins_no_sooner_than_they_can_leave():
    round = tiny_round(people=[LENA, FRED, SAM, replace(SUE, not_before=on("2027-03-09"))])
    assert breaches("notice", round, session(start="2027-03-09", seats=["sue"])) == [
        ("too_soon", "course", ("sue",))
    ]
    assert breaches("notice", round, session(start="2027-03-10", seats=["sue"])) == []
    assert breaches("notice", round, session(start="2027-03-09", venue="room", seats=["sue"])) == []


def test_online_the_local_date_counts():
    tala = person("tala", home="far", wants={"law": 1}, not_before=on("2027-03-02"))
    round = tiny_round(people=[LENA, tala])  # at home it is 13 hours later
    assert breaches("notice", round, call(start="2027-03-01T10:00", seats=["tala"])) == [
        ("too_soon", "call", ("tala",))
    ]
    assert breaches("notice", round, call(start="2027-03-01T11:00", seats=["tala"])) == []
