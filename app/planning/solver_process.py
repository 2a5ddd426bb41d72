"""A command of the solver in a process of its own, followed to its end: for what takes seconds, not hours.

`PlannerProcess` is for planning, which tells its progress and can be stopped; this is for what answers once.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from config import PROJECT

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0

WRONG_SCHEDULE = 1
"""Exit code of commands that were given a schedule which breaks a rule: changed by hand, it may."""


class Unanswered(Exception):
    """The solver gave no answer; the message is a code, and what it said has been logged."""


def ask_solver(
    command: str,
    documents: Sequence[Mapping[str, Any]],
    arguments: Sequence[str],
    *,
    beats: int,
    go_on: Callable[[], bool],
) -> dict[str, Any]:
    """What `python -m solver COMMAND DOCUMENT… ARGUMENT…` prints as JSON.

    It is asked to end after so many `beats` of a second, or as soon as `go_on`, asked at each, says no.
    Raises Unanswered("stopped" | "nothing_found" | "breaks_rules" | "planner_crashed").
    """
    with tempfile.TemporaryDirectory(prefix="baraza-ask-") as name:
        folder = Path(name)
        paths = [folder / f"{n}.json" for n in range(len(documents))]
        for path, document in zip(paths, documents, strict=True):
            path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        with (folder / "answer.json").open("wb") as answer, (folder / "errors.txt").open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "solver", command, *map(str, paths), *arguments],
                cwd=PROJECT,
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=errors,
            )
        try:
            _follow(process, beats, go_on)
        finally:
            process.kill()
            process.wait()
        if process.returncode == WRONG_SCHEDULE:
            raise Unanswered("breaks_rules")
        if process.returncode != 0:
            complaint = (folder / "errors.txt").read_text(encoding="utf-8", errors="replace")[-300:]
            what = {"command": command, "exit_code": process.returncode, "complaint": complaint}
            log.error("the solver gave no answer", extra=what)
            raise Unanswered("planner_crashed")
        found: dict[str, Any] = json.loads((folder / "answer.json").read_bytes())
        return found


def _follow(process: subprocess.Popen[bytes], beats: int, go_on: Callable[[], bool]) -> None:
    for _ in range(beats):
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=BEAT_SECONDS)
        if process.returncode is not None:
            return
        if not go_on():
            raise Unanswered("stopped")
    raise Unanswered("nothing_found")
