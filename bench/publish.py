"""What it takes to publish a large round and to write to everybody in it.

    python bench/publish.py [--sessions 1200] [--people 15000] [--send 30]

On an SQLite database of its own: the draft is published, the letters are written into the outbox as the
worker's job does it, then sent for `--send` seconds to a real SMTP server in a process of its own. Says the
seconds (of the clock, and of this process alone, since others may be at work on the machine), letters per
minute and the most memory held, and adds a line to bench/results/publish.csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import config  # noqa: E402
from app import clock, create_app  # noqa: E402
from app.access import system  # noqa: E402
from app.calendars.jobs import send_invitations  # noqa: E402
from app.db import Base, database, unit_of_work  # noqa: E402
from app.jobs.models import Job  # noqa: E402
from app.jobs.worker import Work  # noqa: E402
from app.mail.delivery import deliver_due  # noqa: E402
from app.mail.models import OutboxLetter  # noqa: E402
from app.network.models import MAY_LEAD, Person, Skill, Want  # noqa: E402
from app.planning.models import Draft  # noqa: E402
from app.schedule.services import publish_draft  # noqa: E402
from tests.factories import (  # noqa: E402
    Planned,
    make_draft,
    make_organisation,
    make_round,
    make_topic,
    make_venue,
    make_workshop,
)

RESULTS = PROJECT / "bench" / "results" / "publish.csv"

SINK = """
import sys, time
from aiosmtpd.controller import Controller
class Takes:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
Controller(Takes(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
time.sleep(3600)
"""


def build(sessions: int, people: int) -> int:
    """A round of so many sessions, everybody in one of them, and its draft; returns the draft's id."""
    with unit_of_work() as db:
        home = make_organisation(db)
        topic, venue = make_topic(db), make_venue(db, place=home.place, seats=60)
        crowd = [
            Person(
                code=f"bench-{n}",
                name=f"Person {n}",
                email=f"bench{n}@example.org",
                organisation=home,
                place=home.place,
                languages=["fr" if n % 2 else "en"],
                skills=[Skill(topic=topic, level=MAY_LEAD)],
                wants=[Want(topic=topic, weight=1)],
            )
            for n in range(people)
        ]
        db.add_all(crowd)  # at once: a flush for each takes minutes
        workshops = [
            make_workshop(db, topic=topic, requested_by=home, venues=[venue], invited=[home], seats_max=60)
            for _ in range(sessions)
        ]
        share = max(2, people // sessions)
        planned = []
        for n, workshop in enumerate(workshops):
            here = crowd[n * share : (n + 1) * share]
            day = (date(2027, 3, 1) + timedelta(days=n % 60)).isoformat()
            planned.append(Planned(workshop, day, here[:1], here[1:], venue))
        draft_id: int = make_draft(db, make_round(db, workshops=workshops), planned).id
        return draft_id


@contextmanager
def smtp_sink() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-c", SINK, str(port)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def publish(draft_id: int) -> int:
    """What the request does that publishes a draft, its reactions too; returns the version's id."""
    with unit_of_work() as db:
        draft = db.get_one(Draft, draft_id)
        version = publish_draft(db, actor=system("bench"), draft=draft, note="", now=clock.now())
        return version.id


def write(version_id: int) -> int:
    """Write every letter as the worker's job does; returns how many there are in the outbox."""
    with unit_of_work() as db:
        job = Job(kind="bench", subject_id=version_id, state="running", attempts=1, queued_at=clock.now())
        db.add(job)
        db.flush()
        job_id = job.id
    send_invitations(Work(job_id, version_id, 1, {}, {}))
    return database.session.query(OutboxLetter).count()


def send(seconds: float) -> int:
    """Send for so long at least, or until nothing is left; returns how many letters."""
    started, sent = time.monotonic(), 0
    while time.monotonic() - started < seconds:
        now = deliver_due(clock.now())
        sent += now
        if not now:
            break
    return sent


@dataclass
class Timed:
    """Seconds that something took: of the clock, and of this process on a processor."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def timed() -> Iterator[Timed]:
    found, wall, cpu = Timed(), time.monotonic(), time.process_time()
    yield found
    found.wall, found.cpu = time.monotonic() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sessions", type=int, default=1200)
    parser.add_argument("--people", type=int, default=15_000)
    parser.add_argument("--send", type=float, default=30)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, smtp_sink() as port:
        settings = config.load(
            {},
            environment="testing",
            secret_key="k" * 40,
            instance_path=Path(folder),
            mail_server="127.0.0.1",
            mail_port=port,
            mail_per_minute=1_000_000,
            letters_wait_minutes=0,
        )
        app = create_app(settings)
        app.config["MAIL_SUPPRESS_SEND"] = False
        with app.app_context():
            Base.metadata.create_all(database.engine)
            draft_id = build(wanted.sessions, wanted.people)
            database.session.remove()
            with timed() as publishing:
                version_id = publish(draft_id)
            database.session.remove()
            with timed() as writing:
                letters = write(version_id)
            with timed() as sending:
                sent = send(wanted.send)
    row = {
        "at": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "gibibytes": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "load": round(os.getloadavg()[0], 1),
        "sessions": wanted.sessions,
        "people": wanted.people,
        "publish_seconds": round(publishing.wall, 1),
        "publish_cpu_seconds": round(publishing.cpu, 1),
        "letters": letters,
        "write_seconds": round(writing.wall, 1),
        "write_cpu_seconds": round(writing.cpu, 1),
        "written_per_cpu_minute": round(letters / writing.cpu * 60),
        "sent": sent,
        "sent_per_minute": round(sent / sending.wall * 60),
        "sent_per_cpu_minute": round(sent / sending.cpu * 60),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(row, indent=2))
    is_new = not RESULTS.exists()
    with RESULTS.open("a", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        if is_new:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
