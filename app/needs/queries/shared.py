"""What is needed to see shared needs: the answers handed in within the actor's reach, and who is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine, NeedsOffer
from app.needs.queries.scope import answers_seen_by
from app.needs.sharing import Voice, Wish
from app.network.models import Organisation


@dataclass(frozen=True, slots=True)
class Teacher:
    """An organisation that could teach a topic: its level, languages and words."""

    answer_id: int
    topic_id: int
    level: int
    languages: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Everything that the pages of shared needs are made of."""

    voices: Sequence[Voice]
    wishes: Sequence[Wish]
    teachers: Sequence[Teacher]
    silent: Sequence[NeedsAnswer]


def shared(db: Session, *, actor: Actor, call: NeedsCall) -> Shared:
    """The answers to a call that the actor sees, in three queries."""
    answers = db.scalars(
        select(NeedsAnswer)
        .join(NeedsAnswer.organisation)
        .where(NeedsAnswer.call_id == call.id, answers_seen_by(actor))
        .options(joinedload(NeedsAnswer.organisation))
        .order_by(Organisation.region, Organisation.name)
    ).all()
    voices = {
        answer.id: Voice(
            answer.id,
            answer.organisation_id,
            answer.organisation.name,
            answer.organisation.short_name,
            answer.organisation.region,
            answer.organisation.country,
            tuple(answer.organisation.languages),
        )
        for answer in answers
        if answer.state == "handed_in"
    }
    said = NeedsAnswer.call_id == call.id, NeedsAnswer.state == "handed_in"
    lines = db.scalars(select(NeedsLine).join(NeedsLine.answer).where(*said, answers_seen_by(actor)))
    offers = db.scalars(select(NeedsOffer).join(NeedsOffer.answer).where(*said, answers_seen_by(actor)))
    return Shared(
        list(voices.values()),
        [
            Wish(
                line.answer_id,
                line.topic_id,
                line.how_much,
                line.people or 0,
                tuple(line.languages) or voices[line.answer_id].languages,
                line.words,
            )
            for line in lines
        ],
        [
            Teacher(
                offer.answer_id,
                offer.topic_id,
                offer.level,
                tuple(offer.languages) or voices[offer.answer_id].languages,
                offer.words,
            )
            for offer in offers
        ],
        [answer for answer in answers if answer.state != "handed_in"],
    )
