"""What comes back, as people say it and take it back: "never Fridays", "not in Ramadan"."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.availability.answers import take_as_answer
from app.availability.facts import PatternAdded, PatternRemoved
from app.availability.models import AvailabilityPattern
from app.availability.queries import may_answer_for, patterns_of
from app.errors import Invalid
from app.facts import record
from app.network.models import Person

MOST = 20
"""More patterns than anybody means."""


def add_pattern(
    db: Session,
    *,
    actor: Actor,
    person: Person,
    kind: str,
    grade: str,
    weekdays: str = "",
    first_day: date | None = None,
    last_day: date | None = None,
    now: datetime,
) -> AvailabilityPattern:
    """Say what comes back, with or without a first and a last day. What is there already is left as it is.

    Raises Forbidden, Invalid("weekdays", "no_weekday"), Invalid("last_day", …), Invalid("kind", "too_many").
    """
    require(may_answer_for(actor, person))
    if kind == "weekly" and not weekdays:
        raise Invalid("weekdays", "no_weekday")
    if first_day and last_day and last_day < first_day:
        raise Invalid("last_day", "ends_before_it_starts")
    if last_day and last_day < now.date():
        raise Invalid("last_day", "already_over")
    db.refresh(person, with_for_update=True)
    row = AvailabilityPattern(
        person_id=person.id,
        kind=kind,
        grade=grade,
        weekdays="".join(sorted(set(weekdays))) if kind == "weekly" else "",
        first_day=first_day,
        last_day=last_day,
    )
    there = patterns_of(db, person=person)
    take_as_answer(db, actor=actor, person=person, now=now)
    for other in there:
        if _said(other) == _said(row):
            return other
    if len(there) >= MOST:
        raise Invalid("kind", "too_many")
    db.add(row)
    db.flush()
    record(db, actor=actor, fact=PatternAdded(person.id), now=now, after=_said(row))
    return row


def remove_pattern(db: Session, *, actor: Actor, pattern: AvailabilityPattern, now: datetime) -> None:
    """Take back what comes back. Raises Forbidden."""
    person = pattern.person
    require(may_answer_for(actor, person))
    before = _said(pattern)
    take_as_answer(db, actor=actor, person=person, now=now)
    db.delete(pattern)
    db.flush()
    record(db, actor=actor, fact=PatternRemoved(person.id), now=now, before=before)


def _said(row: AvailabilityPattern) -> dict[str, object]:
    return {
        "kind": row.kind,
        "grade": row.grade,
        "weekdays": row.weekdays,
        "first_day": row.first_day,
        "last_day": row.last_day,
    }
