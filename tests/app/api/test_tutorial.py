"""What the guide for programs shows does what it says: its code is run, against a server that listens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

import config
from app.accounts.models import Account
from app.db import database
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.schedule.models import Version
from app.stages import JOBS
from tests.app.api.programs import Program
from tests.app.planning.rounds import make_small_round

GUIDE = config.PROJECT / "docs" / "use" / "programs.md"


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The application at an address of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def working(app: Flask) -> Iterator[None]:
    """A worker that does each job as it comes."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.1):
            with app.app_context():
                for job_id in database.session.scalars(select(Job.id).where(Job.state == "queued")).all():
                    run_job(job_id, JOBS)
                database.session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_the_notebook_of_the_guide_plans_and_publishes_a_round(
    app: Flask, db: Session, coordinator: Account, program: Program
) -> None:
    small = make_small_round(db)
    db.commit()
    blocks = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 8
    with listening(app) as url, working(app):
        run = subprocess.run(
            [sys.executable, "-c", "\n".join(blocks)],
            env={**os.environ, "BARAZA_URL": url, "BARAZA_TOKEN": program.secret},
            capture_output=True,
            text=True,
            timeout=240,
        )
    assert run.returncode == 0, run.stderr
    assert "two more seats in each: 2 -> 2 people" in run.stdout
    assert "done 1 of 1 gap: 0.0" in run.stdout
    assert "{'ok': True, 'violations': []}" in run.stdout
    assert "course is free to start at " in run.stdout
    assert "another date would change the objective by " in run.stdout
    assert run.stdout.splitlines()[-1] == "version 1"
    version = db.scalars(select(Version)).one()
    assert (version.round_id, version.published_by) == (small.planning_round.id, coordinator.name)
