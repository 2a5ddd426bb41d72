"""The planner's schedule to a draft: the way out of the solver.

Nothing is believed: the schedule is read and held against the round once more, with the
checker that shares no arithmetic with the engine.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor
from app.planning.models import Draft
from app.planning.services import save_draft
from solver import MalformedDocument, Schedule, check, read_round, read_schedule, sentence

log = logging.getLogger(__name__)

SHOWN = 5
"""So many violations of a wrong schedule are logged."""


class WrongSchedule(Exception):
    """The schedule breaks a rule or claims what is not so; what was found has been logged."""


def document_bytes(document: Mapping[str, Any]) -> bytes:
    """A stored document as the solver reads it."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Verified:
    """A schedule that has been held against its round and is right, with both documents."""

    schedule: Schedule
    round_document: Mapping[str, Any]
    schedule_document: Mapping[str, Any]


def verify(round_document: Mapping[str, Any], schedule_document: Mapping[str, Any]) -> Verified:
    """Hold a schedule against its round. Raises `WrongSchedule`."""
    try:
        planned = read_round(document_bytes(round_document))
        schedule = read_schedule(document_bytes(schedule_document), planned)
    except MalformedDocument as malformed:
        log.error("the planner's schedule cannot be read: %s", malformed.errors[0])
        raise WrongSchedule from malformed
    violations = check(planned, schedule)
    if violations:
        for violation in violations[:SHOWN]:
            log.error("the planner's schedule is wrong: %s", sentence(violation))
        raise WrongSchedule
    return Verified(schedule, round_document, schedule_document)


def write_draft(
    db: Session,
    *,
    actor: Actor,
    round_id: int,
    job_id: int | None,
    verified: Verified,
    seconds: float,
    origin: Mapping[str, Any] | None = None,
    seats_as_of: datetime | None = None,
    now: datetime,
) -> Draft:
    """Keep a verified schedule as a draft of its round; without a job where somebody brought it.

    `origin` says what it was made from, and why.
    """
    schedule = verified.schedule
    return save_draft(
        db,
        actor=actor,
        draft=Draft(
            round_id=round_id,
            job_id=job_id,
            objective=schedule.objective,
            bound=schedule.bound,
            cost=schedule.cost,
            held=len(schedule.sessions),
            seconds=seconds,
            round_document=dict(verified.round_document),
            schedule_document=dict(verified.schedule_document),
            origin=dict(origin or {}),
            seats_as_of=seats_as_of,
            created_at=now,
        ),
        now=now,
    )
