"""A stock calendar program that subscribes to a feed: vdirsyncer fetches it, khal shows what it stored."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import icalendar
import pytest


class Subscriber:
    """Subscribed to the feed at `address`, with all that it keeps in `folder`; skips where it is missing."""

    def __init__(self, address: str, folder: Path) -> None:
        for program in ("vdirsyncer", "khal"):
            if shutil.which(program) is None:
                assert not os.environ.get("CI"), f"{program} is not installed"
                pytest.skip(f"{program} is not installed")
        self.folder = folder
        (folder / "calendars").mkdir()
        (folder / "config").write_text(
            f"""[general]
status_path = "{folder}/status/"
[pair feed]
a = "there"
b = "here"
collections = null
[storage there]
type = "http"
url = "{address}"
[storage here]
type = "filesystem"
path = "{folder}/calendars/"
fileext = ".ics"
"""
        )
        (folder / "khal").write_text(
            f"[calendars]\n[[feed]]\npath = {folder}/calendars\n[default]\ndefault_calendar = feed\n"
            "[locale]\nlocal_timezone = Europe/Paris\ndefault_timezone = Europe/Paris\n"
            "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            f"[sqlite]\npath = {folder}/khal.db\n"
        )
        self._vdirsyncer("discover", says="y\n")

    def sync(self) -> list[icalendar.Event]:
        """Fetch the feed; returns the events that are stored afterwards."""
        self._vdirsyncer("sync")
        return [
            event
            for file in (self.folder / "calendars").glob("*.ics")
            for event in icalendar.Calendar.from_ical(file.read_bytes()).events
        ]

    def shows(self, fields: str) -> set[str]:
        """What the program lists of 2027, each event in its own words for `fields`; in Paris."""
        listed = subprocess.run(
            ["khal", "--config", str(self.folder / "khal"), "list", "--day-format", "", "--format", fields,
             "2027-01-01", "365d"],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return {line for line in listed.stdout.splitlines() if line}

    def _vdirsyncer(self, command: str, says: str | None = None) -> None:
        subprocess.run(
            ["vdirsyncer", "--config", str(self.folder / "config"), command],
            input=says, text=True, check=True, capture_output=True,
        )  # fmt: skip
