"""What decides whether a person can come, and how long visas take."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.network.models import Person

ANSWERS = ("never", "rather_not")
MOST_NOTICE = 365
MOST_DAYS = 730
NEEDS_LENGTH = 2000


class TravelFacts(Base):
    """What a person, or who looks after them, has said of their travelling."""

    __tablename__ = "travel_facts"
    __table_args__ = (
        CheckConstraint(f"notice_days BETWEEN 0 AND {MOST_NOTICE}", name="notice_within_a_year"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    notice_days: Mapped[int] = mapped_column(default=0)
    passports: Mapped[list[str]] = mapped_column(default=list)  # ISO 3166-1 alpha-2
    interpreter: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class TravelCountry(Base):
    """A country that a person cannot enter, or would rather not. Why is not asked."""

    __tablename__ = "travel_country"
    __table_args__ = (CheckConstraint(f"answer IN {ANSWERS}", name="known_answer"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    answer: Mapped[str] = mapped_column(String(10))


class AccessNeeds(Base):
    """What a person needs in order to take part: seen by them and by coordinators, who arrange it.

    It is there only with the person's own consent; each look by somebody else stands in the audit trail.
    """

    __tablename__ = "access_needs"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    needs: Mapped[str] = mapped_column(Text)
    consented_at: Mapped[datetime]


class BorderClosure(Base):
    """Days, both ends included, on which nobody gets into a country or out of it."""

    __tablename__ = "border_closure"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    first_day: Mapped[date]
    last_day: Mapped[date] = mapped_column(index=True)
    changed_at: Mapped[datetime]


class VisaTime(Base):
    """How many days before entering a country one has to apply, with a passport; 0 without a visa.

    `days` is empty where one cannot enter (`is_closed`). Of a pair that is not here nothing is known,
    and nothing is assumed.
    """

    __tablename__ = "visa_time"
    __table_args__ = (
        UniqueConstraint("passport", "destination"),
        CheckConstraint("passport <> destination", name="two_countries"),
        CheckConstraint("(days IS NULL) = is_closed", name="days_or_closed"),
        CheckConstraint(f"days IS NULL OR days BETWEEN 0 AND {MOST_DAYS}", name="within_two_years"),
        Index("ix_visa_time_destination", "destination"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    passport: Mapped[str] = mapped_column(String(2))
    destination: Mapped[str] = mapped_column(String(2))
    days: Mapped[int | None]
    is_closed: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]
