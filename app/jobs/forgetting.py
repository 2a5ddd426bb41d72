"""What a worker drops every minute because its time is over."""

from __future__ import annotations

from datetime import datetime

from app import once
from app.db import unit_of_work


def forget_sent_forms(now: datetime) -> None:
    """Drop the keys of forms that nobody has open any more."""
    with unit_of_work() as db:
        once.forget_old(db, now=now)
