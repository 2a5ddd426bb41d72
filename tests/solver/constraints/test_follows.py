import pytest

from tests.solver.constraints.breaches import breaches, violations_of
from tests.solver.rounds import call, follows, session, tiny_round, webinar, workshop


def chain(**limits):
    return tiny_round(workshops=[workshop("first"), workshop("second", follows=follows("first", **limits))])


def test_what_is_followed_must_be_held():
    (found,) = violations_of("follows", chain(), session("second"))
    assert (found.breach, found.workshop, found.workshops) == ("not_held", "second", ("first",))


def test_what_is_followed_may_stand_alone():
    assert breaches("follows", chain(), session("first")) == []


@pytest.mark.parametrize(
    ("start", "breach"),
    [
        ("2027-03-08", ["too_soon"]),
        ("2027-03-09", []),
        ("2027-03-16", []),
        ("2027-03-17", ["too_late"]),
    ],
)
def test_days_are_counted_from_the_last_day_to_the_first(start, breach):
    # The first ends on 2027-03-02; between 7 and 14 days later the second begins.
    round = chain(min_days=7, max_days=14)
    result = breaches("follows", round, session("first", "2027-03-01"), session("second", start))
    assert [name for name, _, _ in result] == breach


def test_before_is_too_soon_even_without_a_least_distance():
    result = breaches("follows", chain(), session("first", "2027-03-08"), session("second", "2027-03-01"))
    assert result == [("too_soon", "second", ())]


def test_online_the_days_are_utc_dates():
    round = tiny_round(workshops=[webinar("first"), webinar("second", follows=follows("first", 1, 1))])
    first = call("first", "2027-03-01T23:00")  # over at midnight: the first of March
    assert breaches("follows", round, first, call("second", "2027-03-02T00:00")) == []
    late = call("first", "2027-03-01T23:30")
    assert breaches("follows", round, late, call("second", "2027-03-02T02:00")) == [
        ("too_soon", "second", ())
    ]


def test_enough_of_the_team_have_sat_in_what_is_followed():
    round = chain(graduates=1)
    second = session("second", "2027-03-10", team=["sam"])
    assert breaches("follows", round, session("first", "2027-03-01", seats=["sam"]), second) == []
    assert breaches("follows", round, session("first", "2027-03-01", seats=["sue"]), second) == [
        ("too_few_graduates", "second", ())
    ]


def test_having_taught_what_is_followed_makes_no_graduate():
    round = chain(graduates=1)
    first = session("first", "2027-03-01", lead="lena")
    assert breaches("follows", round, first, session("second", "2027-03-10", lead="lena")) == [
        ("too_few_graduates", "second", ())
    ]
