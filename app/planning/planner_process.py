"""The planner in a process of its own: its crash takes nothing along, and it ends with its parent.

It is `python -m solver plan`, started in a process group of its own with next to no
environment. Its progress comes as JSON lines over a pipe, its best schedule so far is a file
that it replaces whole. When this process dies, the pipe breaks and the planner ends itself.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from config import PROJECT

log = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""How long a planner that was asked to stop may take to write its best schedule."""

PINS_CLASH, NOTHING_FOUND, MALFORMED = 3, 4, 2
"""Exit codes of `python -m solver plan`; 0 is success, all others are a crash."""


class PlannerProcess:
    """One run of the planner; a context manager that leaves no process and no file behind.

    `start` is a schedule to begin from.
    """

    def __init__(
        self,
        round_document: bytes,
        *,
        seconds: float,
        workers: int,
        seed: int,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="baraza-plan-")
        folder = Path(self._folder.name)
        self._best = folder / "best.json"
        self._errors = folder / "errors.txt"
        self._seen: tuple[int, int] | None = None
        self._rest = b""
        (folder / "round.json").write_bytes(round_document)
        command = [sys.executable, "-m", "solver", "plan", str(folder / "round.json")]
        command += ["--output", str(self._best), "--progress", "--seconds", str(seconds)]
        command += ["--workers", str(workers), "--seed", str(seed)]
        if start is not None:
            (folder / "start.json").write_text(json.dumps(start), encoding="utf-8")
            command += ["--start", str(folder / "start.json")]
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                process_group=0,
            )
        assert self._process.stdout is not None  # noqa: S101 - it was asked for above
        self._pipe = self._process.stdout
        os.set_blocking(self._pipe.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipe, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._selector.close()
        self._pipe.close()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """`None` while it runs; below 0 when a signal ended it."""
        return self._process.poll()

    def progress(self, seconds: float) -> list[dict[str, Any]]:
        """What it has told within the next `seconds`, oldest first; earlier when it ends."""
        until = time.monotonic() + seconds
        told: list[dict[str, Any]] = []
        while self._selector.get_map() and (left := until - time.monotonic()) > 0:
            if not self._selector.select(left):
                break
            chunk = self._pipe.read()
            if chunk == b"":
                self._selector.unregister(self._pipe)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(timeout=max(left, GRACE_SECONDS))
            *lines, self._rest = (self._rest + (chunk or b"")).split(b"\n")
            told += [json.loads(line) for line in lines if line.strip()]
        return told

    def new_best(self) -> dict[str, Any] | None:
        """The best schedule so far, as a document, if it was written since the last time."""
        try:
            state = self._best.stat()
        except FileNotFoundError:
            return None
        stamp = (state.st_mtime_ns, state.st_ino)
        if stamp == self._seen:
            return None
        self._seen = stamp
        best: dict[str, Any] = json.loads(self._best.read_bytes())
        return best

    def stop(self) -> None:
        """Ask it to write its best schedule and end, and wait until it has; then end it anyhow."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        while self.exit_code is None and (left := until - time.monotonic()) > 0:
            self.progress(left)  # a full pipe must not hold it up
        if self.exit_code is None:
            log.warning("the planner did not stop in time and was killed")
            self._process.kill()
            self._process.wait()

    def complaint(self) -> str:
        """The last line that it wrote to standard error, for the log."""
        lines = self._errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""
