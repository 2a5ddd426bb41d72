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

    `start` is a schedule to begin from. `part` says that this is one of several that plan the round together:
    (k, n), the k-th (from 0) of n.
    """

    def __init__(
        self,
        round_document: bytes,
        *,
        seconds: float,
        workers: int,
        seed: int,
        start: Mapping[str, Any] | None = None,
        part: tuple[int, int] | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="baraza-plan-")
        folder = Path(self._folder.name)
        self._best = folder / "best.json"
        self._errors = folder / "errors.txt"
        self._seen: dict[Path, tuple[int, int]] = {}
        self._rest = b""
        (folder / "round.json").write_bytes(round_document)
        command = [sys.executable, "-m", "solver", "plan", str(folder / "round.json")]
        command += ["--output", str(self._best), "--progress", "--seconds", str(seconds)]
        command += ["--workers", str(workers), "--seed", str(seed)]
        if start is not None:
            (folder / "start.json").write_text(json.dumps(start), encoding="utf-8")
            command += ["--start", str(folder / "start.json")]
        self._shared = folder / "shared"
        if part is not None:
            self._shared.mkdir()
            command += ["--exchange", str(self._shared), "--part", f"{part[0] + 1}/{part[1]}"]
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
        return self._new(self._best)

    def new_prices(self) -> dict[str, Any] | None:
        """What people's time is worth, for those who plan with it, if it was told since the last time."""
        ours = (path for path in self._shared.glob(f"*-{self.pid}.prices.json"))
        return next((found for path in ours if (found := self._new(path)) is not None), None)

    def tell(self, name: str, of: str, document: Mapping[str, Any]) -> None:
        """Hand it what another one has found; `of` is 'schedule' or 'prices'."""
        beside = self._shared / f".{name}.part"
        beside.write_text(json.dumps(document), encoding="utf-8")
        beside.replace(self._shared / f"{name}.{of}.json")

    def _new(self, path: Path) -> dict[str, Any] | None:
        """A document that is replaced whole, if it was written since the last time."""
        try:
            state = path.stat()
        except FileNotFoundError:
            return None
        stamp = (state.st_mtime_ns, state.st_ino)
        if stamp == self._seen.get(path):
            return None
        self._seen[path] = stamp
        document: dict[str, Any] = json.loads(path.read_bytes())
        return document

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
