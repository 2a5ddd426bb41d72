"""What calendars do when something happens elsewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.access import system
from app.accounts.models import Account
from app.calendars import services
from app.calendars.models import Feed
from app.calendars.queries import INVITATIONS, WRITE_FEEDS
from app.facts import AuditEntry
from app.jobs import services as jobs
from app.jobs.queue import wake
from app.schedule.models import WorkshopSession


def refresh_feeds_touched(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Mark every feed stale, in one statement however many there are.

    A worker writes them anew, those first that programs read; whoever asks sooner has theirs written at
    once. A feed whose bytes come out the same keeps its entity tag, so clients that were not touched are
    still answered 304.
    """
    db.execute(update(Feed).where(Feed.etag != "").values(etag=""))
    jobs.enqueue(db, actor=system("publication"), kind=WRITE_FEEDS, subject_id=0, now=now, wake=wake)


def queue_invitations(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Have a worker write the invitations that the new version makes due."""
    jobs.enqueue(
        db,
        actor=system("publication"),
        kind=INVITATIONS,
        subject_id=entry.subject_id,
        now=now,
        wake=wake,
    )


def queue_invitations_of_session(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Somebody left a session or came into it, or it is joined elsewhere: who is in it hears of it."""
    session = db.get_one(WorkshopSession, entry.subject_id)
    jobs.enqueue_another(
        db,
        actor=system("seats"),
        kind=INVITATIONS,
        subject_id=session.version_id,
        now=now,
        wake=wake,
        parameters={"session_id": session.id},
    )


def open_own_feed(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Somebody got an account: their own sessions have an address from the start."""
    account = db.get(Account, entry.subject_id)
    if account is not None and account.person_id is not None:
        services.feed_of_person(db, account=account, now=now)


def refresh_feeds_of_account(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Somebody reads in another language or zone now: so do their calendars."""
    db.execute(update(Feed).where(Feed.account_id == entry.subject_id).values(etag=""))
