"""Runs that plan one round together in a shared folder: what each tells, and what it makes of others."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import config
from solver import Schedule, Together, check, read_round, read_schedule
from solver.engine.crew import Crew
from solver.engine.exchange import Exchange, document_of, prices_of
from solver.engine.plan import _Run
from solver.engine.prices import Prices
from solver.objective import objective
from solver.writing import write_round, write_schedule
from tests.solver.public import SHARED, needs_public_rounds, public
from tests.solver.rounds import LENA, SAM, SUE, session, span, tiny_round, workshop

ROUND = tiny_round(workshops=[workshop(window=span("2027-03-01", "2027-03-05"))], people=[LENA, SAM, SUE])


def schedule_of(*sessions):
    found = Schedule(ROUND.id, sessions)
    return replace(found, objective=objective(ROUND, found))


def met(folder, name, part=(0, 2)):
    return Exchange(Together(folder, name, part), ROUND)


def people_prices():
    none = np.zeros(0)
    per_topic = np.array([[1.4], [2.6], [0.0]])
    return Prices(
        np.array([10.2, 0.0, 3.0]), np.array([1.0, 2.0, 3.0]), per_topic, none, (), none, none, none, none
    )


def test_what_one_writes_the_others_read_once_and_not_itself(tmp_path):
    one, two = met(tmp_path, "one"), met(tmp_path, "two")
    told = schedule_of(session(start="2027-03-02", seats=["sam"]))
    one.put_schedule(told)
    one.put_prices(people_prices())
    assert list(one.news()) == []
    prices, schedule = two.news()
    assert schedule.sessions == told.sessions
    assert prices.facilitate.tolist() == [10, 0, 3]
    assert prices.topic.tolist() == [[1], [3], [0]]
    assert list(two.news()) == []
    one.put_schedule(schedule_of())
    assert [each.sessions for each in two.news()] == [()]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": "schedule/1"}', b"\xff\xfe"])
def test_what_cannot_be_read_is_left_alone(tmp_path, content):
    for ending in ("schedule", "prices"):
        (tmp_path / f"strange.{ending}.json").write_bytes(content)
    (tmp_path / "z.schedule.json").write_bytes(write_schedule(schedule_of()))
    assert [each.sessions for each in met(tmp_path, "ours").news()] == [()]


def test_a_folder_that_has_gone_stops_nobody(tmp_path):
    lost = met(tmp_path / "gone", "ours")
    lost.put_schedule(schedule_of())
    assert list(lost.news()) == []


@pytest.mark.parametrize(
    "change", [{"format": "prices/2"}, {"seat": None}, {"seat": ["x"]}, {"seat": [-1]}, {"topic": [[1], []]}]
)
def test_what_are_no_prices_is_refused(change):
    with pytest.raises(ValueError):
        prices_of({**document_of(people_prices()), **change})


def test_prices_of_another_rounds_people_do_not_suit(tmp_path):
    from solver.engine.arrays import Arrays

    assert people_prices().suits(Arrays(ROUND))
    assert not replace(people_prices(), seat=np.zeros(4)).suits(Arrays(ROUND))


def test_a_run_takes_over_what_is_right_and_tells_its_own_alone(tmp_path):
    run = _Run(ROUND, 30, None, None, lambda: False, Together(tmp_path, "ours", (0, 2)))
    ours = schedule_of(session(start="2027-03-02"))
    better = schedule_of(session(start="2027-03-02", seats=["sam"]))
    wrong = schedule_of(session(start="2027-03-02", seats=["sam", "lena"]))
    others = {name: met(tmp_path, name) for name in ("right", "wrong")}
    others["wrong"].put_schedule(wrong)
    with Crew([]) as crew:
        run.waiting[0] = ours.sessions
        run.look(crew)
        run.meet_others(crew)
        assert run.incumbent.schedule.sessions == ours.sessions
        assert [each.sessions for each in others["wrong"].news()] == [ours.sessions]
        others["right"].put_schedule(better)
        run.exchange_next = 0.0
        run.meet_others(crew)
        assert run.incumbent.schedule.sessions == better.sessions
        run.exchange_next = 0.0
        run.meet_others(crew)
    told = read_schedule((tmp_path / "ours.schedule.json").read_bytes(), ROUND)
    assert (told.sessions, check(ROUND, told)) == (ours.sessions, ())
    assert len(run.incumbent.rejected) == 1


@needs_public_rounds
def test_two_processes_plan_a_round_together(tmp_path):
    document = SHARED / "S-1.json"
    shared = tmp_path / "shared"
    shared.mkdir()
    runs = [
        subprocess.Popen(
            [
                sys.executable, "-m", "solver", "plan", str(document), "--seconds", "12", "--workers", "1",
                "--seed", str(k), "--exchange", str(shared), "--part", f"{k}/2",
                "-o", str(tmp_path / f"{k}.json"),
            ],
            cwd=config.PROJECT,
        )
        for k in (1, 2)
    ]  # fmt: skip
    assert [run.wait(timeout=60) for run in runs] == [0, 0]
    round = read_round(public("S-1.json"))
    ends = [read_schedule((tmp_path / f"{k}.json").read_bytes(), round) for k in (1, 2)]
    told = [read_schedule(path.read_bytes(), round) for path in sorted(shared.glob("*.schedule.json"))]
    assert all(check(round, each) == () for each in (*ends, *told))
    assert told
    assert max(each.objective for each in ends) >= max(each.objective for each in told)
    assert list(shared.glob(".*.part")) == []


def test_the_folder_must_be_there(tmp_path, capsys):
    from solver.__main__ import main

    document = tmp_path / "round.json"
    document.write_bytes(write_round(ROUND))
    assert main(["plan", str(document), "--exchange", str(tmp_path / "none")]) != 0
    assert "not a folder" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["0/2", "3/2", "x", "1/", "1/2/3"])
def test_a_part_is_one_of_so_many(tmp_path, part):
    from solver.__main__ import main

    document = tmp_path / "round.json"
    document.write_bytes(write_round(ROUND))
    with pytest.raises(SystemExit):
        main(["plan", str(document), "--exchange", str(tmp_path), "--part", part])
