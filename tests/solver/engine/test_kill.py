"""A planning command that is killed at any moment: what it leaves behind, and who goes with it."""

import json
import os
import random
import select
import subprocess
import sys
from pathlib import Path

import pytest

from solver import check, read_round, read_schedule
from tests.solver.public import SHARED, needs_public_rounds, public

ROOT = Path(__file__).resolve().parents[3]
NAME = "M-1.json"  # no planner proves it within a minute
MOMENTS = [random.Random(seed).uniform(0.3, 4.0) for seed in range(3)]  # seconds

pytestmark = needs_public_rounds


@pytest.fixture
def running(tmp_path):
    """A planning run of a minute, and the file that it writes its best schedule into."""
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "solver", "plan", str(SHARED / NAME), "-o", str(out), "--progress"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        yield process, out
        process.kill()


def wait_for_a_schedule(process: subprocess.Popen) -> None:
    for line in process.stdout:
        if json.loads(line)["objective"] is not None:
            return
    pytest.fail(f"ended without a schedule: {process.stderr.read()}")


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def assert_right(out: Path) -> None:
    round = read_round(public(NAME))
    assert check(round, read_schedule(out.read_bytes(), round)) == ()


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_leaves_no_schedule_or_a_right_one(running, moment):
    process, out = running
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    if out.exists():
        assert_right(out)


def test_killed_with_a_schedule_it_leaves_it_and_takes_its_workers_along(running):
    process, out = running
    wait_for_a_schedule(process)
    workers = children_of(process.pid)
    assert len(workers) >= 2
    ends = select.poll()
    handles = {os.pidfd_open(worker): worker for worker in workers}
    for handle in handles:
        ends.register(handle, select.POLLIN)
    process.kill()
    process.wait()
    assert_right(out)
    while handles:
        ended = ends.poll(10_000)
        assert ended, f"still there: {list(handles.values())}"
        for handle, _ in ended:
            ends.unregister(handle)
            os.close(handle)
            del handles[handle]


def test_a_worker_that_is_killed_is_not_waited_for(running):
    process, out = running
    wait_for_a_schedule(process)
    for worker in children_of(process.pid):
        os.kill(worker, 9)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert_right(out)
