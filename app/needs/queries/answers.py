"""Reading one answer, and those that letters are due about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor
from app.errors import NotFound
from app.needs.models import NeedsAnswer, NeedsCall
from app.needs.queries.scope import answers_seen_by
from app.network.models import Person, Topic

MOST_REMINDERS = 5
"""After so many nobody answers because of another one."""

LAST_DAYS = timedelta(days=3)
APART = timedelta(hours=12)
"""Two letters about the same answer are never closer than this."""


def answer_for(db: Session, *, actor: Actor, answer_id: int) -> NeedsAnswer:
    """An answer that the actor sees, with its call's topics and all that it says. Raises NotFound."""
    answer = db.scalars(
        select(NeedsAnswer)
        .where(NeedsAnswer.id == answer_id, answers_seen_by(actor))
        .options(
            joinedload(NeedsAnswer.organisation),
            joinedload(NeedsAnswer.contact),
            joinedload(NeedsAnswer.call).selectinload(NeedsCall.topics).joinedload(Topic.area),
            selectinload(NeedsAnswer.lines),
            selectinload(NeedsAnswer.offers),
            selectinload(NeedsAnswer.letters),
        )
    ).first()
    if answer is None:
        raise NotFound
    return answer


def waiting_for(db: Session, *, actor: Actor, now: datetime) -> Sequence[NeedsAnswer]:
    """The answers that the actor is to give, or to confirm, as a focal point; what closes first before."""
    own = actor.organisations_as("focal_point")
    if not own:
        return []
    found = db.scalars(
        select(NeedsAnswer)
        .join(NeedsAnswer.call)
        .where(NeedsAnswer.organisation_id.in_(own), NeedsCall.state == "open")
        .options(joinedload(NeedsAnswer.call))
        .order_by(NeedsCall.closes_on, NeedsAnswer.id)
    )
    return [
        answer
        for answer in found
        if answer.call.takes_answers(now) and (answer.state != "handed_in" or answer.awaits_confirmation)
    ]


def areas_of(call: NeedsCall) -> Sequence[tuple[Topic, Sequence[Topic]]]:
    """The call's topics under their areas, by code; a topic that is an area is its own."""
    found: dict[str, tuple[Topic, list[Topic]]] = {}
    for topic in call.topics:
        area = topic.area or topic
        found.setdefault(area.code, (area, []))[1].append(topic)
    return [found[code] for code in sorted(found)]


def people_to_write_to(db: Session, *, answer: NeedsAnswer) -> Sequence[Person]:
    """The people of the organisation who can get letters, by name."""
    return db.scalars(
        select(Person)
        .where(
            Person.organisation_id == answer.organisation_id,
            Person.email.is_not(None),
            Person.left_on.is_(None),
        )
        .order_by(Person.name)
    ).all()


def due_letter(answer: NeedsAnswer, now: datetime) -> str | None:
    """Which letter is due about an answer: `None` for none, as soon as it is handed in.

    The invitation; then a reminder each `remind_every` days; and one when the call is about to close.
    """
    call = answer.call
    if answer.state == "handed_in" or not call.takes_answers(now):
        return None
    sent = [letter for letter in answer.letters if letter.kind in ("invitation", "reminder", "last_days")]
    if not sent:
        return "invitation"
    latest = max(letter.sent_at for letter in answer.letters)
    if now - latest < APART or any(letter.kind == "last_days" for letter in sent):
        return None
    if call.closes_at - now <= LAST_DAYS:
        return "last_days"
    reminders = sum(letter.kind == "reminder" for letter in sent)
    rhythm = timedelta(days=call.remind_every)
    if call.remind_every and reminders < MOST_REMINDERS and now - latest >= rhythm:
        return "reminder"
    return None


def answers_to_write_about(db: Session, *, now: datetime) -> Sequence[NeedsAnswer]:
    """The answers that a letter is due about, in three queries."""
    waiting = db.scalars(
        select(NeedsAnswer)
        .join(NeedsAnswer.call)
        .where(NeedsCall.state == "open", NeedsAnswer.state != "handed_in")
        .options(
            joinedload(NeedsAnswer.call),
            joinedload(NeedsAnswer.organisation),
            joinedload(NeedsAnswer.contact),
            selectinload(NeedsAnswer.letters),
        )
        .order_by(NeedsAnswer.id)
    ).all()
    return [answer for answer in waiting if due_letter(answer, now) is not None]
