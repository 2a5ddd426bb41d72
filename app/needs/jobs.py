"""What a worker does about needs calls every minute: close those that are over, write what is due."""

from __future__ import annotations

import logging
from datetime import datetime

from flask import current_app

from app.access import system
from app.db import database, unit_of_work
from app.needs import letters, services
from app.needs.models import NeedsAnswer
from app.needs.queries.answers import answers_to_write_about
from app.needs.queries.calls import calls_over, recipients_of

log = logging.getLogger(__name__)

AT_A_TIME = 100
"""Letters about so many answers in one minute; the next minute goes on."""


def look_after_calls(now: datetime) -> None:
    """Close the calls whose day is over; write the invitations and reminders that are due."""
    actor = system("needs calls")
    with unit_of_work() as db:
        for call in calls_over(db, now=now):
            services.close_call(db, actor=actor, call=call, now=now)
    db = database.session()
    due = answers_to_write_about(db, now=now)
    reached = recipients_of(db, due)
    ids = [answer.id for answer in due if reached.get(answer.id)][:AT_A_TIME]
    public_url = current_app.extensions["baraza.settings"].public_url
    for answer_id in ids:
        try:
            with unit_of_work() as db:
                answer = db.get_one(NeedsAnswer, answer_id)
                letters.write_due(db, answer=answer, public_url=public_url, now=now, actor=actor)
        except Exception:
            log.exception("letters about answer %s were not written", answer_id)
