"""The school holidays of countries, kept by the secretariat for who says "not in the school holidays"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.availability.facts import SchoolHolidayDropped, SchoolHolidayKept
from app.availability.models import SchoolHoliday
from app.availability.services import LONGEST_DAYS
from app.availability.spans import Span
from app.errors import Invalid
from app.facts import record


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolHolidayDetails:
    """A country, days with both ends included, and what they are called."""

    country: str
    first_day: date
    last_day: date
    title: str


def keep_school_holiday(
    db: Session,
    *,
    actor: Actor,
    details: SchoolHolidayDetails,
    now: datetime,
    holiday: SchoolHoliday | None = None,
) -> SchoolHoliday:
    """Enter school holidays, or put them differently.

    Raises Forbidden, Invalid("last_day", "ends_before_it_starts" | "too_long").
    """
    require(actor.is_coordinator)
    if details.last_day < details.first_day:
        raise Invalid("last_day", "ends_before_it_starts")
    if Span(details.first_day, details.last_day).days > LONGEST_DAYS // 3:
        raise Invalid("last_day", "too_long")
    before = _told(holiday) if holiday is not None else None
    kept = holiday if holiday is not None else SchoolHoliday()
    kept.country, kept.title = details.country, details.title
    kept.first_day, kept.last_day = details.first_day, details.last_day
    db.add(kept)
    db.flush()
    record(db, actor=actor, fact=SchoolHolidayKept(kept.id), now=now, before=before, after=_told(kept))
    return kept


def drop_school_holiday(db: Session, *, actor: Actor, holiday: SchoolHoliday, now: datetime) -> None:
    """Take school holidays out again. Raises Forbidden."""
    require(actor.is_coordinator)
    record(db, actor=actor, fact=SchoolHolidayDropped(holiday.id), now=now, before=_told(holiday))
    db.delete(holiday)
    db.flush()


def _told(holiday: SchoolHoliday) -> dict[str, Any]:
    return {
        "country": holiday.country,
        "first_day": holiday.first_day,
        "last_day": holiday.last_day,
        "title": holiday.title,
    }
