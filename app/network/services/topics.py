"""Topics and their areas: the secretariat's to add and change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.db import LocalText
from app.errors import Invalid
from app.facts import record
from app.i18n import in_language
from app.network.facts import TopicAdded, TopicChanged
from app.network.models import Topic
from app.network.services.rows import free_code, put, require_title


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDetails:
    """Titles by language, and the area that a topic is in (`None`: it is an area itself)."""

    titles: LocalText
    area: Topic | None


def add_topic(db: Session, *, actor: Actor, details: TopicDetails, now: datetime) -> Topic:
    """Raises Forbidden, Invalid("title_en", "no_title"), Invalid("area", "not_an_area")."""
    require(actor.is_coordinator)
    _require_sound(details)
    topic = Topic(code=free_code(db, Topic, in_language(details.titles, "en"), "topic"))
    put(topic, details)
    db.add(topic)
    db.flush()
    record(db, actor=actor, fact=TopicAdded(topic.id), now=now, after=as_told(topic))
    return topic


def change_topic(db: Session, *, actor: Actor, topic: Topic, details: TopicDetails, now: datetime) -> Topic:
    """Raises Forbidden, Invalid("title_en", "no_title"), Invalid("area", "not_an_area" | "has_topics")."""
    require(actor.is_coordinator)
    _require_sound(details)
    if details.area is not None and (topic.topics or details.area is topic):
        raise Invalid("area", "has_topics")
    before = as_told(topic)
    put(topic, details)
    db.flush()
    record(db, actor=actor, fact=TopicChanged(topic.id), now=now, before=before, after=as_told(topic))
    return topic


def _require_sound(details: TopicDetails) -> None:
    require_title(details.titles)
    if details.area is not None and details.area.area_id is not None:
        raise Invalid("area", "not_an_area")


def as_told(topic: Topic) -> dict[str, Any]:
    """A topic as the audit trail keeps it."""
    return {
        "code": topic.code,
        "titles": dict(topic.titles),
        "area": topic.area.code if topic.area else None,
    }
