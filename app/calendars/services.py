"""Opening, renewing and writing feeds."""

from __future__ import annotations

import gzip
import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.calendars import composing, queries
from app.calendars.facts import (
    FeedClosed,
    FeedOpened,
    FeedRenewed,
    InvitationsAskedForAgain,
    LettersHeld,
    LettersLetGo,
)
from app.calendars.models import Feed, Rendering, RoundLetters
from app.db import insert_or_not
from app.errors import NotFound
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.schedule.models import Version


def feed_of_person(db: Session, *, account: Account, now: datetime) -> Feed:
    """The account's own sessions as a feed, opened at first need. Raises NotFound without a person."""
    if account.person_id is None:
        raise NotFound
    return _feed(db, account=account, kind="person", key=str(account.person_id), now=now)


def open_feed(db: Session, *, actor: Actor, kind: str, key: str, now: datetime) -> Feed:
    """An address for what has been published about an organisation, region, topic, group or workshop.

    The one that the account has already is returned as it is. Raises Forbidden, NotFound.
    """
    require(actor.is_signed_in)
    if not queries.exists(db, kind=kind, key=key):
        raise NotFound
    return _feed(db, account=db.get_one(Account, actor.account_id), kind=kind, key=key, now=now)


def renew_feed(db: Session, *, actor: Actor, feed: Feed, now: datetime) -> Feed:
    """Give a feed a new address; who had the old one reads nothing any more. Raises Forbidden."""
    require(feed.account_id == actor.account_id)
    feed.nonce, feed.etag = secrets.token_hex(16), ""
    db.flush()
    record(db, actor=actor, fact=FeedRenewed(feed.id), now=now)
    return feed


def close_feed(db: Session, *, actor: Actor, feed: Feed, now: datetime) -> None:
    """Give up a feed and its address. Raises Forbidden."""
    require(feed.account_id == actor.account_id)
    feed_id = feed.id
    db.delete(feed)
    db.flush()
    record(db, actor=actor, fact=FeedClosed(feed_id), now=now)


def write_invitations_again(
    db: Session, *, actor: Actor, version: Version, now: datetime, wake: jobs.Wake
) -> Job:
    """Have a worker write those letters of a version that could not be written. Raises Forbidden."""
    require(actor.is_coordinator)
    _letting(db, version.round_id).look_at = now  # where a job is at work already, the next tick looks again
    job = jobs.enqueue(db, actor=actor, kind=queries.INVITATIONS, subject_id=version.id, now=now, wake=wake)
    record(db, actor=actor, fact=InvitationsAskedForAgain(version.id), now=now)
    return job


def look_again(db: Session, *, version_id: int, at: datetime | None, all_of_it: bool) -> None:
    """Note when the next letters of a version's round have waited long enough; `None`: none is waiting.

    Where only a part was looked at (not `all_of_it`) an earlier moment that is noted already stays.
    """
    letting = _letting(db, db.get_one(Version, version_id).round_id)
    if not all_of_it and letting.look_at is not None:
        at = min(at, letting.look_at) if at is not None else letting.look_at
    letting.look_at = at
    db.flush()


def hold_letters(db: Session, *, actor: Actor, version: Version, now: datetime) -> None:
    """Keep the letters of a version's round from being written until they are let go. Raises Forbidden."""
    require(actor.is_coordinator)
    letting = _letting(db, version.round_id)
    if letting.held_at is not None:
        return
    letting.held_at, letting.held_by = now, actor.name
    db.flush()
    record(db, actor=actor, fact=LettersHeld(version.id), now=now)


def let_letters_go(db: Session, *, actor: Actor, version: Version, now: datetime, wake: jobs.Wake) -> Job:
    """Have what waits written at once, held or not; what changes later waits again. Raises Forbidden."""
    require(actor.is_coordinator)
    letting = _letting(db, version.round_id)
    letting.held_at, letting.held_by, letting.let_go_at, letting.look_at = None, "", now, now
    job = jobs.enqueue(db, actor=actor, kind=queries.INVITATIONS, subject_id=version.id, now=now, wake=wake)
    record(db, actor=actor, fact=LettersLetGo(version.id), now=now)
    return job


def _letting(db: Session, round_id: int) -> RoundLetters:
    insert_or_not(db, RoundLetters, ["round_id"], round_id=round_id, held_by="")
    return db.get_one(RoundLetters, round_id, with_for_update=True, populate_existing=True)


def write_feed(db: Session, *, feed: Feed, address: str, public_url: str, now: datetime) -> None:
    """Write a feed anew and keep the bytes.

    `feed` comes from `queries.feed_to_write`. Its entity tag and time of change move only when the bytes
    are others than before; the time always forward, by a second at least, for it counts no less.
    """
    account = feed.account
    shown = queries.shown_in(db, feed=feed, now=now)
    title = queries.subject_titles(db, [feed]).get((feed.kind, feed.key), "")
    entries = [
        composing.entry_of(one, language=account.language, zone=account.timezone, public_url=public_url)
        for one in shown
    ]
    name = composing.feed_name(feed.kind, title, person=account.name, language=account.language)
    body = composing.feed_of_entries(
        entries, name=name, description="", address=address, page=f"{public_url}/calendars"
    )
    etag = hashlib.sha256(body).hexdigest()[:32]
    rendering = feed.rendering
    if rendering is None:
        feed.rendering = Rendering(body=body, gzipped=gzip.compress(body, mtime=0))
        feed.modified_at = now
    elif rendering.body != body:
        rendering.body, rendering.gzipped = body, gzip.compress(body, mtime=0)
        feed.modified_at = max(now, feed.modified_at + timedelta(seconds=1))
    feed.etag = etag
    feed.fresh_until = min((one.leaves_at for one in shown if one.leaves_at), default=None)
    db.flush()


def _feed(db: Session, *, account: Account, kind: str, key: str, now: datetime) -> Feed:
    # locked, so that two clicks at once open one feed
    db.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    feed = db.scalars(
        select(Feed).where(Feed.account_id == account.id, Feed.kind == kind, Feed.key == key)
    ).first()
    if feed is None:
        feed = Feed(
            account_id=account.id,
            kind=kind,
            key=key,
            nonce=secrets.token_hex(16),
            created_at=now,
            modified_at=now,
        )
        db.add(feed)
        db.flush()
        record(db, actor=actor_of(db, account), fact=FeedOpened(feed.id, kind), now=now)
    return feed
