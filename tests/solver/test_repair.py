from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from solver import PinsClash, check, plan, read_round, repair, write_round, write_schedule
from solver.__main__ import main
from solver.changes import BudgetSet, Dropped, FundSet, Unavailable, VenueLost, announced, changed
from solver.constraints import violations
from solver.objective import objective
from solver.round import Fund, Pin, SeatCount
from solver.schedule import Schedule
from tests.solver.engine.small import ROUNDS, sessions_alone
from tests.solver.public import needs_public_rounds, public
from tests.solver.rounds import FRED, LENA, SAM, SUE, person, schedule, session, span, tiny_round, workshop

ADA = person("ada", "south", "near", teaches={"law": 3})


def best_of(round):
    """The best of all schedules of a tiny round, tried one by one."""
    choices = [[None, *sessions_alone(round, each)] for each in round.workshops.values()]
    schedules = (Schedule(round.id, tuple(filter(None, chosen))) for chosen in product(*choices))
    right = (each for each in schedules if next(violations(round, each), None) is None)
    return max(right, key=lambda each: objective(round, each))


@cache
def told(name):
    """The best schedule of a round of `ROUNDS`, of which people have been told."""
    return best_of(ROUNDS[name])


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("two courses that share their only lead", [Unavailable("lena", span("2027-03-01", "2027-03-02"))]),
        ("two courses that share their only lead", [Dropped("other")]),
        ("two courses that share their only lead", [VenueLost("hall"), BudgetSet("course", 300)]),
        ("a lead with one workshop left", [Dropped("course")]),
        ("a replication taught by a graduate", [Unavailable("sam", span("2027-03-08", "2027-03-09"))]),
        ("a replication taught by a graduate", [VenueLost("hall", span("2027-03-01", "2027-03-02"))]),
        ("a fund that pays for one of two", [FundSet("f", 250)]),
        ("a fund that pays for one of two", [FundSet("f", 900)]),
        ("two languages", [Unavailable("fred", span("2027-03-01", "2027-03-02"))]),
        ("a call and a course on the same days", [Unavailable("sam")]),
        ("a course pinned to the dearer hall", [VenueLost("hall", span("2027-03-01", "2027-03-01"))]),
        ("published, and the lead prefers other days", [Unavailable("sam"), VenueLost("hall")]),
    ],
)
def test_the_repair_is_the_best_of_all_schedules_of_the_changed_round_and_proven(name, changes):
    keep = told(name)
    found = repair(ROUNDS[name], keep, changes=changes, seconds=120)
    after = announced(changed(ROUNDS[name], changes), keep)
    assert check(after, found) == ()
    assert found.objective == found.bound == objective(after, best_of(after))


def test_where_nothing_has_happened_the_schedule_stays():
    name = "two courses that share their only lead"
    found = repair(ROUNDS[name], told(name), seconds=120)
    assert found.sessions == told(name).sessions
    assert found.objective == objective(ROUNDS[name], told(name))


def test_what_is_told_stays_where_moving_it_would_bring_less_than_it_costs():
    # Lena would rather come on the 4th and 5th: 200 more, but 500 less for changing what was told.
    round = tiny_round(
        workshops=[workshop(window=span("2027-03-01", "2027-03-05"))],
        people=[replace(LENA, preferred=(span("2027-03-04", "2027-03-05"),)), SAM],
    )
    keep = schedule(session("course", "2027-03-01", "hall", seats=["sam"]))
    assert repair(round, keep, seconds=120).sessions == keep.sessions
    assert repair(round, schedule(), seconds=120).sessions[0].start == span("2027-03-04", "2027-03-05").first


def test_one_who_has_fallen_out_is_replaced_and_nobody_else_is_disturbed():
    round = tiny_round(
        workshops=[
            workshop(seats=SeatCount(1, 2)),
            workshop("other", window=span("2027-03-15", "2027-03-26")),
        ],
        people=[LENA, ADA, FRED, SAM, SUE],
    )
    keep = schedule(session(seats=["sam", "sue"]), session("other", "2027-03-15", lead="ada"))
    found = repair(round, keep, changes=[Unavailable("lena")], seconds=120)
    course, other = found.sessions
    assert (course.start, course.venue, course.seats) == (keep.sessions[0].start, "hall", ("sam", "sue"))
    assert course.facilitators == ("ada",)
    assert other == keep.sessions[1]


def test_pins_that_the_change_makes_impossible_clash():
    round = tiny_round(workshops=[workshop()], pins=[Pin("course", venue="hall")])
    with pytest.raises(PinsClash) as clash:
        repair(round, schedule(session()), changes=[VenueLost("hall")], seconds=120)
    assert clash.value.pins == round.pins


