"""The first run of the demonstration: load it, plan its rounds, publish the first of them.

The small round that opens the year is planned and published, so that calendars hold
something from the start; the year's own round is planned and left for the coordinator.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from app import clock
from app.access import system
from app.calendars.letters.services import let_letters_go
from app.db import database, unit_of_work
from app.demo.load import load_demonstration
from app.jobs.models import Job
from app.jobs.queue import wake
from app.planning.models import Draft, PlanningRound
from app.planning.services import start_planning
from app.schedule.services import publish_draft

OPENING_SECONDS = 5
YEAR_SECONDS = 20

Say = Callable[[str], object]


def prepare_demonstration(*, say: Say) -> None:
    """Load and plan the demonstration; a worker must be running. Tells each step as it is done."""
    actor = system("first run")
    with unit_of_work() as db:
        opening, year = load_demonstration(db, actor=actor, now=clock.now())
        opening_id, year_id = opening.id, year.id
    say("Demonstration network: loaded (real organisations, invented people).")
    if draft := _plan(opening_id, OPENING_SECONDS, say):
        with unit_of_work() as db:
            version = publish_draft(
                db, actor=actor, draft=db.get_one(Draft, draft.id), note="", now=clock.now()
            )
            let_letters_go(db, actor=actor, version=version, now=clock.now(), wake=wake)
        say("  published: it stands in people's calendars.")
    _plan(year_id, YEAR_SECONDS, say)


def _plan(round_id: int, seconds: int, say: Say) -> Draft | None:
    """Have the worker plan a round, and wait for it; `None` when it could not."""
    with unit_of_work() as db:
        planning_round = db.get_one(PlanningRound, round_id)
        title, asked = planning_round.title, len(planning_round.entries)
        job = start_planning(
            db,
            actor=system("first run"),
            planning_round=planning_round,
            seconds=seconds,
            workers=2,
            now=clock.now(),
            wake=wake,
        )
        job_id = job.id
    say(f"Planning “{title}” ({asked} requests, {seconds} seconds) …")
    while not _is_over(job_id):
        time.sleep(0.2)
    db = database.session()
    draft = db.query(Draft).filter_by(job_id=job_id).one_or_none()
    if draft is None:
        say(f"  not planned: {db.get_one(Job, job_id).error}")
        return None
    gap = "" if draft.gap is None else f", at most {draft.gap:.1%} below the best possible"
    say(f"  {draft.held} of {asked} held, objective {draft.objective:,}{gap}.")
    return draft


def _is_over(job_id: int) -> bool:
    with unit_of_work() as db:
        return db.get_one(Job, job_id, populate_existing=True).is_over
