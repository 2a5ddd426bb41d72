"""An installation of its own in a folder: commands run in it as an administrator runs them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

import config
from app import create_app
from app.db import database
from app.jobs.queue import current_queue

SECRET = "s" * 40


@dataclass
class Installation:
    """`folder` is its instance folder; `variables` go into the environment of its commands."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What its commands find in their environment: nothing of ours but the way to programs."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        return {
            **kept,
            "INSTANCE_PATH": str(self.folder),
            "SECRET_KEY": SECRET,
            "LETTERS_WAIT_MINUTES": "0",
            "PYTHONUNBUFFERED": "1",
            **self.variables,
        }

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=config.PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str, log: Path) -> subprocess.Popen[bytes]:
        """Start a command that stays; what it says goes to `log`."""
        with log.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", *arguments],
                cwd=config.PROJECT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """The same installation in this process, to put rows in and look at them."""
        application = create_app(config.load(self.environment, environment="testing"))
        with application.app_context():
            try:
                yield application
            finally:
                database.session.remove()
                database.engine.dispose()
                current_queue().huey.storage.close()


def wait_until(happened: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Wait for another process; fails when it takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds} seconds: {what}"
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
