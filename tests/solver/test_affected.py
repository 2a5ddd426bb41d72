from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from solver.affected import affected
from solver.changes import Dropped, FundSet, Unavailable, VenueLost, changed
from solver.constraints import violations
from solver.round import Fund, Pin, SeatCount
from solver.schedule import Schedule
from tests.solver.rounds import (
    FRED,
    LENA,
    SAM,
    SUE,
    call,
    follows,
    schedule,
    session,
    span,
    tiny_round,
    webinar,
    workshop,
)

CHAIN = tiny_round(
    workshops=[
        workshop("tot", seats=SeatCount(1, 2)),
        workshop("rep", window=span("2027-03-01", "2027-06-30"), follows=follows("tot", graduates=1)),
        workshop("last", window=span("2027-03-01", "2027-06-30"), follows=follows("rep")),
        webinar(),
        workshop("other"),
    ],
    people=[replace(LENA, max_workshops=5), FRED, SAM, replace(SUE, teaches={"law": 3}, max_workshops=5)],
    funds=[Fund("fund", "Fund", ("rep", "other"), 10_000)],
)
KEEP = (
    session("tot", "2027-03-01", seats=["sam"]),
    session("rep", "2027-03-08", team=["sam"]),
    session("last", "2027-03-15", lead="sue"),
    call(start="2027-03-19T10:00"),
    session("other", "2027-03-25", lead="sue"),
)


def hurt(*changes):
    return affected(changed(CHAIN, changes), KEEP)


def test_a_right_schedule_has_nobody_affected():
    assert not list(violations(CHAIN, Schedule("tiny", KEEP)))
    assert hurt() == frozenset()


def test_who_breaks_a_rule_is_affected_and_all_that_follow():
    assert hurt(Unavailable("lena", span("2027-03-02", "2027-03-02"))) == {"tot", "rep", "last"}
    assert hurt(Unavailable("sue", span("2027-03-16", "2027-03-16"))) == {"last"}
    assert hurt(Dropped("rep")) == {"rep", "last"}
    assert hurt(VenueLost("hall", span("2027-03-26", "2027-04-26"))) == {"other"}


def test_who_breaks_a_rule_together_is_affected_together():
    assert hurt(FundSet("fund", 300)) == {"rep", "last", "other"}


def test_what_pins_want_and_is_not_there_affects_no_session():
    round = replace(
        CHAIN, workshops={**CHAIN.workshops, "more": workshop("more")}, pins=(Pin("more", held=True),)
    )
    assert affected(round, KEEP) == frozenset()


def test_a_session_of_the_other_mode_is_affected():
    odd = replace(KEEP[0], workshop="call")
    assert affected(CHAIN, (odd, KEEP[4])) == {"call"}
    assert affected(CHAIN, (replace(KEEP[3], workshop="tot"), *KEEP[1:3], KEEP[4])) == {"tot", "rep", "last"}


days = st.dates(
    min_value=span("2027-03-01", "2027-04-02").first, max_value=span("2027-03-01", "2027-04-02").last
)
spans = st.tuples(days, days).map(lambda pair: span(*(f"{day}" for day in sorted(pair))))
changes = st.one_of(
    st.builds(Unavailable, st.sampled_from(["lena", "fred", "sam", "sue"]), spans),
    st.builds(VenueLost, st.sampled_from(["hall", "room"]), spans),
    st.builds(FundSet, st.just("fund"), st.integers(0, 1_000)),
    st.builds(Dropped, st.sampled_from(["tot", "rep", "last", "call", "other"])),
)


@given(st.lists(changes, max_size=3), st.sets(st.sampled_from(KEEP)))
def test_what_is_not_affected_breaks_no_rule(happened, kept):
    round = changed(CHAIN, happened)
    sessions = tuple(each for each in KEEP if each in kept)
    found = affected(round, sessions)
    standing = tuple(each for each in sessions if each.workshop not in found)
    assert not list(violations(round, Schedule("tiny", standing)))
    assert found <= {each.workshop for each in sessions}
    if not list(violations(round, schedule(*sessions))):
        assert found == frozenset()
