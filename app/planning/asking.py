"""Asking the planner: a question is kept once per draft and revision, and a job works the answer out.

    question = ask_why(db, actor=…, draft=…, workshop="w7", now=…, wake=…)      # in a unit of work
    question.answer                              # {} until the job has written it

`ANSWER_KIND` is the one kind of job for whatever needs the solver and is no planning: no web request
loads OR-Tools or waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor, require
from app.db import insert_or_not
from app.errors import NotFound
from app.facts import record
from app.jobs import services as jobs
from app.planning.facts import WhyAsked
from app.planning.models import Draft, Question

ANSWER_KIND = "answer_question"


def ask_why(
    db: Session, *, actor: Actor, draft: Draft, workshop: str, now: datetime, wake: jobs.Wake
) -> Question:
    """Have it worked out why a workshop is left out of a draft, or what its session could be instead.

    Asked again, it is the same question; only one that got no answer is worked out anew.
    Raises Forbidden, NotFound.
    """
    require(actor.is_coordinator)
    if all(each["id"] != workshop for each in draft.round_document["workshops"]):
        raise NotFound
    insert_or_not(
        db,
        Question,
        ["draft_id", "revision", "kind", "topic"],
        round_id=draft.round_id,
        draft_id=draft.id,
        revision=draft.revision,
        kind="explain",
        topic=workshop,
        asked={},
        answer={},
        asked_at=now,
    )
    question = db.scalars(_why(draft, workshop).with_for_update()).one()
    if question.answer or (question.job is not None and not question.job.is_over):
        return question
    record(db, actor=actor, fact=WhyAsked(draft.id, workshop), now=now)
    return have_answered(db, actor=actor, question=question, now=now, wake=wake)


def have_answered(
    db: Session, *, actor: Actor, question: Question, now: datetime, wake: jobs.Wake
) -> Question:
    """Queue the job that works a question out."""
    question.job = jobs.enqueue(db, actor=actor, kind=ANSWER_KIND, subject_id=question.id, now=now, wake=wake)
    db.flush()
    return question


def why_of(db: Session, *, draft: Draft, workshop: str) -> Question | None:
    """What has been asked about a workshop in a draft as it is now."""
    return db.scalars(_why(draft, workshop).options(joinedload(Question.job))).first()


def explanations_of(db: Session, *, draft: Draft) -> Sequence[Question]:
    """All that has been asked about workshops in a draft as it is now, with the jobs."""
    asked = select(Question).where(
        Question.draft_id == draft.id, Question.revision == draft.revision, Question.kind == "explain"
    )
    return db.scalars(asked.options(joinedload(Question.job))).all()


def answered_in(db: Session, *, draft: Draft) -> Mapping[str, bool]:
    """Workshops of a draft that have been asked about -> whether there is an answer."""
    rows = db.execute(
        select(Question.topic, Question.answer).where(
            Question.draft_id == draft.id, Question.revision == draft.revision, Question.kind == "explain"
        )
    )
    return {topic: bool(answer) for topic, answer in rows}


def question_for(db: Session, *, actor: Actor, question_id: int) -> Question:
    """A question with its round, draft and job. Raises `NotFound` when there is none for this actor."""
    question = (
        db.scalars(
            select(Question)
            .where(Question.id == question_id)
            .options(
                joinedload(Question.planning_round),
                joinedload(Question.draft).joinedload(Draft.planning_round),
                joinedload(Question.job),
            )
        ).first()
        if actor.is_coordinator
        else None
    )
    if question is None:
        raise NotFound
    return question


def keep_answer(db: Session, *, question_id: int, answer: Mapping[str, Any]) -> None:
    """Keep what the job has worked out so far. The question may be gone with its draft."""
    question = db.get(Question, question_id)
    if question is not None:
        question.answer = dict(answer)
        db.flush()


def _why(draft: Draft, workshop: str) -> Select[Question]:
    return select(Question).where(
        Question.draft_id == draft.id,
        Question.revision == draft.revision,
        Question.kind == "explain",
        Question.topic == workshop,
    )
