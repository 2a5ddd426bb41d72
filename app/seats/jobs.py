"""Handing seats on: offers that nobody answered end, and what is free is offered to the next."""

from __future__ import annotations

import logging
from datetime import datetime

from app.db import database, unit_of_work
from app.seats import queries, services

log = logging.getLogger(__name__)


def hand_on(now: datetime) -> int:
    """End what was not answered in time and offer what is free; returns how many offers were made.

    A seat becomes free with a reaction that offers it at once. This finds those for which nobody was
    left then, and somebody is now. One session that fails keeps none of the others back.
    """
    for session_id, person_id in [
        (line.session_id, line.person_id) for line in queries.offers_over(database.session(), now=now)
    ]:
        with unit_of_work() as db:
            line = queries.line_of(db, session_id=session_id, person_id=person_id)
            services.lapse(db, line=line, now=now)
    made = 0
    for session_id in queries.with_free_seats(database.session(), today=now.date()):
        try:
            with unit_of_work() as db:
                made += len(services.offer_next(db, session_id=session_id, now=now))
        except Exception:
            log.exception("the seats of a session were not handed on", extra={"session": session_id})
    return made
