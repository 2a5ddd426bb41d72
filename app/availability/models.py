"""When people can: spans of dates, what comes back every week or year, holidays, and who was asked."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.network.models import Group, Organisation, Person

KINDS = ("unavailable", "if_need_be", "preferred", "available")
"""What can be said of days, the strongest first. `available` says that what comes back (a weekly
pattern, Ramadan, school holidays) does not count on these days."""

GRADES = ("unavailable", "if_need_be", "preferred")
"""What a day can be to the planner, besides a day like any other."""

PATTERNS = ("weekly", "ramadan", "school_holidays")

ANSWERS = ("told", "as_it_stands", "always")
"""How an ask was answered: by saying something, by leaving what had been said, or "I can always"."""


class AvailabilitySpan(Base):
    """Days of which a person said something: one of `KINDS`; both ends included."""

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


class AvailabilityPattern(Base):
    """What comes back: certain weekdays, Ramadan, or the school holidays of the person's country.

    `weekdays` are ISO's digits ("5" Friday, "67" the weekend), empty but for `weekly`. It counts from
    `first_day` to `last_day` where these are given, and not on days of which something else was said.
    """

    __tablename__ = "availability_pattern"
    __table_args__ = (
        CheckConstraint(f"kind IN {PATTERNS}", name="known_kind"),
        CheckConstraint(f"grade IN {GRADES}", name="known_grade"),
        CheckConstraint("(kind = 'weekly') = (weekdays <> '')", name="weekdays_when_weekly"),
        CheckConstraint("first_day <= last_day", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    grade: Mapped[str] = mapped_column(String(12))
    weekdays: Mapped[str] = mapped_column(String(7), default="")
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]

    person: Mapped[Person] = relationship()


class SchoolHoliday(Base):
    """School holidays of a country, as the secretariat keeps them; both ends included."""

    __tablename__ = "school_holiday"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="in_order"),
        Index("ix_school_holiday_country", "country", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    first_day: Mapped[date]
    last_day: Mapped[date]
    title: Mapped[str] = mapped_column(String(120))


class AvailabilityAsk(Base):
    """A season for which people are asked when they can, until `closes_on`.

    `who` says whom it was opened for (`teaching`, `learning`, `everybody`), within an organisation and
    what belongs to it, or a group, where these are given.
    """

    __tablename__ = "availability_ask"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint("who IN ('teaching', 'learning', 'everybody')", name="known_who"),
        CheckConstraint("remind_every >= 0", name="not_negative"),
        Index("ix_availability_ask_open", "closed_at", "closes_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    closes_on: Mapped[date]
    who: Mapped[str] = mapped_column(String(12))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("group.id", ondelete="SET NULL"), index=True)
    remind_every: Mapped[int] = mapped_column(default=5)  # days; 0 for never
    message: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    organisation: Mapped[Organisation | None] = relationship()
    group: Mapped[Group | None] = relationship()

    def is_open(self, today: date) -> bool:
        """Whether answers are still waited for."""
        return self.closed_at is None and today <= self.closes_on


class AvailabilityAsked(Base):
    """A person who was asked, the letters written to them about it, and their answer.

    `due_at` is when to write to them next; nobody is written to who has answered. `on_behalf` says
    that somebody else answered for them: `answered_by` is who.
    """

    __tablename__ = "availability_asked"
    __table_args__ = (
        UniqueConstraint("ask_id", "person_id"),
        CheckConstraint(f"answer IN {('', *ANSWERS)}", name="known_answer"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answered_when"),
        Index("ix_availability_asked_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ask_id: Mapped[int] = mapped_column(ForeignKey("availability_ask.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime | None]
    letters: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(12), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    on_behalf: Mapped[bool] = mapped_column(default=False)

    ask: Mapped[AvailabilityAsk] = relationship()
    person: Mapped[Person] = relationship()
