"""What a worker does about asks, every minute: the letters that are due."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from app.availability.letters import write_ask
from app.availability.models import AvailabilityAsked
from app.db import unit_of_work

log = logging.getLogger(__name__)

AT_ONCE = 25
"""How many letters one transaction puts into the outbox."""

AT_MOST = 500
"""How many letters one minute writes: the rest is due in the next."""


def write_due_letters(now: datetime) -> None:
    """Ask those who are to be asked, and remind those who have not answered.

    Killed half-way, the next minute goes on: each letter is written once, in the transaction that says so.
    One that cannot be written keeps none of the others back.
    """
    for _ in range(AT_MOST // AT_ONCE):
        with unit_of_work() as db:
            due = db.scalars(
                select(AvailabilityAsked)
                .where(AvailabilityAsked.due_at <= now)
                .options(joinedload(AvailabilityAsked.ask), joinedload(AvailabilityAsked.person))
                .order_by(AvailabilityAsked.due_at, AvailabilityAsked.id)
                .limit(AT_ONCE)
                .with_for_update(of=AvailabilityAsked, skip_locked=True)
            ).all()
            for asked in due:
                try:
                    with db.begin_nested():
                        write_ask(db, asked=asked, now=now)
                except OperationalError:
                    raise
                except Exception:
                    log.exception("availability letter not written", extra={"asked": asked.id})
                    asked.due_at = None
        if len(due) < AT_ONCE:
            return
