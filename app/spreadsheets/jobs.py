"""What a worker does about uploads, every minute."""

from __future__ import annotations

from datetime import datetime

from app.db import unit_of_work
from app.spreadsheets import services


def discard_expired(now: datetime) -> None:
    """Drop the uploads whose time is over."""
    with unit_of_work() as db:
        services.discard_expired(db, now=now)
