from solver.round import SeatCount
from tests.solver.constraints.breaches import breaches, violations_of
from tests.solver.rounds import call, session, tiny_round, webinar, workshop

ONE_OR_TWO = tiny_round(
    workshops=[workshop(seats=SeatCount(1, 2)), workshop("again"), workshop("tax", topic="tax"), webinar()]
)


def test_wanted_invited_and_few_enough_is_right():
    assert breaches("seating", ONE_OR_TWO, session(seats=["sam", "sue"])) == []


def test_there_may_be_too_few_or_too_many():
    one = tiny_round(workshops=[workshop(seats=SeatCount(1, 1))])
    assert breaches("seating", one, session(seats=[])) == [("too_few", "course", ())]
    assert breaches("seating", one, session(seats=["sam", "sue"])) == [("too_many", "course", ())]


def test_a_person_has_one_seat_in_a_session():
    assert breaches("seating", ONE_OR_TWO, session(seats=["sam", "sam"])) == [("twice", "course", ("sam",))]


def test_only_people_of_invited_organisations_are_seated():
    round = tiny_round(workshops=[workshop(invited=("north",))])
    assert breaches("seating", round, session(seats=["sam", "sue"])) == [("not_invited", "course", ("sue",))]


def test_only_people_who_want_the_topic_are_seated():
    assert breaches("seating", ONE_OR_TWO, session("tax", seats=["sam"])) == [("not_wanted", "tax", ("sam",))]


def test_nobody_teaches_and_learns_at_once():
    assert breaches("seating", ONE_OR_TWO, session(team=["sam"], seats=["sam"])) == [
        ("in_team", "course", ("sam",))
    ]


def test_one_seat_in_a_topic_per_round_in_person_or_online():
    first = session(seats=["sam"])
    assert breaches("seating", ONE_OR_TWO, first, session("again", "2027-03-10", seats=["sue"])) == []
    (found,) = violations_of(
        "seating", ONE_OR_TWO, first, call(start="2027-03-10T10:00", seats=["sue", "sam"])
    )
    assert (found.breach, found.workshop, found.people, found.workshops) == (
        "same_topic",
        "call",
        ("sam",),
        ("course",),
    )


def test_a_seat_in_another_topic_is_another_matter():
    found = breaches(
        "seating", ONE_OR_TWO, session(seats=["sam"]), session("tax", "2027-03-10", seats=["sam"])
    )
    assert found == [("not_wanted", "tax", ("sam",))]


def test_where_people_are_nominated_only_they_are_seated_whatever_they_want():
    round = tiny_round(workshops=[workshop(nominated={"sam": 1, "lena": 2})])
    assert breaches("seating", round, session(lead="fred", seats=["sam", "lena"])) == []
    assert breaches("seating", round, session(seats=["sue"])) == [("not_nominated", "course", ("sue",))]
