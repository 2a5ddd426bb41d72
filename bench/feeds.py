"""How many requests of a feed per second, full and conditional, beside an empty Flask view in the same run.

Both are served by gunicorn with the same settings, each from a process of its own, and asked in turn by wrk
(`apt-get install wrk`) over kept-alive connections; what counts is the ratio, since machines differ and are
shared. Baraza runs as in production. The feed has 300 sessions. Prints a table and writes
bench/results/feeds.csv.
"""

from __future__ import annotations

import csv
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

SESSIONS = 300
ROUNDS = 7
MANY = 10_000
SECONDS = 3
CONNECTIONS = 8
GUNICORN = (
    "-m",
    "gunicorn",
    "--worker-class",
    "gthread",
    "--threads",
    "4",
    "--workers",
    "1",
    "--log-level",
    "error",
)


def empty_app() -> object:
    """A bare Flask application with one view that says nothing much."""
    from flask import Flask

    app = Flask("empty")

    @app.get("/")
    def nothing() -> str:
        return "hello"

    return app


def prepare(folder: Path) -> str:
    """A database with one reader who teaches in 300 sessions; returns the path of their feed."""
    import config
    from app import create_app, schema
    from app.calendars.addresses import feed_path
    from app.calendars.services import feed_of_person
    from app.db import database, unit_of_work
    from app.schedule.models import TeamPlace, Version, WorkshopSession
    from tests.factories import make_account, make_person, make_round, make_venue, make_workshop

    settings = config.load({}, environment="testing", secret_key="k" * 40, instance_path=folder)
    with create_app(settings).app_context():
        schema.upgrade(database.engine)
        now = datetime.now(UTC).replace(microsecond=0)
        with unit_of_work() as db:
            person, venue, planning_round = make_person(db), make_venue(db), make_round(db)
            version = Version(
                planning_round=planning_round, number=1, published_at=now, published_by="bench",
                round_document={}, schedule_document={},
            )  # fmt: skip
            for number in range(SESSIONS):
                online = number % 3 == 0
                first = date(2027, 1, 4) + timedelta(days=number)
                starts = datetime(2027, 1, 4, 14, tzinfo=UTC) + timedelta(days=number)
                workshop = make_workshop(db, mode="online") if online else make_workshop(db, venues=[venue])
                session = WorkshopSession(
                    workshop=workshop, version=version, uid=f"bench-{number}", created_at=now, changed_at=now,
                    venue=None if online else venue,
                    first_day=None if online else first,
                    last_day=None if online else first + timedelta(days=1),
                    starts_at=starts if online else None,
                    ends_at=starts + timedelta(minutes=90) if online else None,
                )  # fmt: skip
                session.team = [TeamPlace(person=person, role="lead")]
                db.add(session)
            feed = feed_of_person(db, account=make_account(db, person=person), now=now)
            return feed_path(feed)


def seconds_to_mark_stale(folder: Path) -> float:
    """What a publication waits for when it touches MANY feeds: marking them, and queueing their writing."""
    import config
    from app import create_app, schema
    from app.calendars.models import Feed
    from app.calendars.reactions import refresh_feeds_touched
    from app.db import database, unit_of_work
    from tests.factories import make_account

    settings = config.load({}, environment="testing", secret_key="k" * 40, instance_path=folder)
    with create_app(settings).app_context():
        schema.upgrade(database.engine)
        now = datetime.now(UTC)
        with unit_of_work() as db:
            account = make_account(db)
            written = {
                "account_id": account.id,
                "kind": "topic",
                "key": "1",
                "created_at": now,
                "etag": "x" * 32,
            }
            db.add_all(Feed(**written, nonce=str(number), modified_at=now) for number in range(MANY))
        started = time.perf_counter()
        with unit_of_work() as db:
            refresh_feeds_touched(db, None, now)  # type: ignore[arg-type]
        return time.perf_counter() - started


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{port}", target],
        cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT), **environment},
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def requests_per_second(port: int, path: str, headers: dict[str, str], status: int) -> float:
    """Ask over kept-alive connections for a fixed time, with wrk; every answer must have `status`."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != status:
        raise SystemExit(f"{path}: {answer.status} instead of {status}")
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    told = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *given, f"http://127.0.0.1:{port}{path}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in told:
        raise SystemExit(told)
    return float(told.partition("Requests/sec:")[2].split()[0])


def entity_tag(port: int, path: str) -> tuple[str, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    size = len(answer.read())
    return str(answer.getheader("ETag")), size


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = prepare(Path(name))
        environment = {
            "ENVIRONMENT": "production",
            "PUBLIC_URL": "http://127.0.0.1",
            "MAIL_SERVER": "127.0.0.1",
            "SECRET_KEY": "k" * 40,
            "INSTANCE_PATH": name,
        }
        with (
            served("bench.feeds:empty_app()", {}) as empty,
            served("app:create_app()", environment) as baraza,
        ):
            tag, size = entity_tag(baraza, path)
            gzip = {"Accept-Encoding": "gzip"}
            asked = {
                "empty Flask view": (empty, "/", {}, 200),
                "feed, full": (baraza, path, {}, 200),
                "feed, full, gzip": (baraza, path, gzip, 200),
                "feed, unchanged (304)": (baraza, path, {"If-None-Match": tag}, 304),
            }
            rates: dict[str, list[float]] = {what: [] for what in asked}
            for _ in range(ROUNDS):
                for what, (port, where, headers, status) in asked.items():
                    rates[what].append(requests_per_second(port, where, headers, status))
    base = rates["empty Flask view"]
    rows = [
        (
            what,
            round(statistics.median(found)),
            round(statistics.median(mine / theirs for mine, theirs in zip(found, base, strict=True)), 2),
        )
        for what, found in rates.items()
    ]
    print(f"{SESSIONS} sessions, {size:,} bytes; {CONNECTIONS} connections; medians of {ROUNDS} rounds")
    for what, rate, ratio in rows:
        print(f"{what:24} {rate:8,} requests/s   {ratio:.2f} of the empty view")
    with tempfile.TemporaryDirectory() as name:
        marked = seconds_to_mark_stale(Path(name))
    print(f"a publication that touches {MANY:,} feeds marks them in {marked * 1000:.0f} ms")
    with (PROJECT / "bench" / "results" / "feeds.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("what", "requests_per_second", "ratio_to_empty_view"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
