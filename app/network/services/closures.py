"""The days that the network itself keeps free, everywhere or in one country: the secretariat's to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.db import LocalText
from app.facts import record
from app.network.facts import DaysKeptFree, DaysReleased
from app.network.models import Closure
from app.network.services.rows import put, require_order, require_title


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureDetails:
    """Days, both ends included, with what is on by language; `country` is '' for everywhere."""

    country: str
    first_day: date
    last_day: date
    title: LocalText


def keep_days_free(
    db: Session, *, actor: Actor, details: ClosureDetails, now: datetime, closure: Closure | None = None
) -> Closure:
    """Keep days free, or change those of `closure`.

    Raises Forbidden, Invalid("last_day", "days_not_in_order"), Invalid("title_en", "no_title").
    """
    require(actor.is_coordinator)
    require_order(details.first_day, details.last_day)
    require_title(details.title)
    before = as_told(closure) if closure is not None else None
    kept = closure if closure is not None else Closure()
    put(kept, details)
    db.add(kept)
    db.flush()
    record(db, actor=actor, fact=DaysKeptFree(kept.id), now=now, before=before, after=as_told(kept))
    return kept


def release_days(db: Session, *, actor: Actor, closure: Closure, now: datetime) -> None:
    """Keep these days free no more. Raises Forbidden."""
    require(actor.is_coordinator)
    record(db, actor=actor, fact=DaysReleased(closure.id), now=now, before=as_told(closure))
    db.delete(closure)
    db.flush()


def as_told(closure: Closure) -> dict[str, Any]:
    """Days kept free as the audit trail keeps them."""
    return {
        "country": closure.country,
        "first_day": closure.first_day,
        "last_day": closure.last_day,
        "title": dict(closure.title),
    }
