"""A calendar that somebody keeps elsewhere, and how reading it went. What was read stands in `busy_span`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base
from app.network.models import Person

KINDS = ("address", "file")
STATES = ("new", "read", "failing", "stopped")
RULES = ("all_day", "long", "every")
LABEL_LENGTH = 60


class OwnCalendar(Base):
    """A calendar of a person: at an address that is asked again and again, or a file that was read once.

    The address is a secret, since whoever has it can read the calendar: it is kept encrypted, and pages
    show only the name of the server (`server`). The file itself is not kept. `revision` rises when it is to
    be read by another rule, so that a reading under way does not overwrite the newer one.
    """

    __tablename__ = "own_calendar"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="known_kind"),
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        CheckConstraint(f"rule IN {RULES}", name="known_rule"),
        CheckConstraint("hours BETWEEN 1 AND 24", name="hours_of_a_day"),
        Index("ix_own_calendar_due", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    server: Mapped[str] = mapped_column(String(260), default="")
    address_sealed: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[str] = mapped_column(String(8), default="long")
    hours: Mapped[int] = mapped_column(default=4)
    revision: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default="new")
    problem: Mapped[str] = mapped_column(String(20), default="")
    events: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    etag: Mapped[str] = mapped_column(String(200), default="")
    last_modified: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    read_whole_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()

    @property
    def source(self) -> str:
        """What stands at the days that come from it."""
        return f"calendar/{self.id}"
