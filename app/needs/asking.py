"""A call as its form asks for it: three pages of answers, as plain values. In order: `STEPS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.needs.models import NeedsCall

STEPS = ("what", "whom", "when")


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """What it is called and about, by language, and which topics it asks of."""

    step: ClassVar[str] = "what"

    titles: Mapping[str, str]
    about: Mapping[str, str]
    topic_ids: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Which platforms it asks: see `NeedsCall`."""

    step: ClassVar[str] = "whom"

    region: str = ""
    group_id: int | None = None
    chosen_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Its last day, the languages that learning could be held in, and the days between reminders."""

    step: ClassVar[str] = "when"

    closes_on: date
    languages: tuple[str, ...]
    remind_every: int


Page = What | Whom | When


def page_of(call: NeedsCall, step: str) -> Page:
    """What a stored call says on one page."""
    if step == "what":
        return What(
            titles=dict(call.titles),
            about=dict(call.about),
            topic_ids=frozenset(topic.id for topic in call.topics),
        )
    if step == "whom":
        return Whom(
            region=call.region,
            group_id=call.group_id,
            chosen_ids=frozenset(organisation.id for organisation in call.chosen),
        )
    return When(closes_on=call.closes_on, languages=tuple(call.languages), remind_every=call.remind_every)
