"""Thunderbird without its windows, in a profile of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from tests.app.calendars.desktop.marionette import Marionette
from tests.app.calendars.desktop.seen import Seen, in_order

FUNCTIONS = Path(__file__).with_name("thunderbird.js").read_text(encoding="utf-8")
SETTINGS = {
    "app.update.enabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.shell.checkDefaultClient": False,
    "mailnews.start_page.enabled": False,
    "marionette.port": 0,  # any that is free; which is written into the profile
    # A proxy where nobody listens: nothing but this machine itself is reached.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}
SECONDS_TO_START = 120


def missing() -> str:
    """What keeps Thunderbird from running here; nothing where it can."""
    if shutil.which("thunderbird") is None:
        return "thunderbird is not installed (apt-get install --no-install-recommends thunderbird)"
    return ""


class Thunderbird:
    """See `seen.Client`. The whole of it lives as long as the context."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> Self:
        self._home.mkdir()
        profile = self._home / "profile"
        profile.mkdir()
        (profile / "user.js").write_text(
            "".join(
                f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in SETTINGS.items()
            )
        )
        self._log = (self._home / "log").open("w")
        self._process = subprocess.Popen(
            ["thunderbird", "--headless", "--no-remote", "--profile", str(profile),
             "--marionette", "--remote-allow-system-access"],
            env={"PATH": os.environ["PATH"], "HOME": str(self._home), "LC_ALL": "C.UTF-8"},
            stdout=self._log, stderr=self._log,
        )  # fmt: skip
        try:
            self._inside = Marionette(self._port(profile / "MarionetteActivePort"))
        except BaseException:
            self._process.kill()
            raise
        return self

    def __exit__(self, *fault: object) -> None:
        try:
            self._inside.quit()
            self._process.wait(timeout=30)
        finally:
            self._process.kill()
            self._process.wait()
            self._log.close()

    def subscribe(self, address: str) -> None:
        self._call("subscribe", address)

    def refresh(self) -> None:
        self._call("refresh")

    def shows(self, zone: str) -> list[Seen]:
        return in_order(self._call("shows", zone))

    def is_off(self, moment: date, zone: str) -> bool:
        """For some hours after clocks change: ical.js looks the offset up by what clocks show in UTC."""
        if not isinstance(moment, datetime):
            return False
        shown_in_utc = moment.astimezone(UTC).replace(tzinfo=ZoneInfo(zone))
        return shown_in_utc.utcoffset() != moment.astimezone(ZoneInfo(zone)).utcoffset()

    def _call(self, function: str, *arguments: str) -> Any:
        return self._inside.run(
            f"const [name, ...about] = arguments; return (function () {{ {FUNCTIONS} }})()[name](...about);",
            function,
            *arguments,
        )

    def _port(self, file: Path) -> int:
        """Where it listens, once it says so."""
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and self._process.poll() is None:
            if file.exists() and (written := file.read_text()):
                return int(written)
            time.sleep(0.05)
        raise AssertionError("Thunderbird did not start:\n" + (self._home / "log").read_text())
