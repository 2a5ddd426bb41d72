"""What a worker does with a job of kind "assist_planning": help with a round that another one plans.

It ends with the planning job, or when a round waits that nobody plans; it writes no draft. What it finds
reaches the planner of that job by way of `app.planning.jobs.together`. Lost, it is lost gladly.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import select

from app.db import unit_of_work
from app.jobs.models import Job
from app.jobs.worker import HandBack, JobFailed, Work, stopping
from app.planning.draft_writer import document_bytes
from app.planning.jobs.together import Bridge, is_wanted_elsewhere
from app.planning.planner_process import NOTHING_FOUND, PlannerProcess

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
LEAST_SECONDS = 5.0
"""With less than this left there is nothing to be gained by beginning."""


def assist_planning(work: Work) -> None:
    """Plan the round of another job in a part of its own, for as long as that runs.

    Raises JobFailed, HandBack.
    """
    with unit_of_work() as db:
        planning = db.get(Job, work.subject_id)
        if planning is None or planning.is_over:
            return
        document: dict[str, Any] = planning.parameters["round_document"]
        seconds = float(planning.parameters["seconds"]) - float(planning.progress.get("elapsed", 0.0))
    if seconds < LEAST_SECONDS:
        return
    k, n = work.parameters["part"]
    progress: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    bridge = Bridge(work.subject_id, work.job_id)
    with PlannerProcess(
        document_bytes(document),
        seconds=seconds,
        workers=work.parameters["workers"],
        seed=work.parameters["seed"],
        part=(k, n),
    ) as planner:
        while planner.exit_code is None:
            for told in planner.progress(BEAT_SECONDS):
                progress.update(told)
            bridge.carry(planner)
            best = planner.new_best()
            if best is not None and (not kept or best["objective"] > kept["schedule"]["objective"]):
                kept = {"schedule": best}
                progress["kept"] = progress.get("kept", 0) + 1
            else:
                best = None
            if not work.report(progress, keep=kept if best else None):
                break
            if not _is_running(work.subject_id):
                return
            if is_wanted_elsewhere():
                raise HandBack
        if stopping.is_set():
            raise HandBack
        if planner.exit_code not in (None, 0, NOTHING_FOUND):
            what = {"exit_code": planner.exit_code, "complaint": planner.complaint()}
            log.error("an assisting planner broke off", extra=what)
            raise JobFailed("planner_crashed")


def _is_running(job_id: int) -> bool:
    """Whether somebody still plans, or is about to go on doing so."""
    with unit_of_work() as db:
        state = db.scalars(select(Job.state).where(Job.id == job_id)).first()
    return state in ("queued", "running")
