"""Explanations against every session of tiny rounds, told right from wrong by the rules themselves."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, islice

import pytest

from solver import check, explain, write_round, write_schedule
from solver.__main__ import main
from solver.comparison import compare
from solver.constraints import violations
from solver.derived import total_cost
from solver.engine.explain import Explainer
from solver.objective import objective
from solver.round import Fund, Pin, SeatCount, TeamSize
from solver.schedule import Reason, Schedule, Unscheduled
from tests.solver.every_session import every_session, window_starts
from tests.solver.rounds import (
    FRED,
    HALL,
    LENA,
    ROOM,
    SAM,
    SUE,
    follows,
    on,
    person,
    session,
    span,
    tiny_round,
    webinar,
    workshop,
)

WEEK = span("2027-03-01", "2027-03-05")
DAYS = span("2027-03-01", "2027-03-02")
HORIZON = {"first_day": on("2027-03-01"), "last_day": on("2027-03-09")}
ADA = person("ada", "south", "near", teaches={"law": 3}, fee_per_day=5)

# Breaches of what nobody can waive: such sessions are not conceivable.
UNTHINKABLE = {
    ("window", "outside_horizon"),
    ("seating", "not_invited"),
    ("seating", "not_wanted"),
    ("seating", "in_team"),
    ("competence", "cannot_lead"),
    ("competence", "cannot_facilitate"),
    ("languages", "not_shared"),
}
WHAT = {
    ("team_size", "too_few_leads"): ("competence", "leads"),
    ("team_size", "too_few"): ("team_size", "least"),
    ("seating", "too_few"): ("seating", "least"),
    ("mix", "too_many_of_one"): ("mix", "each"),
    ("mix", "too_few_organisations"): ("mix", "organisations"),
    ("window", "outside_window"): ("window", "window"),
    ("budget", "of_workshop"): ("budget", "workshop"),
}
OF_FOLLOWER = {"too_soon": "child", "too_late": "child", "too_few_graduates": "enough"}
OF_FOLLOWED = {"not_held": "held", "too_soon": "dates", "too_late": "dates", "too_few_graduates": "graduates"}


def atoms(found, id):
    """One violation as the facts (rule, what, subject) that it breaks; `None` if it is unthinkable."""
    key = found.rule, found.breach
    if found.rule == "competence" and found.workshop != id:
        return {("follows", "taught", found.workshop)}
    if key in UNTHINKABLE:
        return None
    if key in WHAT:
        return {(*WHAT[key], "")}
    if found.rule == "follows":
        return {_of_following(found, id)}
    return {*_of_places_and_money(found, id)} or {(found.rule, "person", each) for each in found.people}


def _of_following(found, id):
    if found.workshop == id:
        return "follows", OF_FOLLOWED[found.breach], found.workshops[0]
    return "follows", OF_FOLLOWER[found.breach], found.workshop


def _of_places_and_money(found, id):
    match found.rule, found.breach:
        case "pins", _:
            yield "pins", "pin", "0"
        case "working_days", "off_at_place":
            yield "working_days", "place", found.facts["place"]
        case "venue", "taken":
            (other,) = {found.workshop, *found.workshops} - {id}
            yield "venue", "taken", other
        case "venue", breach:
            yield "venue", {"closed": "closed", "too_small": "size"}[breach], found.facts["venue"]
        case "languages", _:
            yield from (("languages", "language", language) for language in found.facts["languages"])
        case "budget", _:
            yield "budget", "fund", found.facts["fund"]


def broken_by_every_session(round, others, id, starts=None):
    """What each conceivable session breaks, the rest standing."""
    before = list(violations(round, Schedule(round.id, tuple(others))))
    found = set()
    for each in every_session(round, round.workshops[id], starts=starts):
        breaks = set()
        for violation in violations(round, Schedule(round.id, (*others, each))):
            if violation in before:
                continue
            of = atoms(violation, id)
            if of is None:
                break
            breaks |= of
        else:
            found.add(frozenset(breaks))
    return found


def horizon_days(round):
    def starts(workshop):
        days = (round.last_day - round.first_day).days - workshop.days + 2
        return [round.first_day + timedelta(n) for n in range(days)]

    return starts


def assert_smallest(round, others, id, starts=None):
    """The facts named suffice, none can be spared, and no fewer rules would do."""
    alone, obstacles = Explainer(round, Schedule(round.id, tuple(others))).obstacles(id)
    broken = broken_by_every_session(round, () if alone else others, id, starts or horizon_days(round))
    assert broken
    named = {(each.rule, each.what, each.subject) for each in obstacles}
    assert (frozenset() in broken) == (not named)
    if named:
        assert all(named & breaks for breaks in broken)
        assert all({fact} in [named & breaks for breaks in broken] for fact in named)
        rules = {rule for rule, _, _ in named}
        everything = {rule for breaks in broken for rule, _, _ in breaks}
        by_rule = [{rule for rule, _, _ in breaks} for breaks in broken]
        for fewer in combinations(sorted(everything), len(rules) - 1):
            assert not all(each.intersection(fewer) for each in by_rule)
    return alone, named


CASES = {
    "venue taken": (
        tiny_round(
            workshops=[
                workshop(window=DAYS, venues=("hall",)),
                workshop("b", window=DAYS, venues=("hall",)),
            ],
            people=[LENA, ADA, SAM],
            **HORIZON,
        ),
        [session()],
        False,
        {("venue", "taken", "course"), ("window", "window", "")},
    ),
    "nobody speaks it": (
        tiny_round(workshops=[workshop(languages=("en", "sw"))], **HORIZON),
        [],
        True,
        {("languages", "language", "sw")},
    ),
    "a pin": (
        tiny_round(workshops=[workshop()], pins=[Pin("course", held=False)], **HORIZON),
        [],
        True,
        {("pins", "pin", "0")},
    ),
    "the only lead has no workshop left": (
        tiny_round(
            workshops=[workshop(), workshop("b")],
            people=[replace(LENA, max_workshops=1), FRED, SAM],
            **HORIZON,
        ),
        [session()],
        False,
        {("competence", "leads", ""), ("load", "person", "lena")},
    ),
    "the fund is spent": (
        tiny_round(
            workshops=[workshop(venues=("hall",)), workshop("b", venues=("hall",))],
            funds=[Fund("f", "Fund", ("course", "b"), 300)],
            people=[LENA],
            **HORIZON,
        ),
        [session()],
        False,
        {("budget", "fund", "f")},
    ),
    "it follows what is not held": (
        tiny_round(workshops=[workshop("tot"), workshop("rep", follows=follows("tot"))], **HORIZON),
        [],
        False,
        {("follows", "held", "tot")},
    ),
    "seats are taken in the topic": (
        tiny_round(
            workshops=[workshop(seats=SeatCount(1, 2)), workshop("b", seats=SeatCount(2, 2))],
            people=[LENA, ADA, replace(SAM, max_seats=3), SUE],
            **HORIZON,
        ),
        [session(seats=["sam"])],
        False,
        {("seating", "least", ""), ("seating", "person", "sam")},
    ),
    "it could be held": (
        tiny_round(workshops=[workshop(), workshop("b")], **HORIZON),
        [session()],
        False,
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_facts_named_are_a_smallest_set(name):
    round, others, alone, named = CASES[name]
    id = next(id for id in reversed(round.workshops) if id not in {s.workshop for s in others})
    assert assert_smallest(round, others, id) == (alone, named)


def drawn(rng):
    """A random round of nine days in which little fits."""

    def spans():
        first = rng.randrange(9)
        day = on("2027-03-01") + timedelta(first)
        return (span(str(day), str(day + timedelta(rng.randrange(4)))),) if rng.random() < 0.6 else ()

    people = [
        person(
            id,
            rng.choice(["north", "south"]),
            rng.choice(["here", "near", "near"]),
            languages=rng.choice([("en",), ("fr",), ("en", "fr")]),
            teaches={"law": rng.choice([2, 3])} if rng.random() < 0.6 else {},
            wants={"law": rng.choice([1, 3])} if rng.random() < 0.6 else {},
            unavailable=spans(),
            fee_per_day=rng.choice([0, 20]),
            max_workshops=rng.choice([1, 1, 2]),
            max_seats=rng.choice([1, 2]),
            online_only=rng.random() < 0.1,
        )
        for id in ("ann", "bob", "cem", "dia", "eve")
    ]

    def course(id, **fields):
        least = rng.choice([0, 1, 1, 2])
        first = rng.randrange(5)
        day = on("2027-03-01") + timedelta(first)
        return workshop(
            id,
            window=span(str(day), str(day + timedelta(rng.randrange(1, 5)))),
            venues=rng.choice([("hall",), ("room",), ("hall", "room")]),
            languages=rng.choice([("en",), ("fr",), ("en", "fr")]),
            team=TeamSize(rng.choice([1, 2]), 2, rng.choice([0, 1])),
            seats=SeatCount(least, 2),
            organisations_min=rng.choice([0, 0, 1, 2]) if least else 0,
            budget=rng.choice([None, None, 250, 400]),
            **fields,
        )

    after = follows("a", 0, 5, rng.choice([0, 1])) if rng.random() < 0.3 else None
    return tiny_round(
        workshops=[course("a"), course("b", follows=after), course("c")],
        people=people,
        venues=[replace(HALL, closed=spans(), seats=rng.choice([1, 10])), ROOM],
        funds=[Fund("f", "Fund", ("a", "b", "c"), rng.choice([300, 700, 10**6]))],
        pins=[Pin("b", team=("ann",))] if rng.random() < 0.2 else [],
        **HORIZON,
    )


@pytest.mark.parametrize("seed", range(30))
def test_the_facts_named_are_a_smallest_set_on_random_rounds(seed):
    rng = random.Random(seed)
    round = drawn(rng)
    others = []
    for id in rng.sample(["a", "c"], 2):
        candidates = list(every_session(round, round.workshops[id]))
        rng.shuffle(candidates)
        for each in candidates:
            found = list(violations(round, Schedule(round.id, (*others, each))))
            if all(v.rule == "pins" for v in found):
                others.append(each)
                break
    left = [id for id in round.workshops if id not in {s.workshop for s in others}]
    for id in left:
        alone = Explainer(round, Schedule(round.id, tuple(others))).obstacles(id)[0]
        if alone and round.workshops[id].follows:
            continue  # what the other workshop could be is not one rest to try sessions against
        assert_smallest(round, others, id)


def test_online_too():
    lena = replace(LENA, unavailable=(span("2027-03-01", "2027-03-02"),))
    call = webinar(window=DAYS, seats=SeatCount(1, 1))
    round = tiny_round(
        workshops=[call], people=[lena, SAM], first_day=on("2027-03-01"), last_day=on("2027-03-02")
    )
    assert assert_smallest(round, [], "call", window_starts) == (
        True,
        {("competence", "leads", ""), ("available", "person", "lena")},
    )


def with_claims(round, *sessions):
    held = {s.workshop for s in sessions}
    left = tuple(
        Unscheduled(id, (Reason("not_found", text="-"),)) for id in round.workshops if id not in held
    )
    found = Schedule(round.id, sessions, left)
    return replace(found, objective=objective(round, found), cost=total_cost(round, found))


RELAXED = {
    "window": tiny_round(workshops=[workshop(window=span("2027-03-06", "2027-03-09"), days=3)]),
    "venue": tiny_round(
        workshops=[workshop(venues=("hall",))],
        venues=[replace(HALL, closed=(span("2027-03-01", "2027-06-30"),)), replace(HALL, id="annexe"), ROOM],
    ),
    "person": tiny_round(workshops=[workshop(languages=("en", "sw"))]),
    "money": tiny_round(workshops=[workshop(venues=("hall",), budget=150)]),
    "seats": tiny_round(workshops=[workshop(seats=SeatCount(2, 2))], people=[LENA, SAM]),
}


@pytest.mark.parametrize("kind", RELAXED)
def test_a_relaxation_is_a_round_in_which_it_is_held(kind):
    round = RELAXED[kind]
    schedule = with_claims(round)
    explanation = explain(round, schedule, "course", seconds=1)
    assert explanation.obstacles
    assert [r.difference for r in explanation.relaxations] == sorted(
        (r.difference for r in explanation.relaxations), reverse=True
    )
    for each in explanation.relaxations:
        assert check(each.round, each.schedule) == ()
        assert each.session in each.schedule.sessions
        assert each.difference == each.schedule.objective - schedule.objective
    found = next(r for r in explanation.relaxations if r.kind == kind)
    match kind:
        case "window":  # Friday before or after: from Saturday to Tuesday, three working days need one more.
            assert found.amount == 1
            assert found.window == span("2027-03-06", "2027-03-10")
        case "venue":
            assert found.venue == "annexe"
        case "person":
            assert (found.person.languages, dict(found.person.teaches)) == ({"sw"}, {"law": 2})
        case "money":  # the hall for two days and Lena for two: 200 + 20
            assert (found.amount, found.budget) == (70, 220)
        case "seats":
            assert found.seats == 1


def test_whatever_is_offered_to_let_it_in_lets_it_in():
    """On random rounds: the change offered, applied and planned, is a right schedule with it in."""
    kinds = []
    for seed in range(12):
        rng = random.Random(seed)
        round = drawn(rng)
        candidates = list(every_session(round, round.workshops[rng.choice(["a", "c"])]))
        rng.shuffle(candidates)
        right = (each for each in candidates if not list(violations(round, Schedule(round.id, (each,)))))
        standing = Schedule(round.id, tuple(islice(right, 1)))
        for id in sorted(set(round.workshops) - {each.workshop for each in standing.sessions}):
            for offered in explain(round, standing, id, seconds=1).relaxations:
                assert id in {each.workshop for each in offered.schedule.sessions}
                assert check(offered.round, offered.schedule) == ()
                assert offered.difference == offered.schedule.objective - objective(round, standing)
                kinds.append(offered.kind)
    assert len(kinds) >= 12
    assert len(set(kinds)) >= 3


def test_what_no_schedule_could_hold_is_planned_with_more_money_where_others_stand_in_the_way():
    # The budget forbids it alone; with more of it, the only lead is still at the other course.
    round = tiny_round(
        workshops=[
            workshop(window=DAYS, venues=("hall",), budget=10, priority=5),
            workshop("b", window=DAYS, venues=("room",), priority=1),
        ],
        people=[LENA, SAM],
    )
    schedule = with_claims(round, session("b", venue="room", seats=["sam"]))
    explanation = explain(round, schedule, "course")
    assert explanation.alone
    (found,) = explanation.relaxations
    assert found.kind == "money"
    assert [s.workshop for s in found.comparison.cancelled] == ["b"]
    assert check(found.round, found.schedule) == ()
    assert found.round.workshops["course"].budget == found.budget == 10 + found.amount
    assert found.difference == found.schedule.objective - schedule.objective


def test_the_fewest_days_are_the_fewest():
    round = RELAXED["window"]
    (found,) = explain(round, with_claims(round), "course", seconds=1).relaxations
    narrower = replace(
        round.workshops["course"], window=replace(found.window, last=found.window.last - timedelta(1))
    )
    assert broken_by_every_session(replace(round, workshops={"course": narrower}), [], "course")
    assert frozenset() not in broken_by_every_session(
        replace(round, workshops={"course": narrower}), [], "course"
    )


def test_what_gives_way_is_planned_and_counted():
    round = tiny_round(
        workshops=[
            workshop(window=DAYS, venues=("hall",), priority=5),
            workshop("b", window=DAYS, venues=("room",), priority=1),
        ],
        people=[LENA, SAM],
    )
    schedule = with_claims(round, session("b", venue="room", seats=["sam"]))
    explanation = explain(round, schedule, "course")
    offer = explanation.offer
    assert explanation.obstacles
    assert check(round, offer.schedule) == ()
    assert offer.session in offer.schedule.sessions
    assert [s.workshop for s in offer.comparison.cancelled] == ["b"]
    assert offer.comparison == compare(round, schedule, offer.schedule)
    assert offer.difference == objective(round, offer.schedule) - objective(round, schedule)
    assert offer.proven


def test_what_could_be_held_beside_all_others_says_so():
    round = tiny_round(workshops=[workshop(), workshop("b")])
    explanation = explain(round, with_claims(round, session(seats=["sue"])), "b", seconds=2)
    assert not explanation.held
    assert explanation.obstacles == ()
    assert check(round, explanation.offer.schedule) == ()


def test_of_a_session_held_the_best_alternatives_are_the_best():
    round = tiny_round(
        workshops=[workshop(window=WEEK)],
        people=[LENA, replace(ADA, preferred=(DAYS,)), SAM, SUE],
    )
    schedule = with_claims(round, session(seats=["sam"]))
    found = explain(round, schedule, "course").alternatives
    right = [
        each
        for each in every_session(round, round.workshops["course"])
        if not list(violations(round, Schedule(round.id, (each,))))
    ]

    def best(sessions):
        return max(objective(round, Schedule(round.id, (each,))) for each in sessions) - schedule.objective

    now = schedule.sessions[0]
    by = {each.of: each for each in found}
    assert by["date"].difference == best([s for s in right if s.start != now.start])
    assert by["venue"].difference == best([s for s in right if s.venue != now.venue])
    assert by["member"].member == "lena"
    same = [s for s in right if (s.start, s.venue, s.seats) == (now.start, now.venue, now.seats)]
    assert by["member"].difference == best([s for s in same if s.facilitators == ("ada",)])
    for each in found:
        assert check(round, with_claims(round, each.session)) == ()


def test_an_explanation_is_plain_data():
    round = RELAXED["person"]
    data = json.loads(json.dumps(explain(round, with_claims(round), "course", seconds=1).as_data()))
    assert data["alone"] is True
    assert data["obstacles"][0]["subject"] == "sw"
    assert data["relaxations"][0]["person"]["languages"] == ["sw"]


def test_an_unknown_workshop_is_refused():
    with pytest.raises(KeyError):
        explain(tiny_round(), with_claims(tiny_round()), "nothing")


# -- the command -----------------------------------------------------------------


@pytest.fixture
def asked(tmp_path, capsys):
    """Run `explain` on a round and its schedule: exit code, output, errors."""

    def run(round, schedule, *arguments):
        (tmp_path / "round.json").write_bytes(write_round(round))
        (tmp_path / "schedule.json").write_bytes(write_schedule(schedule))
        paths = [str(tmp_path / "round.json"), str(tmp_path / "schedule.json")]
        code = main(["explain", *paths, *arguments])
        return code, *capsys.readouterr()

    return run


def test_the_command_prints_what_is_explained(asked):
    round = RELAXED["seats"]
    schedule = with_claims(round)
    code, out, _ = asked(round, schedule, "course", "--seconds", "1")
    assert code == 0
    assert json.loads(out) == explain(round, schedule, "course", seconds=1).as_data()


def test_in_words_the_people_of_one_rule_share_a_line(asked):
    round = tiny_round(
        workshops=[workshop(), workshop("b", seats=SeatCount(2, 2))], people=[LENA, ADA, SAM, SUE]
    )
    schedule = with_claims(round, session(seats=["sam", "sue"]))
    code, out, _ = asked(round, schedule, "b", "--seconds", "1", "--text")
    assert code == 0
    lines = out.splitlines()
    assert lines[:3] == [
        "b cannot be held as the rest stands:",
        "  seating: It needs 2 in its seats; 2 invited people want law.",
        "  seating: sam holds a seat in law already, in course.",
    ]
    assert "It could be held with this: At least 0 seats in place of 2." in out


def test_of_a_session_held_the_words_are_about_what_else_it_could_be(asked):
    round = tiny_round(people=[LENA, ADA, SAM])
    _, out, _ = asked(round, with_claims(round, session(seats=["sam"])), "course", "--text")
    lines = out.splitlines()
    assert lines[0] == "course is held."
    assert [line.partition(":")[0].strip() for line in lines[1:]] == [
        "other date",
        "other venue",
        "instead of lena",
    ]


def test_a_schedule_that_breaks_a_rule_is_not_explained(asked):
    round = tiny_round()
    wrong = with_claims(round, session(start="2027-03-06"))
    code, out, _ = asked(round, wrong, "course")
    assert code == 1
    assert out.startswith("working_days: course: ")


def test_a_workshop_that_is_none_is_named(asked):
    round = tiny_round()
    code, out, err = asked(round, with_claims(round), "curse")
    assert (code, out, err) == (2, "", "the round has no workshop 'curse'\n")
