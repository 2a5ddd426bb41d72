"""One worker process or two at one round: objective, bound and gap at the same wall time.

    python bench/regions.py [--seconds 60] [--round L-1] [--postgres postgresql://127.0.0.1/postgres]

Each planner has one worker of the search, so that two worker processes are two cores, as two machines
would be. Without --postgres the planners share a folder; with it everything is as in operation: two
`flask worker` on a database of their own, woken through it, which is dropped afterwards. What comes out is
held against `solver.check`. Prints a row of a Markdown table for each, with the machine's load before it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROUNDS = PROJECT.parent / "shared" / "rounds"


def in_a_folder(document: Path, seconds: float, runs: int, folder: Path) -> Path:
    """Plan with so many processes that share a folder; the first one's schedule."""
    shared = folder / "shared"
    shared.mkdir()
    processes = []
    for k in range(1, runs + 1):
        command = [sys.executable, "-m", "solver", "plan", str(document), f"--seconds={seconds}"]
        command += ["--workers=1", f"--seed={k}", "-o", str(folder / f"{k}.json")]
        if runs > 1:
            command += ["--exchange", str(shared), "--part", f"{k}/{runs}"]
        processes.append(subprocess.Popen(command, cwd=PROJECT))
    for process in processes:
        process.wait()
    return folder / "1.json"


def in_a_database(document: Path, seconds: float, runs: int, folder: Path, postgres: str) -> Path:
    """Plan as a job of the service with so many worker processes; the schedule kept."""
    sys.path.insert(0, str(PROJECT))
    os.environ["POSTGRES_URL"] = postgres
    import signal

    from app import clock, schema
    from app.db import database, unit_of_work
    from app.jobs.models import Job
    from app.jobs.queue import wake
    from app.planning.models import PlanningRound
    from tests.architecture.databases import scratch_postgres
    from tests.commands.installation import Installation

    with scratch_postgres() as url:
        installation = Installation(folder / "instance", {"DATABASE_URL": url, "QUEUE_URL": url})
        with installation.opened():
            schema.upgrade(database.engine)
            with unit_of_work() as db:
                job = Job(kind="plan_round", subject_id=_round(db, PlanningRound), queued_at=clock.now())
                job.parameters = {
                    "seconds": seconds,
                    "workers": 1,
                    "seed": 1,
                    "helpers": runs - 1,
                    "round_document": json.loads(document.read_bytes()),
                }
                db.add(job)
                db.flush()
                job_id = job.id
            workers = [installation.start("worker", log=folder / f"{k}.log") for k in range(runs)]
            wake(job_id)
            try:
                while True:
                    time.sleep(0.5)
                    database.session.rollback()
                    job = database.session.get_one(Job, job_id, populate_existing=True)
                    if job.is_over:
                        break
                (folder / "1.json").write_text(json.dumps(job.kept["schedule"]))
            finally:
                for worker in workers:
                    worker.send_signal(signal.SIGINT)
                for worker in workers:
                    worker.wait()
    return folder / "1.json"


def _round(db: object, model: type) -> int:
    """A round that the draft may belong to; its own terms do not matter."""
    from datetime import date

    from app import clock

    row = model(
        code="bench", title="Bench", first_day=date(2027, 1, 1), last_day=date(2027, 12, 31),
        created_at=clock.now(),
    )  # fmt: skip
    db.add(row)  # type: ignore[attr-defined]
    db.flush()  # type: ignore[attr-defined]
    return int(row.id)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--round", default="L-1")
    parser.add_argument("--postgres", help="a server on which databases may be made")
    parser.add_argument("--runs", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    document = ROUNDS / f"{arguments.round}.json"
    print("| round | seconds | worker processes | objective | bound | gap | load before | wall | date |")
    print("|---|---|---|---|---|---|---|---|---|")
    for runs in arguments.runs:
        load, began = os.getloadavg()[0], time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if arguments.postgres:
                found = in_a_database(document, arguments.seconds, runs, folder, arguments.postgres)
            else:
                found = in_a_folder(document, arguments.seconds, runs, folder)
            wall = time.monotonic() - began
            schedule = json.loads(found.read_bytes())
            check = [sys.executable, "-m", "solver", "check", str(document), str(found)]
            subprocess.run(check, cwd=PROJECT, check=True, capture_output=True)
        objective, bound = schedule["objective"], schedule["bound"]
        gap = f"{100 * (bound - objective) / bound:.2f} %" if bound else "not known"
        row = [arguments.round, f"{arguments.seconds:g}", runs, f"{objective:,}", f"{bound or 0:,}", gap]
        row += [f"{load:.1f}", f"{wall:.0f} s", datetime.now(UTC).date().isoformat()]
        print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    main()
