"""What organisations need and could teach, as plain values: what the stages after this one work with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine, NeedsOffer
from app.network.models import Organisation


@dataclass(frozen=True, slots=True)
class Need:
    """How much an organisation needs a topic: 1 useful, 2 important, 3 urgent.

    `people` is 0 where it was not said for how many; `languages` are those of the organisation where none
    were given.
    """

    answer_id: int
    organisation_id: int
    topic_id: int
    how_much: int
    people: int
    languages: tuple[str, ...]
    words: str
    region: str
    country: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What an organisation could teach others: 1 shares its experience, 2 facilitates, 3 may lead."""

    answer_id: int
    organisation_id: int
    topic_id: int
    level: int
    languages: tuple[str, ...]
    words: str
    region: str
    country: str


def lines_of(db: Session, call: NeedsCall) -> Sequence[Need]:
    """The needs that organisations have named, by topic and organisation: what is handed in, without
    "not now". One query; for services of later stages, which answer for who sees what comes of it."""
    rows = db.execute(
        select(NeedsLine, NeedsAnswer.organisation_id, *_HOME)
        .join(NeedsLine.answer)
        .join(NeedsAnswer.organisation)
        .where(NeedsAnswer.call_id == call.id, NeedsAnswer.state == "handed_in", NeedsLine.how_much > 0)
        .order_by(NeedsLine.topic_id, NeedsAnswer.organisation_id)
    )
    return [
        Need(
            line.answer_id,
            organisation_id,
            line.topic_id,
            line.how_much,
            line.people or 0,
            tuple(line.languages or languages),
            line.words,
            region,
            country,
        )
        for line, organisation_id, region, country, languages in rows
    ]


def offers_of(db: Session, call: NeedsCall) -> Sequence[Offer]:
    """What organisations could teach others, by topic and organisation, of what is handed in; one query."""
    rows = db.execute(
        select(NeedsOffer, NeedsAnswer.organisation_id, *_HOME)
        .join(NeedsOffer.answer)
        .join(NeedsAnswer.organisation)
        .where(NeedsAnswer.call_id == call.id, NeedsAnswer.state == "handed_in")
        .order_by(NeedsOffer.topic_id, NeedsAnswer.organisation_id)
    )
    return [
        Offer(
            offer.answer_id,
            organisation_id,
            offer.topic_id,
            offer.level,
            tuple(offer.languages or languages),
            offer.words,
            region,
            country,
        )
        for offer, organisation_id, region, country, languages in rows
    ]


_HOME = (Organisation.region, Organisation.country, Organisation.languages)
