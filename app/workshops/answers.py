"""A request as its form asks for it: five pages of answers, as plain values.

Rules are checked on these before anything is stored, so that a contradiction is refused
while it is only an answer. The pages in order are `STEPS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from app.workshops.models import Workshop

STEPS = ("what", "when", "where", "who", "money")


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """What it is about and who asks for it; `titles` by language."""

    step: ClassVar[str] = "what"

    requested_by_id: int
    titles: Mapping[str, str]
    topic_id: int
    kind: str
    about: str = ""
    group_id: int | None = None
    initiative_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """`days` in person or `minutes` online, inside a window of dates; and the workshop it comes after."""

    step: ClassVar[str] = "when"

    mode: str
    days: int | None
    minutes: int | None
    window_first: date
    window_last: date
    follows_id: int | None = None
    follows_min_days: int = 14
    follows_max_days: int = 120
    follows_graduates: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The venues it may be held at (none online), and its working languages."""

    step: ClassVar[str] = "where"

    venue_ids: frozenset[int]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The facilitators' team, the seats, and the organisations whose people may take them."""

    step: ClassVar[str] = "who"

    team_min: int
    team_max: int
    team_leads: int
    seats_min: int
    seats_max: int
    invited_ids: frozenset[int]
    seats_per_organisation: int
    organisations_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Who pays, how much at most, and how much it matters: priority 1 to 5."""

    step: ClassVar[str] = "money"

    fund_ids: frozenset[int]
    budget: int | None
    priority: int


Page = What | When | Where | Who | Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All five pages."""

    what: What
    when: When
    where: Where
    who: Who
    money: Money

    def with_page(self, page: Page) -> Answers:
        """These answers with one page replaced; an online workshop loses its venues."""
        changed: dict[str, Any] = {page.step: page}
        if isinstance(page, When) and page.mode == "online":
            changed["where"] = replace(self.where, venue_ids=frozenset())
        return replace(self, **changed)


def answers_of(workshop: Workshop) -> Answers:
    """What a stored request answers."""
    return Answers(
        what=What(
            requested_by_id=workshop.requested_by_id,
            titles=dict(workshop.titles),
            topic_id=workshop.topic_id,
            kind=workshop.kind,
            about=workshop.about,
            group_id=workshop.group_id,
            initiative_id=workshop.initiative_id,
        ),
        when=When(
            mode=workshop.mode,
            days=workshop.days,
            minutes=workshop.minutes,
            window_first=workshop.window_first,
            window_last=workshop.window_last,
            follows_id=workshop.follows_id,
            follows_min_days=workshop.follows_min_days,
            follows_max_days=workshop.follows_max_days,
            follows_graduates=workshop.follows_graduates,
        ),
        where=Where(
            venue_ids=frozenset(venue.id for venue in workshop.venues),
            languages=tuple(workshop.languages),
        ),
        who=Who(
            team_min=workshop.team_min,
            team_max=workshop.team_max,
            team_leads=workshop.team_leads,
            seats_min=workshop.seats_min,
            seats_max=workshop.seats_max,
            invited_ids=frozenset(organisation.id for organisation in workshop.invited),
            seats_per_organisation=workshop.seats_per_organisation,
            organisations_min=workshop.organisations_min,
        ),
        money=Money(
            fund_ids=frozenset(fund.id for fund in workshop.funds),
            budget=workshop.budget,
            priority=workshop.priority,
        ),
    )
