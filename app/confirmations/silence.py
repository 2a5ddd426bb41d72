"""What no answer means, once the last day to answer is over everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import system
from app.confirmations.conversation import with_places
from app.confirmations.models import AskedPerson, Asking, ProposedPlace
from app.confirmations.services import take_answer
from app.errors import Conflict

SILENCE = system("no answer in time")


def ends_at(day: date) -> datetime:
    """When a day is over on the whole earth."""
    return datetime.combine(day + timedelta(days=1), time(12), UTC)


def overdue(db: Session, *, now: datetime, limit: int) -> list[int]:
    """The conversations whose last day is over and that still owe an answer; never who had no letter."""
    last = (now - timedelta(hours=36)).date()
    return list(
        db.scalars(
            select(AskedPerson.id)
            .join(AskedPerson.asking)
            .where(
                Asking.closed_at.is_(None),
                AskedPerson.answer_by <= last,
                AskedPerson.letters > 0,
                AskedPerson.places.any(ProposedPlace.answer.in_(("", "unsure"))),
            )
            .order_by(AskedPerson.id)
            .limit(limit)
        )
    )


def apply_silence(db: Session, *, asked_id: int, now: datetime) -> int:
    """Have silence mean what was said that it would, for all that somebody left open; returns how much."""
    asked = db.scalars(
        select(AskedPerson)
        .where(AskedPerson.id == asked_id)
        .options(*with_places())
        .with_for_update(of=AskedPerson)
        .execution_options(populate_existing=True)
    ).one()
    asking = asked.asking
    if asking is None or not asking.is_open or asked.answer_by is None or ends_at(asked.answer_by) > now:
        return 0
    meant = "accepted" if asking.silence == "accepted" else "declined"
    taken = 0
    for place in [place for place in asked.places if place.answer in {"", "unsure"}]:
        try:
            take_answer(
                db,
                actor=SILENCE,
                workshop_id=place.workshop_id,
                person_id=asked.person_id,
                part=place.part,  # type: ignore[arg-type]
                answer=meant,  # type: ignore[arg-type]
                via="silence",
                now=now,
            )
            taken += 1
        except Conflict:
            pass  # the plan goes without it, or it is over: nothing is waited for any more
    asked.answer_by = asked.due_at = None
    db.flush()
    return taken
