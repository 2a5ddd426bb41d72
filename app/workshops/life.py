"""Where a request stands in its life, from the first word to the report.

    drafted → submitted → returned or approved → in_round → planned → held → reported, or withdrawn

The first are what people decided and are stored. Whether an approved request is in a round, planned
or held the stages after this one know: they hand what answers for them to `provide` when they are
imported. Without anybody who knows, a request is approved and nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, exists, false, not_
from sqlalchemy.orm import Session

from app.workshops.models import Workshop, WorkshopReport

LIFE = (
    "drafted",
    "submitted",
    "returned",
    "approved",
    "in_round",
    "planned",
    "held",
    "reported",
    "withdrawn",
)

WAY = ("drafted", "submitted", "approved", "in_round", "planned", "held", "reported")
"""The way of a request that nothing goes wrong with."""


@dataclass(frozen=True, slots=True)
class Course:
    """What became of an approved request: its round, and the session in force, if there is one.

    `ends_at` is when the session is over, `cost` what the plan says in the `currency` of the round.
    """

    round_id: int
    round_title: str
    first_day: date | None = None
    last_day: date | None = None
    ends_at: datetime | None = None
    cost: int = 0
    currency: str = ""

    @property
    def is_planned(self) -> bool:
        return self.ends_at is not None

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True, slots=True)
class LaterEvent:
    """Something that happened to an approved request; `kind` is said in words by `words.story_of`."""

    happened_at: datetime
    kind: str
    who: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


class Later(Protocol):
    """What the stages after this one know; each answer takes a constant number of queries."""

    def courses(self, db: Session, workshop_ids: Collection[int]) -> Mapping[int, Course]:
        """By workshop: its course; those without one are left out."""

    def events(self, db: Session, workshop_id: int) -> Sequence[LaterEvent]:
        """What happened to one workshop after its approval."""

    def in_a_round(self) -> ColumnElement[bool]:
        """The workshops that a round has taken in."""

    def planned(self) -> ColumnElement[bool]:
        """Those with a session in force."""

    def over(self, now: datetime) -> ColumnElement[bool]:
        """Those whose session in force is over."""


class _Nobody:
    """Knows of nothing after the approval."""

    def courses(self, db: Session, workshop_ids: Collection[int]) -> Mapping[int, Course]:
        return {}

    def events(self, db: Session, workshop_id: int) -> Sequence[LaterEvent]:
        return ()

    def in_a_round(self) -> ColumnElement[bool]:
        return false()

    def planned(self) -> ColumnElement[bool]:
        return false()

    def over(self, now: datetime) -> ColumnElement[bool]:
        return false()


_later: list[Later] = [_Nobody()]


def provide(later: Later) -> None:
    """Have `later` answer for the stages after this one."""
    _later[:] = [later]


def courses_of(db: Session, workshops: Iterable[Workshop]) -> Mapping[int, Course]:
    """What became of these requests, by id."""
    return courses_of_ids(db, [workshop.id for workshop in workshops])


def courses_of_ids(db: Session, workshop_ids: Collection[int]) -> Mapping[int, Course]:
    """`courses_of`, by the ids of the requests."""
    return _later[0].courses(db, workshop_ids) if workshop_ids else {}


def events_of(db: Session, workshop: Workshop) -> Sequence[LaterEvent]:
    """What happened to a request after its approval."""
    return _later[0].events(db, workshop.id)


def stand_of(workshop: Workshop, course: Course | None, *, now: datetime) -> str:
    """Where a request stands: one of `LIFE`. Its report is loaded."""
    if workshop.state != "approved":
        return workshop.state
    if workshop.report is not None:
        return "reported"
    if course is None:
        return "approved"
    if not course.is_planned:
        return "in_round"
    return "held" if course.is_over(now) else "planned"


def may_have_been_held(workshop: Workshop, stand: str, *, today: date) -> bool:
    """Whether there can be something to report: its session is over, or it could be held without one."""
    if stand in ("approved", "in_round"):
        return workshop.window_first <= today
    return stand in ("held", "reported")


def stands(db: Session, workshops: Collection[Workshop], *, now: datetime) -> dict[int, str]:
    """Where each of these requests stands, by id. Their reports are loaded."""
    courses = courses_of(db, workshops)
    return {each.id: stand_of(each, courses.get(each.id), now=now) for each in workshops}


def standing(stand: str, *, now: datetime) -> ColumnElement[bool]:
    """The requests that stand there, as a condition: the same as `stand_of` says of each."""
    if stand not in LIFE:
        return false()
    if stand not in {"approved", "in_round", "planned", "held", "reported"}:
        return Workshop.state == stand
    later = _later[0]
    reported = exists().where(WorkshopReport.workshop_id == Workshop.id)
    approved = Workshop.state == "approved"
    if stand == "reported":
        return and_(approved, reported)
    open_ = and_(approved, not_(reported))
    planned, over = later.planned(), later.over(now)
    return {
        "held": and_(open_, over),
        "planned": and_(open_, planned, not_(over)),
        "in_round": and_(open_, not_(planned), later.in_a_round()),
        "approved": and_(open_, not_(planned), not_(later.in_a_round())),
    }[stand]
