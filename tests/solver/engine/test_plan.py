import multiprocessing
import time
from dataclasses import replace

import pytest

from solver import NothingFound, PinsClash, check, plan, read_round
from solver.objective import objective
from solver.round import Pin
from tests.solver.engine.small import ROUNDS, best_objective
from tests.solver.public import needs_public_rounds, public
from tests.solver.rounds import LENA, call, schedule, session, span, tiny_round, webinar, workshop


@pytest.mark.parametrize(
    ("name", "workers"),
    [
        ("two courses that share their only lead", 1),
        ("a replication taught by a graduate", 2),
        ("two languages", 2),
    ],
)
def test_a_tiny_round_is_solved_and_proven_long_before_the_time_is_up(name, workers):
    began = time.monotonic()
    found = plan(ROUNDS[name], seconds=50, workers=workers)
    assert check(ROUNDS[name], found) == ()
    assert found.objective == found.bound == best_objective(name)
    assert time.monotonic() - began < 30


def test_progress_comes_at_once_and_better_schedules_as_they_are_found():
    reports, schedules = [], []
    round = ROUNDS["a fund that pays for one of two"]
    found = plan(round, seconds=20, on_progress=reports.append, on_improvement=schedules.append)
    assert reports[0].phase == "reading"
    assert reports[0].elapsed < 1
    assert all(check(round, each) == () for each in schedules)
    assert [each.objective for each in schedules] == sorted({each.objective for each in schedules})
    assert schedules[-1].sessions == found.sessions


def test_a_schedule_to_begin_from_is_never_lost():
    # The best there is: with no time to search, it comes back as it was.
    round = tiny_round(workshops=[workshop()])
    start = schedule(session("course", "2027-03-01", "hall", seats=["sam", "sue"]))
    found = plan(round, seconds=0.5, start=start)
    assert check(round, found) == ()
    assert found.objective >= objective(round, start)


def test_a_schedule_that_breaks_rules_is_repaired():
    # Lena has fallen out for the first week: the course moves, Ada cannot be everywhere.
    lena = replace(LENA, unavailable=(span("2027-03-01", "2027-03-07"),))
    round = tiny_round(workshops=[workshop()], people=[lena])
    found = plan(round, seconds=20, start=schedule(session()))
    assert check(round, found) == ()
    assert [each.workshop for each in found.sessions] == ["course"]


def test_pins_that_clash_are_named():
    pins = (Pin("course", held=True), Pin("other", held=True))
    both = [workshop(), workshop("other"), webinar()]
    round = tiny_round(workshops=both, people=[replace(LENA, max_workshops=1)], pins=pins)
    with pytest.raises(PinsClash) as clash:
        plan(round, seconds=30)
    assert set(clash.value.pins) == set(pins)
    assert clash.value.rules == ("load",)


def test_without_time_nothing_is_found():
    with pytest.raises(NothingFound):
        plan(tiny_round(), seconds=0, workers=1)


def test_every_workshop_left_out_has_its_reason():
    round = tiny_round(
        workshops=[workshop(), webinar("art", topic="art"), webinar("lost", languages=("sw",))],
        pins=[Pin("course", held=False)],
    )
    found = plan(round, seconds=20)
    assert check(round, found) == ()
    assert {each.workshop: each.reasons[0].rule for each in found.unscheduled} == {
        "course": "pins",
        "art": "competence",
        "lost": "languages",
    }


def test_a_pinned_call_stays_where_it_was_pinned():
    told = call("call", "2027-03-02T15:30")
    round = tiny_round(workshops=[webinar()], pins=[Pin("call", start=told.start, team=("lena",))])
    found = plan(round, seconds=20)
    assert check(round, found) == ()
    assert [each.start for each in found.sessions] == [told.start]


@needs_public_rounds
def test_a_public_round_is_planned_above_the_greedy_planner_within_seconds():
    round = read_round(public("S-1.json"))
    found = plan(round, seconds=8)
    assert check(round, found) == ()
    assert found.objective > 356_372
    assert found.bound is None or found.bound >= 433_693


@needs_public_rounds
def test_what_was_found_survives_the_death_of_all_workers():
    round = read_round(public("S-2.json"))

    def murder(_):
        for child in multiprocessing.active_children():
            child.kill()

    found = plan(round, seconds=60, on_improvement=murder)
    assert check(round, found) == ()
    assert found.sessions
    assert all(each.reasons for each in found.unscheduled)


@needs_public_rounds
def test_who_asks_to_stop_waits_no_longer_than_a_moment():
    round = read_round(public("S-2.json"))
    asked: list[float] = []
    found = []

    def stop():
        if found and not asked:
            asked.append(time.monotonic())
        return bool(asked)

    schedule = plan(round, seconds=60, stop=stop, on_improvement=found.append)
    assert time.monotonic() - asked[0] < 3
    assert check(round, schedule) == ()
    assert all(each.reasons for each in schedule.unscheduled)
