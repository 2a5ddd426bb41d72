import pytest

from tests.solver.objective.worth import worth
from tests.solver.rounds import call, published, session, tiny_round

TOLD = published("course", "2027-03-01", "hall", team=["lena", "fred"], seats=["sam"])
ROUND = tiny_round(published=[TOLD], weights={"change": 5})


def as_told(start="2027-03-01", venue="hall", team=("fred",), seats=("sam",)):
    return session("course", start, venue, lead="lena", team=team, seats=seats)


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (as_told(), 0),
        (as_told(start="2027-03-02"), 1),
        (as_told(venue="room"), 1),
        (as_told(start="2027-03-02", venue="room"), 1),
        (as_told(team=()), 1),
        (as_told(seats=()), 1),
        (as_told(seats=("sam", "sue")), 0),
        (as_told(team=("sue",), seats=()), 2),
        (as_told(venue="room", team=(), seats=("sue",)), 3),
        (as_told(team=("fred", "sam"), seats=()), 1),
    ],
)
def test_each_promise_that_is_not_kept_counts(now, changes):
    assert worth("change", ROUND, now) == -100 * 5 * changes


def test_another_role_is_no_change():
    swapped = session("course", "2027-03-01", "hall", lead="fred", team=["lena"], seats=["sam"])
    assert worth("change", ROUND, swapped) == 0


def test_what_is_no_longer_held_and_what_was_never_published_do_not_count_here():
    assert worth("change", ROUND, call()) == 0
    assert worth("change", tiny_round(published=None), session()) == 0


def test_a_workshop_told_for_a_date_and_now_online_at_an_instant_has_changed():
    round = tiny_round(published=[published("call", "2027-03-01", team=["lena"])], weights={"change": 5})
    assert worth("change", round, call(start="2027-03-01T00:00")) == -500
