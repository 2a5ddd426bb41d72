"""Evolution, on a session bus and in a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from tests.app.calendars.conformance.around_the_world import ZONES
from tests.app.calendars.desktop.seen import Seen, in_order

READER = Path(__file__).with_name("evolution_reader.py")
PYTHON = "/usr/bin/python3"
"""Debian's, which has the bindings."""


def missing() -> str:
    """What keeps Evolution's calendars from running here; nothing where they can."""
    if shutil.which("dbus-run-session") is None:
        return "dbus-run-session is not installed (apt-get install dbus)"
    bindings = "import gi; gi.require_version('ECal', '2.0')"
    if (
        not Path("/usr/libexec/evolution-calendar-factory").exists()
        or subprocess.call([PYTHON, "-c", bindings], stderr=subprocess.DEVNULL) != 0
    ):
        return (
            "Evolution's calendars are not installed (apt-get install --no-install-recommends "
            "evolution-data-server gir1.2-ecal-2.0 python3-gi)"
        )
    for zone in ZONES:
        if not is_as_here(zone):
            return f"this system's clocks are older than ours in {zone} (apt-get install tzdata)"
    return ""


def is_as_here(zone: str) -> bool:
    """Whether the system has the same hours for a zone as Baraza.

    Evolution goes by the system's: of a zone whose name it knows it does not read the VTIMEZONE.
    """
    with (Path("/usr/share/zoneinfo") / zone).open("rb") as file:
        there = ZoneInfo.from_file(file)
    here, noon = ZoneInfo(zone), datetime(2026, 1, 1, 12)  # noqa: DTZ001
    days = (noon + timedelta(days=number) for number in range(4 * 365))
    return all(there.utcoffset(day) == here.utcoffset(day) for day in days)


class Evolution:
    """See `seen.Client`. The whole of it lives as long as the context."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> Self:
        self._home.mkdir(mode=0o700)
        self._log = (self._home / "log").open("w")
        self._process = subprocess.Popen(
            ["dbus-run-session", "--", PYTHON, str(READER)],
            # An empty environment: no bus, no proxy and no keyring of whoever runs the tests.
            env={
                "PATH": os.environ["PATH"], "HOME": str(self._home), "XDG_RUNTIME_DIR": str(self._home),
                "GSETTINGS_BACKEND": "memory", "GVFS_DISABLE_FUSE": "1", "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8",
        )  # fmt: skip
        return self

    def __exit__(self, *fault: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()  # the reader ends, and the bus with all that it started
        self._process.wait(timeout=30)
        self._process.stdout.close()
        self._log.close()

    def subscribe(self, address: str) -> None:
        self._ask("subscribe", address)

    def refresh(self) -> None:
        self._ask("refresh")

    def shows(self, zone: str) -> list[Seen]:
        return in_order(self._ask("shows", zone))

    def is_off(self, moment: date, zone: str) -> bool:
        return False

    def _ask(self, *command: str) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, (self._home / "log").read_text()
        return json.loads(answer)
