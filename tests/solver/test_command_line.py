"""`python -m solver`: exit codes, what is printed where, and how a run ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from solver import (
    NothingFound,
    PinsClash,
    Progress,
    check,
    read_round,
    read_schedule,
    write_round,
    write_schedule,
)
from solver.__main__ import main
from solver.objective import objective
from solver.round import Pin
from solver.schedule import Reason, Schedule, Unscheduled
from tests.solver.documents import as_bytes, full_document, spoiled
from tests.solver.public import SHARED, needs_public_rounds, public
from tests.solver.rounds import session, tiny_round

ROOT = Path(__file__).resolve().parents[2]
ROUND = tiny_round(pins=[Pin("course", venue="hall"), Pin("course", held=False)])
PLAIN = tiny_round()


def schedule_with(*seats: str) -> Schedule:
    """A right schedule of `PLAIN`: the course at the hall for these people."""
    left_out = Unscheduled("call", (Reason("not_found"),))
    bare = Schedule("tiny", (session(seats=seats),), (left_out,), cost=220)
    return replace(bare, objective=objective(PLAIN, bare))


FIRST, BETTER = schedule_with(), schedule_with("sam")


@pytest.fixture
def files(tmp_path):
    """Paths of a right round, a right schedule, and a malformed round with two defects."""
    paths = {name: tmp_path / f"{name}.json" for name in ("round", "schedule", "malformed", "out")}
    paths["round"].write_bytes(write_round(PLAIN))
    paths["schedule"].write_bytes(write_schedule(BETTER))
    spoilt = spoiled(full_document(), ("currency", "euro"), ("people[0].home", "nowhere"))
    paths["malformed"].write_bytes(as_bytes(spoilt))
    return {name: str(path) for name, path in paths.items()}


def solver(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "solver", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)


# -- check -----------------------------------------------------------------------


def test_a_right_schedule_is_one_line_and_exit_0(files):
    run = solver("check", files["round"], files["schedule"])
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"right: objective {BETTER.objective}, cost 220, 1 of 2 workshops held\n"


def test_a_wrong_schedule_is_a_line_per_violation_and_exit_1(files, capsys):
    wrong = replace(BETTER, objective=0, sessions=(session(venue="room", start="2027-03-06"),))
    Path(files["schedule"]).write_bytes(write_schedule(wrong))
    assert main(["check", files["round"], files["schedule"]]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "working_days: course: 2027-03-06, 2027-03-07: weekend or holiday at near",
        "objective: 0 is claimed, it is 14660",
        "cost: 220 is claimed, it is 340",
    ]


@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_malformed_round_is_every_error_on_a_line_and_exit_2(files, capsys, command):
    assert main([command, files["malformed"], *([files["schedule"]] if command == "check" else [])]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "currency: 'euro' is not an ISO 4217 currency code",
        "people[0].home: no place 'nowhere'",
    ]


def test_no_traceback_is_shown_for_a_malformed_round(files):
    run = solver("plan", files["malformed"])
    assert run.returncode == 2
    assert "Traceback" not in run.stderr


def test_a_malformed_schedule_is_exit_2(files, capsys):
    Path(files["schedule"]).write_bytes(b'{"format": "schedule/1"')
    assert main(["check", files["round"], files["schedule"]]) == 2
    assert capsys.readouterr().err.startswith("document: not JSON")


def test_a_file_that_is_not_there_is_exit_2(files, capsys):
    assert main(["check", files["round"], "/nowhere/schedule.json"]) == 2
    assert capsys.readouterr().err == "/nowhere/schedule.json: No such file or directory\n"


def test_a_reader_that_goes_away_is_no_error(files):
    Path(files["schedule"]).write_bytes(write_schedule(replace(BETTER, objective=0)))
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-m", "solver", "check", files["round"], files["schedule"]],
        cwd=ROOT,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (run.returncode, run.stderr) == (1, "")


# -- plan, with planners that are written out here ------------------------------------


def planner(*improvements: Schedule, then: Callable[..., Schedule] | None = None) -> Callable[..., Schedule]:
    """A planner that finds these schedules one after the other, then returns the last or does as told."""

    def find(round, *, on_progress, on_improvement, stop, **_):
        for number, schedule in enumerate(improvements):
            on_improvement(schedule)
            if on_progress:
                for second in (1.1, 1.2, 1.9):
                    elapsed = 1.5 * number + second
                    on_progress(Progress(elapsed, "search", schedule.objective, 30_000, 0.123456789, 1))
        return then(stop=stop) if then else improvements[-1]

    return find


def written(path: str) -> Schedule:
    return read_schedule(Path(path).read_bytes(), PLAIN)


def test_without_an_output_the_schedule_goes_to_standard_output(files, capsysbinary):
    assert main(["plan", files["round"]], planner=planner(FIRST, BETTER)) == 0
    printed = capsysbinary.readouterr()
    assert read_schedule(printed.out, PLAIN) == BETTER
    assert printed.err == b""


def test_with_an_output_the_file_holds_the_schedule_and_nothing_else_is_left(files, capsys):
    assert main(["plan", files["round"], "-o", files["out"]], planner=planner(FIRST, BETTER)) == 0
    assert written(files["out"]) == BETTER
    assert capsys.readouterr() == ("", "")
    assert sorted(path.name for path in Path(files["out"]).parent.iterdir()) == [
        "malformed.json",
        "out.json",
        "round.json",
        "schedule.json",
    ]


def test_each_improvement_is_in_the_file_at_once(files):
    seen = []

    def watching(round, *, on_improvement, **_):
        for schedule in (FIRST, BETTER):
            on_improvement(schedule)
            seen.append(written(files["out"]))
        return BETTER

    assert main(["plan", files["round"], "-o", files["out"]], planner=watching) == 0
    assert seen == [FIRST, BETTER]


def test_a_link_stays_a_link_and_a_device_a_device(files):
    target, link = Path(files["out"]), Path(files["out"]).with_name("link.json")
    link.symlink_to(target)
    assert main(["plan", files["round"], "-o", str(link)], planner=planner(BETTER)) == 0
    assert link.is_symlink()
    assert written(str(target)) == BETTER
    assert main(["plan", files["round"], "-o", "/dev/null"], planner=planner(BETTER)) == 0
    assert not Path("/dev/null").is_file()


def test_an_output_that_cannot_be_written_is_told_before_planning(files, capsys):
    def never(*_, **__):
        pytest.fail("planned all the same")

    assert main(["plan", files["round"], "-o", "/nowhere/out.json"], planner=never) == 2
    assert capsys.readouterr().err == "/nowhere/out.json: No such file or directory\n"


def test_progress_is_a_json_line_at_once_and_then_at_most_one_a_second(files, capsys):
    arguments = ["plan", files["round"], "-o", files["out"], "--progress"]
    assert main(arguments, planner=planner(FIRST, BETTER)) == 0
    first, *lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first.pop("elapsed") < 1
    assert first == dict.fromkeys(["objective", "bound", "gap", "held"]) | {"phase": "reading the round"}
    elapsed = [line.pop("elapsed") for line in lines]
    assert elapsed == [pytest.approx(1.1, abs=0.8), pytest.approx(2.6, abs=0.8)]
    assert elapsed[1] - elapsed[0] >= 1
    assert lines == [
        {
            "phase": "search",
            "objective": schedule.objective,
            "bound": 30_000,
            "gap": 0.123457,
            "held": 1,
        }
        for schedule in (FIRST, BETTER)
    ]


def test_progress_begins_before_the_round_is_read(files, capsys):
    assert main(["plan", "/nowhere/round.json", "-o", files["out"], "--progress"]) == 2
    assert json.loads(capsys.readouterr().out)["phase"] == "reading the round"


def test_progress_makes_way_for_the_schedule_on_standard_output(files, capsysbinary):
    assert main(["plan", files["round"], "--progress"], planner=planner(FIRST)) == 0
    printed = capsysbinary.readouterr()
    assert read_schedule(printed.out, PLAIN) == FIRST
    assert [json.loads(line)["phase"] for line in printed.err.splitlines()] == ["reading the round", "search"]


def test_the_planner_is_told_what_the_command_line_says(files, capsysbinary):
    told = {}

    def listening(round, **arguments):
        told.update(arguments, round=round)
        return BETTER

    arguments = ["--seconds", "7.5", "--workers", "3", "--seed", "42", "--start", files["schedule"]]
    assert main(["plan", files["round"], *arguments], planner=listening) == 0
    assert (told["round"], told["start"], told["workers"], told["seed"]) == (PLAIN, BETTER, 3, 42)
    assert 5 < told["seconds"] <= 7.5  # reading took a little of it
    assert told["on_progress"] is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_search_and_the_best_so_far_is_written(files, number):
    def interrupted(*, stop):
        assert not stop()
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # once more changes nothing
        assert stop()
        return BETTER

    arguments = ["plan", files["round"], "-o", files["out"]]
    assert main(arguments, planner=planner(FIRST, then=interrupted)) == 0
    assert written(files["out"]) == BETTER
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_clash_of_pins_names_them_and_the_rules_and_is_exit_3(files, capsys):
    Path(files["round"]).write_bytes(write_round(ROUND))

    def clashing(round, **_):
        raise PinsClash(round.pins, ["pins"])

    assert main(["plan", files["round"], "-o", files["out"]], planner=clashing) == 3
    assert capsys.readouterr().err.splitlines() == [
        "the pins clash over: pins",
        "pins[0]: workshop 'course', venue 'hall', held",
        "pins[1]: workshop 'course', not held",
    ]
    assert not Path(files["out"]).exists()


def test_nothing_found_in_time_is_exit_4(files, capsys):
    def late(round, **_):
        raise NothingFound("no schedule was found in 60 seconds")

    assert main(["plan", files["round"]], planner=late) == 4
    assert capsys.readouterr().err == "no schedule was found in 60 seconds\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["plan"],
        ["improve", "x"],
        ["plan", "x", "--seconds", "0"],
        ["plan", "x", "--seconds", "nan"],
        ["plan", "x", "--seconds", "soon"],
        ["plan", "x", "--workers", "0"],
        ["plan", "x", "--workers", "two"],
        ["plan", "x", "--seed", "x"],
        ["check", "x"],
    ],
)
def test_a_wrong_command_line_is_exit_2_and_says_why(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


@needs_public_rounds
def test_the_command_names_the_place_in_a_real_malformed_file():
    run = solver("plan", str(SHARED / "malformed" / "id-of-the-wrong-list.json"))
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "workshops[2].venues[0]: no venue 'dakar'\n"


# -- plan, for real ---------------------------------------------------------------------

MIDDLE = str(SHARED / "M-1.json")  # no planner proves it within a minute


@pytest.fixture
def running(files):
    """A planning run of a minute on a public round that has just written its first schedule."""
    command = [sys.executable, "-m", "solver", "plan", MIDDLE, "-o", files["out"], "--progress"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while json.loads(process.stdout.readline())["objective"] is None:
            pass
        yield process
        process.kill()


def assert_the_best_so_far_is_right(out: str) -> None:
    round = read_round(public("M-1.json"))
    assert check(round, read_schedule(Path(out).read_bytes(), round)) == ()


@needs_public_rounds
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_run_that_is_asked_to_end_leaves_a_right_schedule(running, files, number):
    running.send_signal(number)
    _, told = running.communicate(timeout=20)
    assert (running.returncode, told) == (0, b"")
    assert_the_best_so_far_is_right(files["out"])


@needs_public_rounds
def test_a_real_run_ends_when_nobody_reads_its_progress_any_more(running, files):
    running.stdout.close()
    assert running.wait(timeout=20) == 0
    assert running.stderr.read() == b""
    assert_the_best_so_far_is_right(files["out"])


@needs_public_rounds
def test_a_real_run_that_is_killed_has_left_a_right_schedule(running, files):
    running.kill()
    running.wait(timeout=20)
    assert_the_best_so_far_is_right(files["out"])
