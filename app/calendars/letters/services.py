"""Holding the letters of a round, letting them go, and when to look again at what waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.calendars import queries
from app.calendars.facts import LettersHeld, LettersLetGo
from app.calendars.models import RoundLetters
from app.db import insert_or_not
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.schedule.models import Version


def look_again(db: Session, *, version_id: int, at: datetime | None, all_of_it: bool) -> None:
    """Note when the next letters of a version's round have waited long enough; `None`: none is waiting.

    Where only a part was looked at (not `all_of_it`) an earlier moment that is noted already stays.
    """
    row = letting(db, db.scalars(select(Version.round_id).where(Version.id == version_id)).one())
    if not all_of_it and row.look_at is not None:
        at = min(at, row.look_at) if at is not None else row.look_at
    row.look_at = at
    db.flush()


def hold_letters(db: Session, *, actor: Actor, version: Version, now: datetime) -> None:
    """Keep the letters of a version's round from being written until they are let go. Raises Forbidden."""
    require(actor.is_coordinator)
    row = letting(db, version.round_id)
    if row.held_at is not None:
        return
    row.held_at, row.held_by = now, actor.name
    db.flush()
    record(db, actor=actor, fact=LettersHeld(version.id), now=now)


def let_letters_go(db: Session, *, actor: Actor, version: Version, now: datetime, wake: jobs.Wake) -> Job:
    """Have what waits written at once, held or not; what changes later waits again. Raises Forbidden."""
    require(actor.is_coordinator)
    row = letting(db, version.round_id)
    row.held_at, row.held_by, row.let_go_at, row.look_at = None, "", now, now
    # Another one: a job that is there already may be about one session alone, or have looked before.
    job = jobs.enqueue_another(
        db, actor=actor, kind=queries.INVITATIONS, subject_id=version.id, now=now, wake=wake
    )
    record(db, actor=actor, fact=LettersLetGo(version.id), now=now)
    return job


def letting(db: Session, round_id: int) -> RoundLetters:
    """How the letters of a round are let out; the row, locked."""
    insert_or_not(db, RoundLetters, ["round_id"], round_id=round_id, held_by="")
    return db.get_one(RoundLetters, round_id, with_for_update=True, populate_existing=True)
