from dataclasses import replace
from time import monotonic

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver import read_round, read_schedule
from solver.affected import affected
from solver.changes import Dropped, FundSet, Unavailable, VenueLost, announced, changed
from solver.constraints import violations
from solver.engine.repair import MANY, mend, stand
from solver.objective import objective
from solver.round import Fund, Pin, Round, SeatCount
from solver.schedule import Schedule
from tests.solver.engine.small import board_of, generator
from tests.solver.public import needs_public_rounds, public
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

APRIL = span("2027-04-01", "2027-04-07")
ROUND = tiny_round(
    workshops=[
        workshop("tot", seats=SeatCount(1, 2), window=span("2027-03-01", "2027-03-05")),
        workshop("rep", window=span("2027-03-08", "2027-03-12"), follows=follows("tot", graduates=1)),
        webinar(window=span("2027-03-15", "2027-03-16")),
        *(workshop(f"april-{n}", window=APRIL) for n in range(3)),
    ],
    people=[replace(LENA, max_workshops=9), FRED, SAM, replace(SUE, teaches={"law": 3}, max_workshops=9)],
    funds=[Fund("fund", "Fund", ("rep", "april-0", "april-1", "april-2"), 10_000)],
)
KEEP = schedule(
    session("tot", "2027-03-01", seats=["sam"]),
    session("rep", "2027-03-08", team=["sam"]),
    call(start="2027-03-16T10:00"),
    session("april-0", "2027-04-01", lead="lena"),
    session("april-1", "2027-04-05", lead="sue"),
    session("april-2", "2027-04-06", "room", lead="lena"),
)


def steps(round: Round, keep: Schedule, *, most: int = 99) -> list[Schedule]:
    """The schedules after each step of a repair."""
    board, found = board_of(round), []
    for _ in mend(board, keep.sessions, generator(), monotonic() + 60):
        found.append(Schedule(round.id, board.sessions()))
        assert objective(round, found[-1]) == board.objective
        if len(found) == most:
            break
    return found


def assert_right_and_ever_better(round, found):
    """What pins demand may be lacking in the first steps, nothing else, and once it is there it stays."""
    wrong = [{(each.rule, each.breach) for each in violations(round, schedule)} for schedule in found]
    lacking = [each != set() for each in wrong]
    assert [each for each in wrong if each] == [{("pins", "not_held")}] * sum(lacking)
    assert lacking == sorted(lacking, reverse=True)
    assert not lacking[-1]
    worth = [objective(round, each) for each in found[sum(lacking) :]]
    assert worth == sorted(worth)


def test_what_is_not_affected_stands_where_it_is():
    round = announced(changed(ROUND, [Unavailable("lena", span("2027-03-08", "2027-03-08"))]), KEEP)
    board = board_of(round)
    assert [board.arrays.workshop_ids[w] for w in stand(board, KEEP.sessions)] == ["rep"]
    assert board.sessions() == tuple(each for each in KEEP.sessions if each.workshop != "rep")


def test_what_pins_demand_and_was_not_told_of_is_among_what_is_to_be_placed():
    keep = replace(KEEP, sessions=KEEP.sessions[2:])
    round = announced(replace(ROUND, pins=(Pin("tot", held=True),)), keep)
    board = board_of(round)
    assert [board.arrays.workshop_ids[w] for w in stand(board, keep.sessions)] == ["tot"]
    assert "tot" in {each.workshop for each in steps(round, keep)[-1].sessions}


def test_where_nothing_is_broken_there_is_one_step_and_no_change():
    assert [each.sessions for each in steps(announced(ROUND, KEEP), KEEP)] == [KEEP.sessions]


spans = st.builds(
    lambda month, day, days: span(f"2027-{month:02}-{day:02}", f"2027-{month:02}-{day + days:02}"),
    st.sampled_from([3, 4]),
    st.integers(1, 16),
    st.integers(0, 5),
)
happenings = st.one_of(
    st.builds(Unavailable, st.sampled_from(["lena", "sue", "sam"]), spans),
    st.builds(VenueLost, st.sampled_from(["hall", "room"]), spans),
    st.builds(FundSet, st.just("fund"), st.integers(0, 1_200)),
    st.builds(Dropped, st.sampled_from(sorted(ROUND.workshops))),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings, min_size=1, max_size=3))
def test_whatever_happens_every_step_is_right_and_none_is_worse(happened):
    round = announced(changed(ROUND, happened), KEEP)
    assert_right_and_ever_better(round, steps(round, KEEP))


@needs_public_rounds
def test_a_lost_fund_on_a_real_round_affects_many_and_every_step_is_right():
    before = read_round(public("M-1.json"))
    keep = read_schedule(public("M-1.greedy-schedule.json"), before)
    changes = [FundSet(fund.id, fund.amount // 3) for fund in before.funds.values()][:4]
    round = announced(changed(before, changes), keep)
    assert len(affected(round, keep.sessions)) > MANY
    found = steps(round, keep, most=4)
    assert len(found) == 4
    assert_right_and_ever_better(round, found)
    assert objective(round, found[-1]) > objective(round, found[1])
