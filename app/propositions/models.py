"""What is proposed from a needs call, to whom, and the thread from requests back to needs.

NeedsCall ── PropositionSet ──< Proposition ──< PropositionMember ── NeedsLine   a platform
                                     └──── Workshop ──<> NeedsLine    the request
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.needs.models import NeedsCall, NeedsLine
from app.network.models import Organisation, Person, Topic, Venue
from app.workshops.models import Workshop

KINDS = ("peer_exchange", "training_of_trainers")
STATES = ("proposed", "edited", "dropped", "requested")
ROLES = ("learns", "gives")
ANSWERS = ("", "in", "out")

workshop_need = Table(
    "workshop_need",
    Base.metadata,
    Column("workshop_id", ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True),
    Column("line_id", ForeignKey("needs_line.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which needs a request answers: kept when a proposition becomes requests."""

proposition_person = Table(
    "proposition_person",
    Base.metadata,
    Column("proposition_id", ForeignKey("proposition.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Facilitators who could be in the team."""


class PropositionSet(Base):
    """What is proposed from one call: the coordinator's terms, and how good the set was that they gave.

    `budget` is `None` for no limit. `points` of `asked` are answered, and none of the sets there are answers
    more than `bound`; `None` until it has been worked out. `left` says of each need that nothing answers why.
    """

    __tablename__ = "proposition_set"
    __table_args__ = (CheckConstraint("budget >= 0", name="budget_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("needs_call.id", ondelete="CASCADE"), unique=True)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    budget: Mapped[int | None]
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    points: Mapped[int | None]
    bound: Mapped[int | None]
    asked: Mapped[int | None]
    left: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    worked_out_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    call: Mapped[NeedsCall] = relationship()
    propositions: Mapped[list[Proposition]] = relationship(
        back_populates="set", cascade="all, delete-orphan", order_by="Proposition.id"
    )


class Proposition(Base):
    """One concrete offer to a group of platforms.

    `team` people are wanted, `missing` of them yet to be found. `reasons` say why it is there and `hosts`
    what it costs at each venue, as they were when it was worked out or last changed.
    """

    __tablename__ = "proposition"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint("days BETWEEN 1 AND 10", name="sensible_days"),
        CheckConstraint("team >= 0 AND missing >= 0 AND cost >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("proposition_set.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    region: Mapped[str] = mapped_column(String(80), default="")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id", ondelete="SET NULL"), index=True)
    days: Mapped[int]
    team: Mapped[int]
    missing: Mapped[int] = mapped_column(default=0)
    cost: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    hosts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(12), default="proposed")
    workshop_id: Mapped[int | None] = mapped_column(
        ForeignKey("workshop.id", ondelete="SET NULL"), index=True
    )
    changed_at: Mapped[datetime]

    set: Mapped[PropositionSet] = relationship(back_populates="propositions")
    topic: Mapped[Topic] = relationship()
    venue: Mapped[Venue | None] = relationship()
    workshop: Mapped[Workshop | None] = relationship()
    members: Mapped[list[PropositionMember]] = relationship(
        back_populates="proposition", cascade="all, delete-orphan", order_by="PropositionMember.id"
    )
    people: Mapped[list[Person]] = relationship(secondary=proposition_person, order_by="Person.name")

    @property
    def learners(self) -> list[PropositionMember]:
        return [member for member in self.members if member.role == "learns"]

    @property
    def givers(self) -> list[PropositionMember]:
        return [member for member in self.members if member.role == "gives"]

    @property
    def seats(self) -> int:
        return sum(member.seats for member in self.learners)

    @property
    def reached(self) -> int:
        """People who learn: in the seats, or in the national replications."""
        return sum(member.people for member in self.learners)


class PropositionMember(Base):
    """A platform in a proposition: it learns (then `line` is its need) or gives. Answers in, out or not."""

    __tablename__ = "proposition_member"
    __table_args__ = (
        UniqueConstraint("proposition_id", "organisation_id"),
        CheckConstraint(f"role IN {ROLES}", name="known_role"),
        CheckConstraint(f"answer IN {ANSWERS}", name="known_answer"),
        CheckConstraint("seats >= 0 AND people >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposition_id: Mapped[int] = mapped_column(ForeignKey("proposition.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )
    line_id: Mapped[int | None] = mapped_column(ForeignKey("needs_line.id", ondelete="SET NULL"), index=True)
    role: Mapped[str] = mapped_column(String(8))
    seats: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(String(4), default="")
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]

    proposition: Mapped[Proposition] = relationship(back_populates="members")
    organisation: Mapped[Organisation] = relationship()
    line: Mapped[NeedsLine | None] = relationship()
