"""Days on which somebody is busy elsewhere, as read from a calendar of their own.

A later stage reads the calendars and puts the days here; what it was that takes them is never kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.availability.spans import Span, Spans, merge
from app.db import Base


class BusySpan(Base):
    """Days on which a person is busy by one of their calendars (`source`); both ends included."""

    __tablename__ = "busy_span"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="in_order"),
        Index("ix_busy_span_person", "person_id", "first_day"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]


def replace_busy(db: Session, *, person_id: int, source: str, spans: Iterable[Span]) -> None:
    """Put the days of one source in the place of those it had."""
    db.execute(delete(BusySpan).where(BusySpan.person_id == person_id, BusySpan.source == source))
    db.add_all(
        BusySpan(person_id=person_id, source=source, first_day=span.first, last_day=span.last)
        for span in merge(spans)
    )
    db.flush()


def busy_spans(db: Session, person_ids: Collection[int], first: date, last: date) -> dict[int, Spans]:
    """By person id, the days from all their calendars that touch `first` to `last`; in one query."""
    found: dict[int, list[Span]] = defaultdict(list)
    for person_id, first_day, last_day in db.execute(
        select(BusySpan.person_id, BusySpan.first_day, BusySpan.last_day).where(
            BusySpan.person_id.in_(person_ids), BusySpan.first_day <= last, BusySpan.last_day >= first
        )
    ):
        found[person_id].append(Span(first_day, last_day))
    return {person_id: merge(spans) for person_id, spans in found.items()}


def busy_by_source(db: Session, person_id: int, since: date) -> dict[str, Spans]:
    """By source, the days of one person from `since` on."""
    found: dict[str, list[Span]] = defaultdict(list)
    for source, first_day, last_day in db.execute(
        select(BusySpan.source, BusySpan.first_day, BusySpan.last_day)
        .where(BusySpan.person_id == person_id, BusySpan.last_day >= since)
        .order_by(BusySpan.first_day)
    ):
        found[source].append(Span(first_day, last_day))
    return {source: merge(spans) for source, spans in found.items()}
