"""Keeping own calendars fresh: a chore finds those that are due, a job reads each."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy.orm import Session

from app import clock
from app.access import system
from app.db import unit_of_work
from app.jobs.queue import wake
from app.jobs.services import enqueue
from app.jobs.worker import HandBack, Work
from app.mail.rendering import render
from app.mail.services import queue_letter
from app.own_calendars import queries, services
from app.own_calendars.models import OwnCalendar
from app.own_calendars.reading import Interrupted, NotRead, Order, Outcome, read_calendar
from app.own_calendars.sealing import Seal
from app.own_calendars.words import why_not
from config import Settings

KIND = "read_calendar"
AT_ONCE = 50
"""So many readings one tick queues; the others wait for the next."""


def settings() -> Settings:
    found: Settings = current_app.extensions["baraza.settings"]
    return found


def seal() -> Seal:
    """The seal of this installation."""
    return Seal([current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]])


def own_host() -> str:
    return urlsplit(settings().public_url).hostname or ""


def agent() -> str:
    """How we call ourselves to the servers of calendars."""
    return f"Baraza (+{settings().public_url})"


def queue_due(now: datetime) -> int:
    """The chore: queue a job for every calendar that is due; returns how many."""
    with unit_of_work() as db:
        due = queries.due(db, now=now, limit=AT_ONCE)
        for calendar_id in due:
            queue_reading(db, calendar_id=calendar_id, now=now)
    return len(due)


def queue_reading(db: Session, *, calendar_id: int, now: datetime) -> None:
    """Have a worker read a calendar soon."""
    enqueue(db, actor=system("calendars"), kind=KIND, subject_id=calendar_id, now=now, wake=wake)


def read_due_calendar(work: Work) -> None:
    """The job: read the calendar that is the subject, if it is due. Raises HandBack."""
    begun = _begin(work.subject_id, clock.now())
    if begun is None:
        return
    order, revision = begun
    outcome: Outcome
    if order.address is None:
        outcome = NotRead("address_lost")
    else:
        try:
            outcome = read_calendar(order, go_on=lambda: work.report({}))
        except Interrupted:
            raise HandBack from None
    with unit_of_work() as db:
        now = clock.now()
        unreadable = services.settle(
            db, calendar_id=work.subject_id, revision=revision, outcome=outcome, now=now
        )
        if unreadable is not None:
            write_unreadable(db, calendar=unreadable, now=now)
        row = db.get(OwnCalendar, work.subject_id)
        if row is not None and row.due_at is not None and row.due_at <= now:
            queue_reading(db, calendar_id=row.id, now=now)  # another rule was chosen while we read


def _begin(calendar_id: int, now: datetime) -> tuple[Order, int] | None:
    with unit_of_work() as db:
        calendar = db.get(OwnCalendar, calendar_id, with_for_update=True)
        if calendar is None or calendar.due_at is None or calendar.due_at > now:
            return None
        services.hold(db, calendar=calendar, now=now)
        whole = calendar.read_whole_at is None or now - calendar.read_whole_at >= services.WHOLE_EVERY
        order = queries.order_for(
            db,
            person=calendar.person,
            rule=calendar.rule,
            hours=calendar.hours,
            today=now.date(),
            agent=agent(),
            own_host=own_host(),
            loopback=settings().calendars_from_loopback,
        )
        order = replace(
            order,
            address=queries.address_of(calendar, seal=seal()),
            etag="" if whole else calendar.etag,
            last_modified="" if whole else calendar.last_modified,
        )
        revision = calendar.revision
    return order, revision


def write_unreadable(db: Session, *, calendar: OwnCalendar, now: datetime) -> None:
    """Tell somebody once that a calendar of theirs cannot be read any more."""
    account = queries.account_of(db, person_id=calendar.person_id)
    if account is None or calendar.failing_since is None:
        return
    words = render(
        "calendar_not_readable",
        language=account.language,
        name=account.name,
        label=calendar.label,
        why=lambda: why_not(calendar.problem),
        read_at=calendar.read_at,
        zone=account.timezone,
        calendars_url=f"{settings().public_url}/availability/calendars",
    )
    queue_letter(
        db,
        key=f"own-calendar/{calendar.id}/{calendar.failing_since.isoformat()}",
        kind="own_calendar",
        to_name=account.name,
        to_address=account.email,
        language=account.language,
        now=now,
        **asdict(words),
    )
