"""Whom organisations name for a workshop, and by when they are asked to.

A call belongs to one workshop and asks the organisations that it invites. Each names its people in one
list of two parts, both in order: its *nominees*, as many as it may have seats, and its *substitutes*.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.network.models import Organisation, Person
from app.workshops.models import Workshop

STATES = ("proposed", "nominated", "declined", "withdrawn")
NEEDS = (3, 2, 1)
"""How much somebody needs it: 3 urgent, 2 important, 1 useful; as `Want` has it."""


class NominationCall(Base):
    """That organisations are asked to name people for a workshop, until the end of a day (UTC)."""

    __tablename__ = "nomination_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), unique=True)
    closes_on: Mapped[date] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]

    workshop: Mapped[Workshop] = relationship()


class AskedOrganisation(Base):
    """What is kept of an organisation that is asked, besides whom it names: that it names nobody, and
    how often and when it was reminded."""

    __tablename__ = "asked_organisation"
    __table_args__ = (CheckConstraint("reminders >= 0", name="not_negative"),)

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    names_nobody: Mapped[bool] = mapped_column(default=False)
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]


class Nomination(Base):
    """That a person is to have a seat in a workshop, if it goes by their organisation or themselves.

    `proposed`: they put themselves forward, and their organisation has not answered. `rank` is the
    place in the organisation's list, from 1, nominees and substitutes each counted on their own.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        UniqueConstraint("workshop_id", "person_id"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint("need BETWEEN 1 AND 3", name="known_need"),
        CheckConstraint("(state = 'nominated') = (rank IS NOT NULL)", name="ranked_when_nominated"),
        Index("ix_nomination_organisation_id_workshop_id", "organisation_id", "workshop_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str] = mapped_column(String(10))
    is_substitute: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int | None]
    need: Mapped[int]
    purpose: Mapped[str] = mapped_column(Text, default="")
    word: Mapped[str] = mapped_column(Text, default="")  # what the organisation said with a no
    by_themselves: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]  # when `state` was last another

    workshop: Mapped[Workshop] = relationship()
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
