"""Answers to being asked when one can: whatever one says is one, and so is having nothing to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor, require
from app.availability.facts import AskAnswered
from app.availability.models import (
    AvailabilityAsk,
    AvailabilityAsked,
    AvailabilityPattern,
    AvailabilitySpan,
)
from app.availability.queries import may_answer_for
from app.facts import record
from app.network.models import Person


def open_asks_of(db: Session, *, person: Person, now: datetime) -> Sequence[AvailabilityAsked]:
    """The asks that wait, or waited, for this person's answer and are still open, the most pressing first."""
    return db.scalars(
        select(AvailabilityAsked)
        .join(AvailabilityAsked.ask)
        .where(
            AvailabilityAsked.person_id == person.id,
            AvailabilityAsk.closed_at.is_(None),
            AvailabilityAsk.closes_on >= now.date(),
        )
        .options(joinedload(AvailabilityAsked.ask))
        .order_by(AvailabilityAsk.closes_on, AvailabilityAsk.id)
    ).all()


def take_as_answer(db: Session, *, actor: Actor, person: Person, now: datetime) -> None:
    """What is just being said of a person's days answers every open ask that had no answer yet.

    Called by the services that say it: the fact that they record tells of it too.
    """
    for asked in open_asks_of(db, person=person, now=now):
        if not asked.answer:
            _answer(asked, "told", actor, now)


def answer_ask(db: Session, *, actor: Actor, person: Person, now: datetime) -> Sequence[AvailabilityAsked]:
    """Say that there is nothing to add: what has been said stands, or the person can always.

    Which of the two it is follows from what has been said of the season. Those answered already stay.
    Raises Forbidden.
    """
    require(may_answer_for(actor, person))
    db.refresh(person, with_for_update=True)
    waiting = [asked for asked in open_asks_of(db, person=person, now=now) if not asked.answer]
    for asked in waiting:
        _answer(asked, "as_it_stands" if has_said_something(db, asked) else "always", actor, now)
    if waiting:
        db.flush()
        record(
            db,
            actor=actor,
            fact=AskAnswered(person.id),
            now=now,
            after={"asks": {str(asked.ask_id): asked.answer for asked in waiting}},
        )
    return waiting


def has_said_something(db: Session, asked: AvailabilityAsked) -> bool:
    """Whether anything has been said of the season's days, by the day or as what comes back."""
    ask, person_id = asked.ask, asked.person_id
    of_days = exists().where(
        AvailabilitySpan.person_id == person_id,
        AvailabilitySpan.first_day <= ask.last_day,
        AvailabilitySpan.last_day >= ask.first_day,
    )
    recurring = exists().where(AvailabilityPattern.person_id == person_id)
    return bool(db.scalar(select(of_days | recurring)))


def _answer(asked: AvailabilityAsked, answer: str, actor: Actor, now: datetime) -> None:
    asked.answer, asked.answered_at, asked.due_at = answer, now, None
    asked.answered_by = actor.name[:200]
    asked.on_behalf = actor.person_id != asked.person_id
