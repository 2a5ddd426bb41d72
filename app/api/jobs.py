"""What a worker does for the API every minute."""

from __future__ import annotations

from datetime import datetime

from app.api import answers
from app.db import unit_of_work


def forget_old_answers(now: datetime) -> None:
    """The chore: drop answers that nobody asks for again."""
    with unit_of_work() as db:
        answers.forget_old(db, now=now)
