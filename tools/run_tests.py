"""Run every test, saying in one line each what this machine lacks; in CI a lack is a failure.

Looks for PostgreSQL at POSTGRES_URL, Redis at REDIS_URL, Chromium, Node with ical.js, Evolution's calendars
and Thunderbird. Arguments are handed on to pytest. In CI, tests that fail beside others are run once more,
alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
POSTGRES_URL = os.environ.get("POSTGRES_URL", "postgresql://127.0.0.1:5432/test")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")


def has_chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def has_postgres() -> bool:
    import psycopg

    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def has_redis() -> bool:
    import redis

    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as connection:
            return bool(connection.ping())
    except redis.RedisError:
        return False


def has_ical_js() -> bool:
    return shutil.which("node") is not None and (PROJECT / "node_modules" / "ical.js").is_dir()


def has_evolution() -> bool:
    return Path("/usr/libexec/evolution-calendar-factory").exists()


def has_thunderbird() -> bool:
    return shutil.which("thunderbird") is not None


def has_shared_rounds() -> bool:
    return (PROJECT.parent / "shared" / "rounds").is_dir()


TESTS_FAILED = 1
"""Pytest's exit status when all was collected and some tests failed."""

NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "Chromium": (has_chromium, "browser tests are skipped (Debian: apt install chromium)"),
    "PostgreSQL": (has_postgres, f"its tests are skipped (looked at {POSTGRES_URL})"),
    "Redis": (has_redis, f"its tests are skipped (looked at {REDIS_URL})"),
    "ical.js": (has_ical_js, "one of the calendar parsers is skipped (npm install --no-save ical.js@2.2.1)"),
    "Evolution": (
        has_evolution,
        "no feed is shown in it (Debian: apt install evolution-data-server gir1.2-ecal-2.0 python3-gi dbus)",
    ),
    "Thunderbird": (has_thunderbird, "no feed is shown in it (Debian: apt install thunderbird)"),
    "../shared/rounds": (has_shared_rounds, "tests on the public rounds are skipped"),
}


def main(arguments: list[str]) -> int:
    """Tell what is missing, then run pytest; returns the exit status."""
    missing = [f"missing: {name}; {what}" for name, (there, what) in NEEDS.items() if not there()]
    for line in missing:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
    if missing and os.environ.get("CI"):
        sys.stdout.write("In CI everything must be there.\n")
        return 1
    environment = {**os.environ, "POSTGRES_URL": POSTGRES_URL, "REDIS_URL": REDIS_URL}
    workers = ["-n", str(os.cpu_count() or 1), "--dist", "loadfile"]
    pytest = [sys.executable, "-m", "pytest"]
    status = subprocess.call([*pytest, *workers, *arguments], cwd=PROJECT, env=environment)
    if status == TESTS_FAILED and os.environ.get("CI"):
        # Real servers, browsers and planners on two shared cores: what fails beside others and not alone
        # was short of time, and is named above all the same.
        sys.stdout.write("Once more, those that failed, one after the other:\n")
        sys.stdout.flush()
        status = subprocess.call([*pytest, "--last-failed", *arguments], cwd=PROJECT, env=environment)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
