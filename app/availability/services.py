"""What people change about their availability, for themselves or for those they look after.

Spans of one kind that overlap become one row. A day that is called both unavailable and
preferred keeps both rows, and counts as unavailable wherever it is read: taking one of the
two back gives the other its full weight again. Whatever somebody says while they are asked
when they can is their answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.availability.answers import take_as_answer
from app.availability.facts import (
    HolidayKeptFree,
    HolidayOffered,
    SpanAdded,
    SpanChanged,
    SpanRemoved,
)
from app.availability.holidays import holidays_between
from app.availability.models import AvailabilitySpan, WorkedHoliday
from app.availability.queries import may_answer_for
from app.availability.spans import Span
from app.errors import Invalid
from app.facts import record
from app.network.models import Person

LONGEST_DAYS = 3 * 366
"""A longer span is taken for a slip in the year."""

YEARS_AHEAD = 5
"""Nobody says so long before when they can."""

NOTE_LENGTH = 200


def add_span(
    db: Session,
    *,
    actor: Actor,
    person: Person,
    kind: str,
    first_day: date,
    last_day: date,
    note: str = "",
    now: datetime,
) -> AvailabilitySpan:
    """Say one of `KINDS` of some days of a person; both ends included.

    Returns the row that now holds these days, with those of the same kind that it overlaps.
    Saying again what has been said changes nothing and records nothing.

    Raises Forbidden, Invalid(first_day | last_day).
    """
    require(may_answer_for(actor, person))
    check_days(first_day, last_day, now)
    overlapped = _overlapped(db, person, kind, Span(first_day, last_day))
    for row in overlapped:
        if row.first_day <= first_day and last_day <= row.last_day and note in ("", row.note):
            take_as_answer(db, actor=actor, person=person, now=now)
            return row
    row = AvailabilitySpan(person_id=person.id, kind=kind, first_day=first_day, last_day=last_day, note=note)
    before = _absorb(db, row, overlapped)
    db.add(row)
    take_as_answer(db, actor=actor, person=person, now=now)
    db.flush()
    record(db, actor=actor, fact=SpanAdded(person.id), now=now, before=before, after=_said(row))
    return row


def change_span(
    db: Session,
    *,
    actor: Actor,
    span: AvailabilitySpan,
    kind: str,
    first_day: date,
    last_day: date,
    note: str,
    now: datetime,
) -> AvailabilitySpan:
    """Put a span differently; others of its new kind that it now overlaps become part of it.

    Raises Forbidden, Invalid(first_day | last_day).
    """
    require(may_answer_for(actor, span.person))
    check_days(first_day, last_day, now)
    before = _said(span)
    overlapped = _overlapped(db, span.person, kind, Span(first_day, last_day), other_than=span)
    span.kind, span.first_day, span.last_day, span.note = kind, first_day, last_day, note
    _absorb(db, span, overlapped)
    take_as_answer(db, actor=actor, person=span.person, now=now)
    db.flush()
    record(db, actor=actor, fact=SpanChanged(span.person_id), now=now, before=before, after=_said(span))
    return span


def remove_span(db: Session, *, actor: Actor, span: AvailabilitySpan, now: datetime) -> None:
    """Take back what was said of some days. Raises Forbidden."""
    require(may_answer_for(actor, span.person))
    person_id, before = span.person_id, _said(span)
    take_as_answer(db, actor=actor, person=span.person, now=now)
    db.delete(span)
    db.flush()
    record(db, actor=actor, fact=SpanRemoved(person_id), now=now, before=before)


def work_on_holiday(db: Session, *, actor: Actor, person: Person, day: date, now: datetime) -> None:
    """Say that a person can work or travel on a holiday of the country they live in.

    Raises Forbidden, Invalid(day, "not_a_holiday").
    """
    require(may_answer_for(actor, person))
    if not holidays_between(person.place.country, day, day):
        raise Invalid("day", "not_a_holiday", day=day)
    if db.get(WorkedHoliday, (person.id, day)) is None:
        db.add(WorkedHoliday(person_id=person.id, day=day))
        take_as_answer(db, actor=actor, person=person, now=now)
        db.flush()
        record(db, actor=actor, fact=HolidayOffered(person.id, day), now=now)


def keep_holiday_free(db: Session, *, actor: Actor, person: Person, day: date, now: datetime) -> None:
    """Take back that a person works on a holiday. Raises Forbidden."""
    require(may_answer_for(actor, person))
    offered = db.get(WorkedHoliday, (person.id, day))
    if offered is not None:
        db.delete(offered)
        db.flush()
        record(db, actor=actor, fact=HolidayKeptFree(person.id, day), now=now)


def check_days(first_day: date, last_day: date, now: datetime) -> None:
    """Raises Invalid(last_day) for days that nobody can mean."""
    if last_day < first_day:
        raise Invalid("last_day", "ends_before_it_starts")
    if Span(first_day, last_day).days > LONGEST_DAYS:
        raise Invalid("last_day", "too_long")
    if last_day < now.date():
        raise Invalid("last_day", "already_over")
    if last_day.year > now.year + YEARS_AHEAD:
        raise Invalid("last_day", "too_far")


def _overlapped(
    db: Session, person: Person, kind: str, span: Span, other_than: AvailabilitySpan | None = None
) -> list[AvailabilitySpan]:
    rows = db.scalars(
        select(AvailabilitySpan)
        .where(
            AvailabilitySpan.person_id == person.id,
            AvailabilitySpan.kind == kind,
            AvailabilitySpan.first_day <= span.last,
            AvailabilitySpan.last_day >= span.first,
        )
        .order_by(AvailabilitySpan.first_day, AvailabilitySpan.id)
    )
    return [row for row in rows if row is not other_than]


def _absorb(db: Session, row: AvailabilitySpan, others: Iterable[AvailabilitySpan]) -> dict[str, object]:
    """Widen `row` by the others, keep their notes, delete them; returns what they said, for the trail."""
    taken = list(others)
    notes = dict.fromkeys(note for note in (*(other.note for other in taken), row.note) if note)
    row.first_day = min(other.first_day for other in (row, *taken))
    row.last_day = max(other.last_day for other in (row, *taken))
    row.note = "; ".join(notes)[:NOTE_LENGTH]
    for other in taken:
        db.delete(other)
    return {"merged": [_said(other) for other in taken]} if taken else {}


def _said(row: AvailabilitySpan) -> dict[str, object]:
    return {"kind": row.kind, "first_day": row.first_day, "last_day": row.last_day}
