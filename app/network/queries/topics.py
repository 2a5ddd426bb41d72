"""What can be taught: areas with their topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.network.models import MAY_LEAD, Skill, Topic, Want


@dataclass(frozen=True, slots=True)
class TopicInterest:
    """How many people teach a topic, how many of them may lead, and how many need it."""

    teach: int = 0
    lead: int = 0
    need: int = 0


def areas(db: Session) -> Sequence[Topic]:
    """The areas with their topics."""
    return db.scalars(
        select(Topic).where(Topic.area_id.is_(None)).options(selectinload(Topic.topics)).order_by(Topic.code)
    ).all()


def topics(db: Session) -> Sequence[Topic]:
    """Areas and topics in the order of the areas, each topic after its area."""
    return [row for area in areas(db) for row in (area, *area.topics)]


def interest(db: Session) -> dict[int, TopicInterest]:
    """By topic id; a topic that nobody teaches or needs is left out."""
    teach = dict(
        db.execute(
            select(Skill.topic_id, func.count(distinct(Skill.person_id))).group_by(Skill.topic_id)
        ).all()
    )
    lead = dict(
        db.execute(
            select(Skill.topic_id, func.count()).where(Skill.level == MAY_LEAD).group_by(Skill.topic_id)
        ).all()
    )
    need = dict(db.execute(select(Want.topic_id, func.count()).group_by(Want.topic_id)).all())
    return {
        topic: TopicInterest(teach.get(topic, 0), lead.get(topic, 0), need.get(topic, 0))
        for topic in teach.keys() | need.keys()
    }


def topic(db: Session, code: str) -> Topic:
    """One topic with its area and, when it is an area, its topics. Raises NotFound."""
    found = db.scalars(
        select(Topic).where(Topic.code == code).options(joinedload(Topic.area), selectinload(Topic.topics))
    ).first()
    if found is None:
        raise NotFound
    return found
