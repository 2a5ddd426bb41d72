"""Moves against every session of tiny rounds: what is free, possible and impossible is truly so."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from solver import read_round, read_schedule, write_round, write_schedule
from solver.__main__ import main
from solver.constraints import violations
from solver.moves import MoveFinder, moves
from solver.objective import objective
from solver.round import Fund, Pin, SeatCount, TeamSize
from solver.schedule import Schedule, Session, TeamMember
from tests.solver.engine.small import ROUNDS, sessions_alone
from tests.solver.public import needs_public_rounds, public
from tests.solver.rounds import (
    LENA,
    SAM,
    SUE,
    at,
    call,
    follows,
    on,
    person,
    schedule,
    session,
    span,
    tiny_round,
    webinar,
    workshop,
)

ROOT = Path(__file__).resolve().parents[2]
DAYS = span("2027-03-01", "2027-03-05")
KOFI = person("kofi", "south", "near", teaches={"law": 3}, wants={"law": 1}, fee_per_day=5)

MORE = {
    "somebody who could lead or learn": tiny_round(
        workshops=[
            workshop(window=DAYS, seats=SeatCount(2, 2)),
            workshop("other", window=span("2027-03-01", "2027-03-02")),
        ],
        people=[LENA, KOFI, SAM, replace(SUE, unavailable=(span("2027-03-04", "2027-03-05"),))],
    ),
    "money for the cheaper lead alone": tiny_round(
        workshops=[workshop(window=DAYS, budget=300), workshop("other", window=DAYS, team=TeamSize(1, 1, 1))],
        people=[LENA, replace(KOFI, wants={}), SAM],
    ),
    "seats of two organisations, and two of one": tiny_round(
        workshops=[
            workshop(
                window=DAYS,
                seats=SeatCount(2, 3),
                organisations_min=2,
                seats_per_organisation=2,
                team=TeamSize(1, 1, 1),
            ),
            workshop(
                "other", window=span("2027-03-01", "2027-03-02"), seats=SeatCount(1, 1), venues=("room",)
            ),
        ],
        people=[LENA, KOFI, SAM, replace(SAM, id="ali", name="Ali"), SUE],
    ),
    "pins on people": tiny_round(
        workshops=[workshop(window=DAYS), workshop("other", window=DAYS)],
        people=[LENA, KOFI, SAM, SUE],
        pins=[Pin("course", team=("kofi",)), Pin("course", seats=("sue",)), Pin("other", venue="room")],
    ),
    "a fund, and a follower that needs its graduates": tiny_round(
        workshops=[
            workshop("tot", window=DAYS, seats=SeatCount(1, 2)),
            workshop(
                "rep",
                window=span("2027-03-08", "2027-03-10"),
                team=TeamSize(2, 2, 1),
                seats=SeatCount(0, 0),
                invited=(),
                follows=follows("tot", min_days=4, max_days=7, graduates=1),
            ),
        ],
        people=[LENA, SAM, replace(SUE, wants={"law": 1}), replace(SAM, id="ali", name="Ali")],
        funds=[Fund("f", "Fund", ("tot", "rep"), 700)],
    ),
    "two calls of the same people": tiny_round(
        workshops=[
            webinar(window=span("2027-03-01", "2027-03-01"), seats=SeatCount(1, 2)),
            webinar("again", window=span("2027-03-01", "2027-03-02"), topic="art", minutes=90),
        ],
        people=[
            replace(LENA, teaches={"law": 3, "art": 3}),
            replace(SAM, wants={"law": 2, "art": 1}),
            replace(SUE, home="far"),
        ],
    ),
}
ALL = {**ROUNDS, **MORE}


@cache
def sessions_of(name, id):
    return tuple(sessions_alone(ALL[name], ALL[name].workshops[id]))


def right(round, sessions):
    return next(violations(round, Schedule(round.id, tuple(sessions))), None) is None


def right_beside(round, others, each):
    """Whether a session breaks no rule that is not broken without it."""
    before = list(violations(round, Schedule(round.id, tuple(others))))
    return all(found in before for found in violations(round, Schedule(round.id, (*others, each))))


def some_schedules(name, count=6):
    """Right schedules, of random sessions."""
    round, rng = ALL[name], random.Random(name)
    found = []
    for _ in range(400):
        chosen = [rng.choice([None, *sessions_of(name, id)]) for id in round.workshops]
        sessions = [each for each in chosen if each]
        if sessions and right(round, sessions):
            found.append(Schedule(round.id, tuple(sessions)))
            if len(found) == count:
                break
    return found


@pytest.mark.parametrize("name", ALL)
def test_every_move_is_what_every_session_says(name):
    round = ALL[name]
    schedules = [*some_schedules(name), Schedule(round.id, ())]
    seen = set()
    for chosen in schedules:
        finder, before = MoveFinder(round, chosen), objective(round, chosen)
        for id in round.workshops:
            others = [each for each in chosen.sessions if each.workshop != id]
            now = next((each for each in chosen.sessions if each.workshop == id), None)
            there = defaultdict(list)
            for each in sessions_of(name, id):
                there[each.venue, each.start].append(each)
            for move in finder.moves(id):
                seen.add(move.state)
                options = there[move.venue, move.start]
                if move.state == "impossible":
                    assert move.clashes
                    assert not any(right_beside(round, others, each) for each in options)
                    continue
                after = Schedule(round.id, (*others, move.session))
                assert right_beside(round, others, move.session)
                assert (move.session.venue, move.session.start) == (move.venue, move.start)
                assert objective(round, after) - before == move.difference
                same = now and replace(now, venue=move.venue, start=move.start)
                assert (move.state == "free") == bool(now and right_beside(round, others, same))
                if move.state == "free":
                    assert move.session == same
                    assert move.clashes == ()
                elif now:
                    assert move.clashes
    assert "impossible" in seen or "free" in seen


def any_session(rng, round, workshop):
    """A session that may break every rule."""
    day = on("2027-03-01") + timedelta(rng.randrange(-40, 40) if rng.random() < 0.3 else rng.randrange(6))
    clock = f"{rng.randrange(24):02d}:{rng.choice(['00', '30', '10'])}"
    people = list(round.people)
    team = rng.choices(people, k=rng.randrange(3))
    return Session(
        workshop.id,
        None if workshop.online else rng.choice([*round.venues]),
        at(f"{day}T{clock}") if workshop.online else day,
        tuple(TeamMember(id, rng.choice(["lead", "facilitator"])) for id in team),
        tuple(rng.choices(people, k=rng.randrange(3))),
    )


@pytest.mark.parametrize("name", ALL)
def test_of_a_schedule_that_breaks_rules_the_differences_are_exact_too(name):
    round, rng = ALL[name], random.Random(name)
    seen = 0
    for _ in range(20):
        chosen = [any_session(rng, round, each) for each in round.workshops.values() if rng.random() < 0.7]
        schedule = Schedule(round.id, tuple(chosen))
        finder, before = MoveFinder(round, schedule), objective(round, schedule)
        for id in round.workshops:
            others = [each for each in chosen if each.workshop != id]
            for move in finder.moves(id):
                if move.session:
                    after = Schedule(round.id, (*others, move.session))
                    assert objective(round, after) - before == move.difference
                    seen += 1
    assert seen


def test_in_person_there_is_a_move_for_every_venue_and_day_of_the_window():
    round = tiny_round(workshops=[workshop(window=DAYS)])
    found = moves(round, schedule(session(seats=["sue"])), "course")
    assert [(m.venue, m.start) for m in found] == [
        (venue, on(f"2027-03-0{day}")) for venue in ("hall", "room") for day in range(1, 5)
    ]
    assert {m.state for m in found} == {"free"}


def state(found, venue, start):
    return next(m for m in found if (m.venue, m.start) == (venue, start))


def test_a_seat_that_cannot_come_is_named_and_replaced():
    away = replace(SUE, unavailable=(span("2027-03-04", "2027-03-04"),))
    round = tiny_round(workshops=[workshop(window=DAYS)], people=[LENA, SAM, away])
    found = moves(round, schedule(session(seats=["sue"])), "course")
    move = state(found, "hall", on("2027-03-03"))
    assert move.state == "possible"
    assert [(c.rule, c.people) for c in move.clashes] == [("available", ("sue",))]
    assert move.session.seats == ("sam",)


def test_the_only_lead_elsewhere_makes_it_impossible_and_says_where():
    round = tiny_round(workshops=[workshop(window=DAYS), workshop("other", window=DAYS)])
    held = schedule(session(start="2027-03-01"), session("other", "2027-03-04"))
    move = state(moves(round, held, "course"), "hall", on("2027-03-03"))
    assert move.state == "impossible"
    rules = {c.rule: c for c in move.clashes}
    assert {"venue", "one_place_at_a_time"} & set(rules)
    move = state(moves(round, held, "course"), "room", on("2027-03-03"))
    rules = {c.rule: c for c in move.clashes}
    assert rules["one_place_at_a_time"].people == ("lena",)
    assert rules["one_place_at_a_time"].workshops == ("other",)


def test_online_each_day_shows_a_few_starts_and_one_where_there_is_none():
    busy = replace(LENA, unavailable=(span("2027-03-03", "2027-03-03"),))
    round = tiny_round(workshops=[webinar(window=DAYS)], people=[busy, SAM])
    found = moves(round, schedule(call(seats=["sam"])), "call")
    by_day = defaultdict(list)
    for move in found:
        by_day[move.start.date()].append(move)
    assert len(by_day) == 5
    assert all(len(each) <= 3 for each in by_day.values())
    (shut,) = by_day[on("2027-03-03")]
    assert shut.state == "impossible"
    assert ("available", ("lena",)) in [(c.rule, c.people) for c in shut.clashes]
    assert all(m.difference == 0 for m in by_day[on("2027-03-02")])


def test_an_unknown_workshop_is_refused():
    with pytest.raises(KeyError):
        moves(tiny_round(), schedule(), "nothing")


def test_moves_load_neither_ortools_nor_numpy():
    code = (
        "import sys, json; from tests.solver.rounds import *; from solver.moves import moves;"
        "moves(tiny_round(), schedule(session(seats=['sue'])), 'course');"
        "print(sorted({n.partition('.')[0] for n in sys.modules} & {'ortools', 'numpy'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_a_move_is_plain_data():
    found = moves(tiny_round(), schedule(call(seats=["sam"])), "call")
    assert json.loads(json.dumps([m.as_data() for m in found]))[0]["state"] in {
        "free",
        "possible",
        "impossible",
    }


def test_the_command_prints_every_move(tmp_path, capsys):
    round, held = tiny_round(), schedule(session(seats=["sam"]))
    for name, data in (("round", write_round(round)), ("schedule", write_schedule(held))):
        (tmp_path / f"{name}.json").write_bytes(data)
    paths = [str(tmp_path / "round.json"), str(tmp_path / "schedule.json")]
    assert main(["moves", *paths, "course"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"workshop": "course", "moves": [m.as_data() for m in moves(round, held, "course")]}
    assert main(["moves", *paths, "curse"]) == 2
    assert capsys.readouterr().err == "the round has no workshop 'curse'\n"


@needs_public_rounds
@pytest.mark.parametrize("name", ["S-1", "M-1"])
def test_every_move_of_a_public_round_is_right_and_its_difference_exact(name):
    round = read_round(public(f"{name}.json"))
    before = read_schedule(public(f"{name}.greedy-schedule.json"), round)
    finder, rng = MoveFinder(round, before), random.Random(name)
    worth = objective(round, before)
    for id in rng.sample(list(round.workshops), 8):
        others = tuple(each for each in before.sessions if each.workshop != id)
        found = [m for m in finder.moves(id) if m.session]
        for move in rng.sample(found, min(6, len(found))):
            after = Schedule(round.id, (*others, move.session))
            assert list(violations(round, after)) == []
            assert objective(round, after) - worth == move.difference


@pytest.mark.parametrize("name", [*ROUNDS, *MORE])
def test_a_finder_that_goes_on_from_another_says_what_a_new_one_says(name: str) -> None:
    round = {**ROUNDS, **MORE}[name]
    nothing = Schedule(round.id, ())
    finder = MoveFinder(round, nothing)
    for one in round.workshops.values():
        finder.moves(one.id)
        for alone in islice(sessions_alone(round, one), 2):
            held = Schedule(round.id, (alone,))
            later = finder.after(round, held)
            assert [later.moves(each) for each in round.workshops] == [
                moves(round, held, each) for each in round.workshops
            ]


def test_lifted_a_pinned_session_can_go_where_it_could_without_its_pin() -> None:
    free = tiny_round(workshops=[workshop(window=DAYS)], people=[LENA, KOFI, SAM, SUE])
    pin = Pin(
        "course", venue=next(iter(free.workshops["course"].venues)), start=on("2027-03-02"), team=("kofi",)
    )
    pinned, nothing = replace(free, pins=(pin,)), Schedule(free.id, ())
    who = replace(free, pins=(Pin("course", team=("kofi",)),))
    assert {move.state for move in moves(pinned, nothing, "course") if move.start != pin.start} == {
        "impossible"
    }
    assert MoveFinder(pinned, nothing).moves("course", lifted=True) == moves(who, nothing, "course")
    out = replace(free, pins=(Pin("course", held=False),))
    assert MoveFinder(out, nothing).moves("course", lifted=True) == moves(free, nothing, "course")
