"""Reminding organisations that have not answered; they stop by themselves when the answer is there."""

from __future__ import annotations

from datetime import datetime

from app.db import database, unit_of_work
from app.nominations import letters, services
from app.nominations.reactions import SYSTEM


def remind(now: datetime) -> int:
    """Write to those in charge of organisations that are due a reminder; returns how many letters."""
    if not services.to_be_reminded(database.session(), now=now):
        return 0
    with unit_of_work() as db:
        due = services.to_be_reminded(db, now=now)
        for call, organisations in due:
            services.count_reminders(
                db, actor=SYSTEM, call=call, organisation_ids=[each.id for each in organisations], now=now
            )
        return letters.write_names_wanted(db, wanted=due, is_reminder=True, now=now)
