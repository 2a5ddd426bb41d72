"""`python -m busy_times`: one calendar, read in a process of its own.

Standard input is one line of JSON (what to read, and how) and, for a file, its bytes behind it. Standard
output is one line of JSON: what was read, or why not. The address stands neither among the arguments nor in
the environment, where others on the machine could see it, and nothing is written to any file.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from dataclasses import replace
from datetime import date
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from busy_times.days import days_taken
from busy_times.expanding import times_taken
from busy_times.fetching import fetch
from busy_times.limits import DEFAULT, Limits
from busy_times.refusals import Refused
from busy_times.trimming import trim


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    limits = replace(DEFAULT, **order.get("limits", {}))
    _confine(limits)
    try:
        told = _read(order, limits)
    except Refused as refused:
        told = {"outcome": "refused", "reason": refused.reason, "wait": refused.wait}
    except MemoryError:
        told = {"outcome": "refused", "reason": "too_big", "wait": 0}
    except RecursionError:
        told = {"outcome": "refused", "reason": "broken", "wait": 0}
    sys.stdout.write(json.dumps(told) + "\n")


def _confine(limits: Limits) -> None:
    """Bounds that hold whatever the code does."""
    for what, much in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (much, much))


def _read(order: dict[str, Any], limits: Limits) -> dict[str, Any]:
    validators = {"etag": "", "last_modified": ""}
    if order.get("address") is None:
        raw = sys.stdin.buffer.read(limits.bytes_unpacked + 1)
        if len(raw) > limits.bytes_unpacked:
            raise Refused("too_big")
    else:
        signal.signal(signal.SIGALRM, _too_slow)
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        answer = fetch(
            order["address"],
            limits=limits,
            agent=order["agent"],
            etag=order.get("etag", ""),
            last_modified=order.get("last_modified", ""),
            own_host=order.get("own_host", ""),
            loopback=order.get("loopback", False),
        )
        signal.setitimer(signal.ITIMER_REAL, 0)
        if answer.body is None:
            return {"outcome": "unchanged"}
        raw = answer.body
        validators = {"etag": answer.etag, "last_modified": answer.last_modified}
    first, last = date.fromisoformat(order["first"]), date.fromisoformat(order["last"])
    trimmed = trim(
        raw,
        first=first,
        last=last,
        limits=limits,
        own_uids=order.get("own_uids", ()),
        own_host=order.get("own_host", ""),
        mailboxes=order.get("mailboxes", ()),
    )
    times, skipped = times_taken(trimmed, zone=ZoneInfo(order["zone"]), first=first, last=last, limits=limits)
    spans, counted = days_taken(times, rule=order["rule"], hours=order["hours"], first=first, last=last)
    return {
        "outcome": "read",
        "spans": [[begin.isoformat(), end.isoformat()] for begin, end in spans],
        "events": trimmed.events,
        "counted": counted,
        "skipped": trimmed.skipped + skipped,
        **validators,
    }


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise Refused("slow")


if __name__ == "__main__":
    main()
