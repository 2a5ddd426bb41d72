"""When people can: spans of dates, and what they chose for the holidays of their country."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.network.models import Person

KINDS = ("unavailable", "preferred")


class AvailabilitySpan(Base):
    """Days on which a person cannot, or would rather, take part; both ends included."""

    __tablename__ = "availability_span"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        Index("ix_availability_span_person", "person_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person] = relationship()


class WorkedHoliday(Base):
    """A holiday of their country on which a person can travel or work all the same."""

    __tablename__ = "worked_holiday"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
