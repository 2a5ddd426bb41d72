"""Reading one calendar in a process of its own: `python -m busy_times`, which is given next to nothing.

It gets its order by standard input, so that the address stands nowhere that others on the machine can
look; it has no database, no secrets and no environment, and limits of its own. What it does not keep to
ends with the process.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.availability.spans import Span
from busy_times import REASONS
from config import PROJECT

log = logging.getLogger(__name__)

SECONDS = 75.0
"""The reader's own limits add up to less; this is for a reader that hangs in the system's resolver."""

BEAT = 5.0
AT_ONCE = threading.BoundedSemaphore(2)
"""So many files are read at once while somebody waits in front of a screen."""

_PASSED_ON = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Order:
    """What to read, for whom, and by which rule. `address` is `None` for a file."""

    zone: str
    rule: str
    hours: int
    first: date
    last: date
    agent: str = ""
    address: str | None = None
    etag: str = ""
    last_modified: str = ""
    own_host: str = ""
    own_uids: Sequence[str] = ()
    mailboxes: Sequence[str] = ()
    loopback: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    """Other limits than the usual, for tests."""


@dataclass(frozen=True, slots=True)
class WasRead:
    """What a calendar says."""

    spans: tuple[Span, ...]
    events: int
    counted: int
    skipped: int
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """It says what it said the last time."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """It was not read; `problem` is a code of `busy_times.REASONS` or 'interrupted'."""

    problem: str
    wait: int = 0


Outcome = WasRead | Unchanged | NotRead


class Interrupted(Exception):
    """Whoever wanted the calendar does not want it any more."""


def read_calendar(order: Order, file: bytes = b"", *, go_on: Callable[[], bool] = lambda: True) -> Outcome:
    """Have one calendar read. `go_on` is asked every few seconds.

    Raises Interrupted.
    """
    given = json.dumps(
        {
            **{name: getattr(order, name) for name in order.__dataclass_fields__},
            "first": order.first.isoformat(),
            "last": order.last.isoformat(),
            "own_uids": list(order.own_uids),
            "mailboxes": list(order.mailboxes),
            "limits": dict(order.limits),
        }
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "busy_times"],
        cwd=PROJECT,
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a trace could quote what it reads
        process_group=0,
    )
    try:
        told = _talk(process, given.encode() + b"\n" + file, go_on)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
    if told is None:
        return NotRead("slow")
    if process.returncode in {-signal.SIGKILL, -signal.SIGXCPU}:
        return NotRead("too_much")
    return _outcome(told, process.returncode)


def _talk(process: subprocess.Popen[bytes], given: bytes, go_on: Callable[[], bool]) -> bytes | None:
    """What the process says until it ends; `None` when it takes too long."""
    left, to_say = SECONDS, given or None
    while left > 0:
        try:
            return process.communicate(to_say, timeout=min(BEAT, left))[0]
        except subprocess.TimeoutExpired:
            left, to_say = left - BEAT, None  # it keeps what it could not yet say
            if not go_on():
                raise Interrupted from None
    return None


def _outcome(told: bytes, exit_code: int) -> Outcome:
    try:
        answer: dict[str, Any] = json.loads(told)
        if answer["outcome"] == "unchanged":
            return Unchanged()
        if answer["outcome"] == "refused" and answer["reason"] in REASONS:
            return NotRead(answer["reason"], int(answer["wait"]))
        return WasRead(
            tuple(Span(date.fromisoformat(a), date.fromisoformat(b)) for a, b in answer["spans"]),
            events=min(int(answer["events"]), 10**9),
            counted=min(int(answer["counted"]), 10**9),
            skipped=min(int(answer["skipped"]), 10**9),
            etag=str(answer["etag"])[:200],
            last_modified=str(answer["last_modified"])[:200],
        )
    except (ValueError, KeyError, TypeError):
        log.warning("the reader of calendars broke off", extra={"exit_code": exit_code})
        return NotRead("broken")
