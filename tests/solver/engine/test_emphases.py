from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings

from solver.constraints import violations
from solver.engine.alternatives import factors
from solver.engine.emphases import EMPHASES, LEANS, UNIT, reweighted
from solver.engine.mip import Status
from solver.engine.staffing import reoptimise
from solver.objective import TERMS, terms
from solver.round import Pin, Span
from solver.schedule import Schedule
from tests.solver.drawn import rounds
from tests.solver.engine.small import ROUNDS, board_of
from tests.solver.rounds import ROOM, on, schedule, session, tiny_round, webinar, workshop

few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def best_of(round):
    """A best schedule of a tiny round."""
    board = board_of(round)
    if any(len(options) for options in board.sets):
        status = reoptimise(board, range(len(board.sets)), (), 20, gap=0.0)
        assume(status is Status.OPTIMAL)
    return Schedule(round.id, board.sessions())


def with_long_windows(round):
    """The round with three more weeks for every workshop."""
    longer = {
        id: replace(each, window=Span(each.window.first, each.window.last + timedelta(21)))
        for id, each in round.workshops.items()
    }
    return replace(round, workshops=longer)


@pytest.mark.parametrize("name", EMPHASES)
@few
@given(round=rounds())
def test_what_is_right_where_it_leans_is_right_for_the_round(name, round):
    round = with_long_windows(round)
    leaning = EMPHASES[name](round, best_of(round), 1.0)
    assume(leaning is not None)
    assert list(violations(round, best_of(leaning))) == []


@pytest.mark.parametrize("name", LEANS)
@few
@given(round=rounds())
def test_what_weighs_more_gets_no_worse(name, round):
    best = best_of(round)
    leaning = EMPHASES[name](round, best, 1.0)
    assume(leaning is not None)
    before, after = terms(round, best), terms(round, best_of(leaning))
    weightless = [term for term in LEANS[name] if not getattr(round.rules.weights, term)]
    assert not weightless
    assert sum(after[term] - before[term] for term in LEANS[name]) >= 0


def test_weights_lean_by_fractions_and_none_counts_as_one():
    round = tiny_round(weights={"cost": 3, "reach": 0})
    weights = reweighted(round, {"cost": 1.4, "reach": 2, "change": 0}).rules.weights
    assert (weights.cost, weights.reach, weights.change) == (17, 2 * UNIT, 0)
    assert weights.held == UNIT * round.rules.weights.held


def test_the_country_that_hosts_most_hosts_less():
    round = tiny_round(workshops=[workshop(), workshop("other"), workshop("fixed")], pins=[Pin("fixed")])
    best = schedule(session(), session("other", "2027-03-08"), session("fixed", "2027-03-15"))
    leaning = EMPHASES["other_hosts"](round, best, 1.0)
    assert [each.venues for each in leaning.workshops.values()] == [
        ("room",),
        ("hall", "room"),
        ("hall", "room"),
    ]
    alone = replace(round, venues={"hall": round.venues["hall"], "room": replace(ROOM, place="here")})
    assert EMPHASES["other_hosts"](alone, best, 1.0) is None


def test_the_most_important_session_is_another_week():
    round = tiny_round(workshops=[workshop(priority=1), workshop("other", priority=2)])
    best = schedule(session(start="2027-03-09"), session("other", "2027-03-08"))
    leaning = EMPHASES["other_dates"](round, best, 1.0)
    assert leaning.workshops["course"] == round.workshops["course"]
    assert leaning.workshops["other"].window.first == on("2027-03-15")
    assert leaning.workshops["other"].window.last == on("2027-03-31")


def test_who_carries_most_is_relieved():
    round = tiny_round(workshops=[workshop(), workshop("other"), webinar()])
    best = schedule(session(), session("other", "2027-03-08"), session("call", "2027-03-15T10:00", None))
    assert EMPHASES["other_hands"](round, best, 1.0).people["lena"].max_workshops == 2
    assert EMPHASES["other_hands"](round, schedule(session()), 1.0) is None


def test_what_is_left_out_counts_more():
    round = tiny_round()
    leaning = EMPHASES["other_workshops"](round, schedule(session()), 0.5)
    assert [each.priority for each in leaning.workshops.values()] == [3, 6]


def test_there_is_nothing_to_be_steady_about_where_nothing_was_published():
    assert EMPHASES["steadier"](tiny_round(), schedule(), 1.0) is None
    round = ROUNDS["published, and the lead prefers other days"]
    weights = EMPHASES["steadier"](round, schedule(), 1.0).rules.weights
    assert weights.change == 3 * UNIT * round.rules.weights.change
    assert {*LEANS["steadier"], *LEANS["gentler"]} <= set(TERMS)


def test_the_curve_leads_from_very_steady_to_free():
    assert factors(1) == (64.0,)
    assert factors(2) == (64.0, 0.0)
    assert factors(6) == pytest.approx((64.0, 16.0, 4.0, 1.0, 0.25, 0.0))
