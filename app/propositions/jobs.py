"""What a worker does with a job of kind "propose": have the solver choose, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app import clock
from app.access import system
from app.db import unit_of_work
from app.jobs.worker import HandBack, JobFailed, Work, stopping
from app.propositions import services
from config import PROJECT

log = logging.getLogger(__name__)

SOLVER = system("planner")
SECONDS = 20
"""What the search may take; beyond that its bound says how much there may be to gain."""

GRACE = 60


def work_out(work: Work) -> None:
    """Choose the propositions of a set, and put them in the place of those that nobody has touched.

    Raises JobFailed, HandBack.
    """
    found = _propose(work)
    with unit_of_work() as db:
        services.keep_what_was_worked_out(
            db, actor=SOLVER, set_id=work.subject_id, job_id=work.job_id, found=found, now=clock.now()
        )


def _propose(work: Work) -> dict[str, Any]:
    """What `python -m solver propose` makes of the job's call. Raises JobFailed, HandBack."""
    with tempfile.TemporaryDirectory(prefix="baraza-propose-") as name:
        folder = Path(name)
        (folder / "call.json").write_text(json.dumps(work.parameters["call"]), encoding="utf-8")
        command = [sys.executable, "-m", "solver", "propose", str(folder / "call.json")]
        command += ["--output", str(folder / "out.json"), "--seconds", str(SECONDS)]
        with (folder / "errors.txt").open("wb") as errors:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        try:
            _wait_for(process, work)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            complaint = (folder / "errors.txt").read_text(encoding="utf-8", errors="replace")[-300:]
            log.error("proposing broke off", extra={"exit_code": process.returncode, "complaint": complaint})
            raise JobFailed("planner_crashed")
        found: dict[str, Any] = json.loads((folder / "out.json").read_bytes())
        return found


def _wait_for(process: subprocess.Popen[bytes], work: Work) -> None:
    """Until it ends, keeping the lease; no longer than it may take. Raises JobFailed, HandBack."""
    began = time.monotonic()
    while process.poll() is None:
        elapsed = round(time.monotonic() - began, 1)
        if not work.report({"elapsed": elapsed, "time_limit": SECONDS}):
            if stopping.is_set():
                raise HandBack
            raise JobFailed("stopped")
        if elapsed > SECONDS + GRACE:
            raise JobFailed("nothing_found")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
