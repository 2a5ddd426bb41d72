"""Writing the invitations that a publication makes due, in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import clock
from app.access import system
from app.calendars import queries, writing
from app.calendars.due import Message, Waiting, due_after, waiting
from app.calendars.facts import InvitationsQueued
from app.calendars.invitations import Post, due_in_hand
from app.calendars.letters import services
from app.db import unit_of_work
from app.errors import NotFound
from app.facts import record
from app.jobs import services as jobs
from app.jobs.queue import wake
from app.jobs.worker import HandBack, JobFailed, Work
from config import Settings

log = logging.getLogger(__name__)

AT_ONCE = 50
"""How many letters one transaction puts into the outbox, or those of one session."""


def send_invitations(work: Work, *, now: Callable[[], datetime] = clock.now, at_once: int = AT_ONCE) -> None:
    """Put into the outbox what people have to hear of a version; the subject is the version.

    With the parameter `session_id` of one session alone. What was changed a moment ago is left for later
    (`queue_waiting` comes back to it). Killed half-way, the next attempt finds what is still due and does
    that alone. A letter that cannot be written keeps none of the others back; it is tried again with the
    next version.

    Raises HandBack, JobFailed("letters_not_written").
    """
    only = [work.parameters["session_id"]] if "session_id" in work.parameters else None
    with unit_of_work() as db:
        due = due_after(db, version_id=work.subject_id, now=now(), session_ids=only)
        ripe, look_at = _ripe(db, work.subject_id, due, now())
        services.look_again(db, version_id=work.subject_id, at=look_at, all_of_it=only is None)
    total = sum(len(each.messages) for each in ripe)
    queued, failed = {"REQUEST": 0, "CANCEL": 0}, 0
    for session_ids in _in_portions(ripe, at_once):
        with unit_of_work() as db:
            messages = due_in_hand(db, version_id=work.subject_id, session_ids=session_ids, now=now())
            post = Post(db, messages)
            for message in messages:
                written = _is_written(db, post, message, now())
                failed += written is None
                queued[message.method] += bool(written)
        if not work.report({"queued": sum(queued.values()), "total": total}):
            raise HandBack
    with unit_of_work() as db:
        record(
            db,
            actor=system("publication"),
            fact=InvitationsQueued(work.subject_id, queued["REQUEST"], queued["CANCEL"]),
            now=now(),
        )
    if failed:
        raise JobFailed("letters_not_written")


def queue_waiting(now: datetime) -> int:
    """Have the letters written that have waited long enough; a chore. Returns for how many rounds."""
    with unit_of_work() as db:
        versions = queries.versions_to_look_at(db, now=now)
        for version_id in versions:
            jobs.enqueue(
                db,
                actor=system("publication"),
                kind=queries.INVITATIONS,
                subject_id=version_id,
                now=now,
                wake=wake,
            )
    return len(versions)


def _ripe(
    db: Session, version_id: int, due: list[Message], now: datetime
) -> tuple[list[Waiting], datetime | None]:
    """What of it goes now, and when the next of the rest does."""
    settings: Settings = current_app.extensions["baraza.settings"]
    found = waiting(
        due,
        queries.letting_of(db, version_id=version_id),
        wait=timedelta(minutes=settings.letters_wait_minutes),
        today=now.date(),
    )
    ripe = [each for each in found if each.goes_at is not None and each.goes_at <= now]
    later = [each.goes_at for each in found if each.goes_at is not None and each.goes_at > now]
    return ripe, min(later, default=None)


def _in_portions(ripe: Sequence[Waiting], at_once: int) -> Iterator[list[int]]:
    """The sessions, as many at a time as make up what one transaction writes."""
    portion: list[int] = []
    letters = 0
    for each in ripe:
        portion.append(each.session_id)
        letters += len(each.messages)
        if letters >= at_once:
            yield portion
            portion, letters = [], 0
    if portion:
        yield portion


def _is_written(db: Session, post: Post, message: Message, now: datetime) -> bool | None:
    """Write one letter, or nothing of it: `None` when it cannot be written. Raises OperationalError."""
    try:
        with db.begin_nested():
            return post.write(message, now=now)
    except OperationalError:  # then there is no writing at all
        raise
    except Exception:
        log.exception(
            "invitation not written", extra={"session": message.session_id, "person": message.person_id}
        )
        return None


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