def test_what_pins_demand_is_found_though_all_that_is_told_must_give_way():
    # The only lead left has one workshop to give, and a pin says which.
    round = tiny_round(
        workshops=[workshop(), workshop("must")],
        people=[replace(LENA, max_workshops=2), SAM],
        pins=[Pin("must", held=True)],
    )
    keep = schedule(session(), session("must", "2027-03-08"))
    lena = replace(LENA, max_workshops=1)
    found = repair(replace(round, people={**round.people, "lena": lena}), keep, seconds=120)
    assert [each.workshop for each in found.sessions] == ["must"]


def test_every_better_schedule_on_the_way_is_right():
    name = "a fund that pays for one of two"
    after = announced(changed(ROUNDS[name], [FundSet("f", 250)]), told(name))
    found = []
    repair(ROUNDS[name], told(name), changes=[FundSet("f", 250)], seconds=120, on_improvement=found.append)
    assert found
    assert all(check(after, each) == () for each in found)
    assert [each.objective for each in found] == sorted(each.objective for each in found)


def test_a_plan_may_begin_from_a_schedule_that_overdraws_a_fund():
    round = tiny_round(
        workshops=[workshop(), workshop("other")], funds=[Fund("f", "Fund", ("course", "other"), 300)]
    )
    found = plan(round, start=schedule(session(), session("other", "2027-03-08")), seconds=120)
    assert check(round, found) == ()
    assert len(found.sessions) == 1


# -- the command ---------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    """Paths of a round, of a schedule of it, and of what the command is to write."""
    paths = {name: tmp_path / f"{name}.json" for name in ("round", "keep", "out", "changed")}
    round = tiny_round(workshops=[workshop()], people=[LENA, ADA, SAM], published=[])
    paths["round"].write_bytes(write_round(round))
    paths["keep"].write_bytes(write_schedule(schedule(session(seats=["sam"]))))
    return {name: str(path) for name, path in paths.items()}


def test_the_command_writes_a_schedule_that_is_right_for_the_changed_round(files, capsys):
    arguments = ["repair", files["round"], "--keep", files["keep"], "--change", "unavailable:lena"]
    arguments += ["--change", "venue:room", "-o", files["out"], "--changed-round", files["changed"]]
    assert main([*arguments, "--seconds", "120"]) == 0
    assert main(["check", files["changed"], files["out"]]) == 0
    # 15000 held and 900 for Sam's seat, less hall, Ada's journey (2 * 70 + 4 * 20) and a change.
    assert capsys.readouterr().out == "right: objective 14980, cost 420, 1 of 1 workshops held\n"


def test_the_command_plans_the_changed_round_from_what_was_told(files):
    heard = {}

    def planner(round, **arguments):
        heard.update(arguments, round=round)
        return arguments["start"]

    arguments = ["repair", files["round"], "--keep", files["keep"], "-o", files["out"]]
    arguments += ["--change", "drop:course", "--seconds", "7", "--workers", "1", "--seed", "5"]
    assert main(arguments, planner=planner) == 0
    assert heard["round"].pins == (Pin("course", held=False),)
    assert [told.workshop for told in heard["round"].published] == ["course"]
    assert heard["start"].sessions == (session(seats=["sam"]),)
    assert (heard["workers"], heard["seed"]) == (1, 5)
    assert 6 < heard["seconds"] <= 7


def test_malformed_changes_are_told_with_their_places_and_exit_2(files, capsys):
    arguments = ["repair", files["round"], "--keep", files["keep"], "--change", "venue:attic"]
    assert main([*arguments, "--change", "drop"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "changes[0].venue: no venue 'attic'",
        "changes[1]: 'drop' is none of unavailable:…, venue:…, fund:…, budget:…, drop:…",
    ]


def test_a_changed_round_that_cannot_be_written_is_told_before_planning(files, capsys):
    def never(*_, **__):
        pytest.fail("nothing is planned")

    arguments = ["repair", files["round"], "--keep", files["keep"], "--changed-round", "/nowhere/round.json"]
    assert main(arguments, planner=never) == 2
    assert capsys.readouterr().err == "/nowhere/round.json: No such file or directory\n"


# -- a real round -----------------------------------------------------------------------


@needs_public_rounds
def test_a_real_schedule_is_mended_around_what_broke():
    round = read_round(public("S-1.json"))
    keep = plan(round, seconds=6)
    busy = max(
        (p for s in keep.sessions for p in s.facilitators),
        key=lambda p: sum(p in s.facilitators for s in keep.sessions),
    )
    first = []
    found = repair(round, keep, changes=[Unavailable(busy)], seconds=8, on_improvement=first.append)
    after = announced(changed(round, [Unavailable(busy)]), keep)
    assert check(after, found) == ()
    assert check(after, first[0]) == ()
    untouched = [s for s in keep.sessions if busy not in s.people]
    assert len(set(untouched) & set(first[0].sessions)) >= len(untouched) - 4
