"""In the background: the invitations that a publication makes due, and the feeds that it leaves stale."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import clock
from app.access import system
from app.calendars import invitations, queries, writing
from app.calendars.facts import InvitationsQueued
from app.calendars.invitations import Message
from app.db import unit_of_work
from app.errors import NotFound
from app.facts import record
from app.jobs.worker import HandBack, JobFailed, Work

log = logging.getLogger(__name__)

AT_ONCE = 25
"""How many letters one transaction puts into the outbox."""


def send_invitations(work: Work) -> None:
    """Put into the outbox what people have to hear of a version; the subject is the version.

    Killed half-way, the next attempt finds what is still due and does that alone. A letter that cannot
    be written keeps none of the others back; it is tried again with the next version.

    Raises HandBack, JobFailed("letters_not_written").
    """
    with unit_of_work() as db:
        due = invitations.due_after(db, version_id=work.subject_id, now=clock.now())
    queued, failed = {"REQUEST": 0, "CANCEL": 0}, 0
    for first in range(0, len(due), AT_ONCE):
        with unit_of_work() as db:
            for message in due[first : first + AT_ONCE]:
                if _is_written(db, message):
                    queued[message.method] += 1
                else:
                    failed += 1
        if not work.report({"queued": sum(queued.values()), "total": len(due)}):
            raise HandBack
    with unit_of_work() as db:
        record(
            db,
            actor=system("publication"),
            fact=InvitationsQueued(work.subject_id, queued["REQUEST"], queued["CANCEL"]),
            now=clock.now(),
        )
    if failed:
        raise JobFailed("letters_not_written")


def _is_written(db: Session, message: Message) -> bool:
    """Write one letter, or nothing of it. Raises OperationalError: then there is no writing at all."""
    try:
        with db.begin_nested():
            invitations.queue_message(db, message=message, now=clock.now())
    except OperationalError:
        raise
    except Exception:
        log.exception(
            "invitation not written", extra={"session": message.session_id, "person": message.person_id}
        )
        return False
    return True


def write_stale_feeds(work: Work) -> None:
    """Job: write the feeds that a publication left stale, ahead of the programs that will ask for them.

    Those that were read of late; each in a transaction of its own, so that nobody waits for it long.
    Raises HandBack.
    """
    written = last_id = 0
    while feed_ids := _stale_after(last_id):
        for feed_id in feed_ids:
            with unit_of_work() as db, suppress(NotFound):  # closed meanwhile
                writing.write_if_stale(db, feed_id=feed_id, now=clock.now())
            written, last_id = written + 1, feed_id
        if not work.report({"written": written}):
            raise HandBack


def _stale_after(feed_id: int) -> Sequence[int]:
    with unit_of_work() as db:
        return queries.stale_feeds(db, after=feed_id, now=clock.now())
