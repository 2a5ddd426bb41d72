"""Planning rounds, the requests in them, and the drafts that the planner made of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.jobs.models import Job
from app.workshops.models import Workshop

ROUND_STATES = ("open", "closed")
QUESTION_KINDS = ("explain", "repair")

DEFAULT_WEIGHTS: dict[str, int] = {
    "held": 50,
    "need": 2,
    "reach": 5,
    "preferred": 1,
    "cost": 1,
    "discomfort": 1,
    "balance": 3,
    "change": 5,
    "cancel": 60,
    "reluctance": 2,
}


def gap_between(objective: int | None, bound: int | None) -> float | None:
    """(bound - objective) / bound: the share of what may be possible that is missing; `None`: not known."""
    if objective is None or bound is None or bound <= 0:
        return None
    return (bound - objective) / bound


class PlanningRound(Base):
    """A season to be planned at once: its horizon, its prices, and what matters how much."""

    __tablename__ = "planning_round"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="horizon_in_order"),
        CheckConstraint("base_fare >= 0 AND fare_per_100_km >= 0 AND per_diem >= 0", name="not_negative"),
        CheckConstraint(f"state IN {ROUND_STATES}", name="known_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    first_day: Mapped[date]
    last_day: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    base_fare: Mapped[int] = mapped_column(default=60)
    fare_per_100_km: Mapped[int] = mapped_column(default=9)
    per_diem: Mapped[int] = mapped_column(default=65)
    weights: Mapped[dict[str, Any]] = mapped_column(default=lambda: dict(DEFAULT_WEIGHTS))
    state: Mapped[str] = mapped_column(String(10), default="open")
    is_public: Mapped[bool] = mapped_column(default=False, server_default=false())  # what it publishes
    created_at: Mapped[datetime]

    entries: Mapped[list[RoundEntry]] = relationship(
        back_populates="planning_round", cascade="all, delete-orphan", order_by="RoundEntry.id"
    )
    drafts: Mapped[list[Draft]] = relationship(
        back_populates="planning_round", cascade="all, delete-orphan", order_by="Draft.id.desc()"
    )


class RoundEntry(Base):
    """An approved request taken into a round; a workshop is in one round at most."""

    __tablename__ = "round_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id", ondelete="CASCADE"), index=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), unique=True)

    planning_round: Mapped[PlanningRound] = relationship(back_populates="entries")
    workshop: Mapped[Workshop] = relationship()


class Draft(Base):
    """One schedule that the planner made, with the round exactly as it was given.

    Both documents are kept, `planning-round/1` and `schedule/1`, so that any draft can be
    checked and replayed later, whatever has become of the network since. `revision` counts the
    changes made by hand (see `app.planning.room`): who changes a draft says which one they saw.
    `seats_as_of` is the moment from which a draft that was made of another one knows who sits
    where (`None`: when its own job was queued, or it was made). `origin` says what it was made
    from and why. Of the drafts of a round one may be `chosen_at` some moment: the one that is to
    be published.
    """

    __tablename__ = "draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), unique=True)
    created_at: Mapped[datetime]
    seats_as_of: Mapped[datetime | None]
    objective: Mapped[int]
    bound: Mapped[int | None]
    cost: Mapped[int]
    held: Mapped[int]
    seconds: Mapped[float]
    round_document: Mapped[dict[str, Any]]
    schedule_document: Mapped[dict[str, Any]]
    origin: Mapped[dict[str, Any]] = mapped_column(default=dict)
    chosen_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")

    planning_round: Mapped[PlanningRound] = relationship(back_populates="drafts")
    job: Mapped[Job | None] = relationship()

    @property
    def gap(self) -> float | None:
        """See `gap_between`."""
        return gap_between(self.objective, self.bound)

    @property
    def knows_seats_of(self) -> datetime:
        """The moment as of which it knows who sits where."""
        return self.seats_as_of or (self.job.queued_at if self.job else self.created_at)


class Question(Base):
    """Something asked that only the planner can answer; a job of kind "answer_question" works it out.

    `kind` "explain" is about one workshop (`topic`, its code) in a draft as it was at `revision`, "repair"
    about what has happened to a round's published schedule. `asked` is what the job needs besides the
    draft; `answer` has the shape that `app.planning.jobs.answering` documents, and grows while the job runs.
    """

    __tablename__ = "planning_question"
    __table_args__ = (
        CheckConstraint(f"kind IN {QUESTION_KINDS}", name="known_kind"),
        UniqueConstraint("draft_id", "revision", "kind", "topic"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("planning_round.id", ondelete="CASCADE"), index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    revision: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(10))
    topic: Mapped[str] = mapped_column(String(60), default="")
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime]

    planning_round: Mapped[PlanningRound] = relationship()
    draft: Mapped[Draft | None] = relationship()
    job: Mapped[Job | None] = relationship()
