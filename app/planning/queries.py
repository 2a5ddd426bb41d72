"""Reading rounds, the requests that wait for them, their drafts and the planner's jobs.

All of this is for coordinators: for everybody else a round does not exist, only what is
published of it (see `app.schedule`). Documents are large; lists leave them in the database.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload, load_only

from app.access import Actor
from app.db import LocalText
from app.errors import NotFound
from app.jobs.models import Job
from app.network.models import Person, Topic
from app.planning.models import Draft, PlanningRound, Question, RoundEntry
from app.workshops.models import Workshop

JOB_KIND = "plan_round"

_WITHOUT_DOCUMENTS = (defer(Draft.round_document), defer(Draft.schedule_document))


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """One row of the list of rounds."""

    planning_round: PlanningRound
    requests: int
    drafts: int
    is_planning: bool


def rounds(db: Session, *, actor: Actor) -> list[RoundSummary]:
    """Every round, the newest horizon first."""
    if not actor.is_coordinator:
        return []
    requests = (
        select(func.count())
        .where(RoundEntry.round_id == PlanningRound.id)
        .correlate(PlanningRound)
        .scalar_subquery()
    )
    drafts = (
        select(func.count())
        .where(Draft.round_id == PlanningRound.id)
        .correlate(PlanningRound)
        .scalar_subquery()
    )
    planning = (
        select(Job.id)
        .where(
            Job.kind == JOB_KIND,
            Job.subject_id == PlanningRound.id,
            Job.state.in_(("queued", "running")),
        )
        .correlate(PlanningRound)
        .exists()
    )
    rows = db.execute(
        select(PlanningRound, requests, drafts, planning).order_by(
            PlanningRound.first_day.desc(), PlanningRound.id.desc()
        )
    )
    return [RoundSummary(*row) for row in rows]


def round_for(db: Session, *, actor: Actor, round_id: int) -> PlanningRound:
    """A round. Raises `NotFound` when there is none for this actor."""
    planning_round = db.get(PlanningRound, round_id) if actor.is_coordinator else None
    if planning_round is None:
        raise NotFound
    return planning_round


def entries_of(db: Session, planning_round: PlanningRound) -> list[Workshop]:
    """The requests in a round, by window and code, with what their list shows."""
    return list(
        db.scalars(
            select(Workshop)
            .join(RoundEntry, RoundEntry.workshop_id == Workshop.id)
            .where(RoundEntry.round_id == planning_round.id)
            .order_by(Workshop.window_first, Workshop.code)
            .options(joinedload(Workshop.requested_by), joinedload(Workshop.topic))
        )
    )


def waiting_for(db: Session, planning_round: PlanningRound) -> list[Workshop]:
    """Approved requests in no round yet whose window shares a day with this one's horizon."""
    return list(
        db.scalars(
            select(Workshop)
            .outerjoin(RoundEntry, RoundEntry.workshop_id == Workshop.id)
            .where(
                RoundEntry.id.is_(None),
                Workshop.state == "approved",
                Workshop.window_first <= planning_round.last_day,
                Workshop.window_last >= planning_round.first_day,
            )
            .order_by(Workshop.window_first, Workshop.code)
            .options(joinedload(Workshop.requested_by), joinedload(Workshop.topic))
        )
    )


def last_job(db: Session, planning_round: PlanningRound) -> Job | None:
    """The planner's newest job on a round, without its documents."""
    return db.scalars(
        select(Job)
        .where(Job.kind == JOB_KIND, Job.subject_id == planning_round.id)
        .order_by(Job.id.desc())
        .limit(1)
        .options(defer(Job.parameters), defer(Job.kept))
    ).first()


def repairs_of(db: Session, planning_round: PlanningRound, most: int = 5) -> Sequence[Question]:
    """The last repairs that were looked for in a round, the newest first, without their documents."""
    return db.scalars(
        select(Question)
        .where(Question.round_id == planning_round.id, Question.kind == "repair")
        .order_by(Question.id.desc())
        .limit(most)
        .options(load_only(Question.id, Question.topic, Question.asked_at))
    ).all()


def drafts_of(db: Session, planning_round: PlanningRound) -> list[Draft]:
    """The drafts of a round without their documents, the newest first."""
    return list(
        db.scalars(
            select(Draft)
            .where(Draft.round_id == planning_round.id)
            .order_by(Draft.id.desc())
            .options(*_WITHOUT_DOCUMENTS)
        )
    )


def drafts_with_documents(db: Session, *, draft_ids: Collection[int]) -> Sequence[Draft]:
    """These drafts with all that their pages need."""
    return db.scalars(select(Draft).where(Draft.id.in_(draft_ids)).options(joinedload(Draft.job))).all()


def code_of_person(db: Session, *, person_id: int) -> str | None:
    """The code of a person."""
    return db.scalar(select(Person.code).where(Person.id == person_id))


def draft_for(db: Session, *, actor: Actor, draft_id: int) -> Draft:
    """A draft with its round. Raises `NotFound` when there is none for this actor."""
    draft = (
        db.scalars(
            select(Draft).where(Draft.id == draft_id).options(joinedload(Draft.planning_round))
        ).first()
        if actor.is_coordinator
        else None
    )
    if draft is None:
        raise NotFound
    return draft


def light_draft_for(db: Session, *, actor: Actor, draft_id: int) -> Draft:
    """A draft with its round, its documents left in the database. Raises `NotFound` as `draft_for` does."""
    query = (
        select(Draft)
        .where(Draft.id == draft_id)
        .options(joinedload(Draft.planning_round), *_WITHOUT_DOCUMENTS)
    )
    draft = db.scalars(query).first() if actor.is_coordinator else None
    if draft is None:
        raise NotFound
    return draft


def draft_of_job(db: Session, job_id: int) -> int | None:
    """The id of the draft that a job has ended in."""
    return db.scalar(select(Draft.id).where(Draft.job_id == job_id))


def ids_of(db: Session, codes: Collection[str]) -> dict[str, int]:
    """Ids of workshops that are still there, by code."""
    found = db.execute(select(Workshop.code, Workshop.id).where(Workshop.code.in_(codes)))
    return {row.code: row.id for row in found}


def titles_of(db: Session, codes: Collection[str]) -> dict[str, LocalText]:
    """By code of workshops that are still there: the title in its languages."""
    query = select(Workshop.code, Workshop.titles).where(Workshop.code.in_(codes))
    return {row.code: row.titles for row in db.execute(query)}


def genders_of(db: Session) -> dict[str, str]:
    """By code, as whom people are counted who want it to be."""
    return dict(db.execute(select(Person.code, Person.gender).where(Person.gender != "")).all())


def workshops_of(db: Session, codes: Collection[str]) -> dict[str, Workshop]:
    """Workshops that are still there, by code."""
    query = select(Workshop).where(Workshop.code.in_(codes))
    return {workshop.code: workshop for workshop in db.scalars(query)}


def topic_titles_of(db: Session, codes: Collection[str]) -> dict[str, LocalText]:
    """By code of topics that are still there: the title in its languages."""
    query = select(Topic.code, Topic.titles).where(Topic.code.in_(codes))
    return {row.code: row.titles for row in db.execute(query)}
