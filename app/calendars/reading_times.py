"""When feeds were last read: told to their owners, and never waited for by who reads.

A program asks every few minutes or hours; that it did is worth one row a feed and hour at most. Each process
gathers what it has seen and writes it together, once a minute at most and only after an answer has been sent:
at once where little is asked for. What a process gathered in its last minute is lost with it.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask
from sqlalchemy import bindparam, update
from sqlalchemy.exc import SQLAlchemyError

from app.calendars.models import Feed
from app.db import unit_of_work

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
BETWEEN_WRITES_SECONDS = 60.0


class ReadingTimes:
    """What one process has seen and not yet written: feed id -> when it was last read."""

    def __init__(self, app: Flask) -> None:
        self._app, self._lock = app, Lock()
        self._seen: dict[int, datetime] = {}
        self._not_before = 0.0

    def note(self, feed_id: int, read_at: datetime | None, now: datetime) -> None:
        """A feed is being read, which is known to have been read at `read_at`."""
        if read_at is None or now - read_at >= AGAIN_AFTER:
            with self._lock:
                self._seen[feed_id] = now

    def is_due(self) -> bool:
        return bool(self._seen) and time.monotonic() >= self._not_before

    def write(self) -> None:
        """Write what has been seen, unless somebody else just does. Raises nothing: it is not worth that."""
        with self._lock:
            if not self.is_due():
                return
            self._not_before = time.monotonic() + BETWEEN_WRITES_SECONDS
            seen, self._seen = self._seen, {}
        rows = [{"feed_id": feed_id, "at": at} for feed_id, at in sorted(seen.items())]
        statement = update(Feed).where(Feed.id == bindparam("feed_id")).values(read_at=bindparam("at"))
        try:
            with self._app.app_context(), unit_of_work() as db:
                db.connection().execute(statement, rows)
        except SQLAlchemyError as error:
            log.warning("reading times not written: %s", type(error).__name__)
