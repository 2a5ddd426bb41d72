"""Opening, choosing for, renewing and closing feeds."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.calendars import queries
from app.calendars.facts import (
    FeedChanged,
    FeedClosed,
    FeedOpened,
    FeedRenewed,
    InvitationsAskedForAgain,
    ToldHowToJoin,
)
from app.calendars.models import Feed
from app.calendars.subjects import Subject, may_follow
from app.errors import Conflict, Invalid, NotFound
from app.facts import record
from app.jobs import services as jobs
from app.jobs.models import Job
from app.schedule.models import Version, WorkshopSession

_WEB_ADDRESS = re.compile(r"https?://[!-~]{1,490}")

MOST_FEEDS = 60
"""So many an account may have: each is written anew after a publication."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chooses for one feed; shapes as in `models.Feed`."""

    label: str = ""
    language: str = ""
    detail: str = "full"
    alarm_minutes: int | None = None
    timed_days: bool = False
    with_travel: bool = False


AS_USUAL = Choices()


def feed_of_person(db: Session, *, account: Account, now: datetime) -> Feed:
    """The account's own sessions as a feed, opened at first need. Raises NotFound without a person."""
    if account.person_id is None:
        raise NotFound
    _lock(db, account.id)
    subject = Subject("person", str(account.person_id))
    actor = actor_of(db, account)
    return queries.feed_about(db, actor=actor, kind=subject.kind, key=subject.key) or _open(
        db, actor=actor, subject=subject, choices=AS_USUAL, now=now
    )


def follow(db: Session, *, actor: Actor, kind: str, key: str, now: datetime) -> Feed:
    """A feed about oneself or what has been published: the first there is, else one as usual.

    Raises Forbidden, NotFound, Conflict("too_many_feeds").
    """
    subject = _subject(db, actor, kind, key)
    return queries.feed_about(db, actor=actor, kind=kind, key=key) or _open(
        db, actor=actor, subject=subject, choices=AS_USUAL, now=now
    )


def open_feed(
    db: Session, *, actor: Actor, kind: str, key: str, choices: Choices = AS_USUAL, now: datetime
) -> Feed:
    """One more address for what one may follow, with choices of its own.

    Raises Forbidden, NotFound, Conflict("too_many_feeds").
    """
    subject = _subject(db, actor, kind, key)
    return _open(db, actor=actor, subject=subject, choices=choices, now=now)


def change_feed(db: Session, *, actor: Actor, feed: Feed, choices: Choices, now: datetime) -> Feed:
    """Choose anew for a feed; its address stays. Raises Forbidden."""
    require(feed.account_id is not None and feed.account_id == actor.account_id)
    before = _chosen(feed)
    if before == asdict(choices):
        return feed
    for name, value in asdict(choices).items():
        setattr(feed, name, value)
    feed.etag = ""
    db.flush()
    record(db, actor=actor, fact=FeedChanged(feed.id), now=now, before=before, after=_chosen(feed))
    return feed


def may_tell_how_to_join(actor: Actor, session: WorkshopSession) -> bool:
    """The team of a session, and who asked for it."""
    in_team = actor.person_id is not None and actor.person_id in {place.person_id for place in session.team}
    return in_team or actor.acts_for(session.workshop.requested_by_id)


def tell_how_to_join(
    db: Session, *, actor: Actor, session: WorkshopSession, address: str, now: datetime
) -> WorkshopSession:
    """Say where a session online takes place; nothing takes the address away. Its team and seats see it.

    To them it is what a place is in person: SEQUENCE rises where it is another (RFC 5546, 2.1.4), and
    they are written to.

    Raises Forbidden, Conflict("not_online"), Invalid("join_url", "not_an_address").
    """
    require(may_tell_how_to_join(actor, session))
    db.refresh(session, ["sequence", "state", "join_url"], with_for_update=True)
    if not session.is_online or session.is_cancelled:
        raise Conflict("not_online")
    if address and not _WEB_ADDRESS.fullmatch(address):
        raise Invalid("join_url", "not_an_address")
    if address == session.join_url:
        return session
    session.join_url = address
    session.sequence += 1
    session.told_since, session.changed_at = session.sequence, now
    db.flush()
    record(db, actor=actor, fact=ToldHowToJoin(session.id), now=now)
    return session


def open_public_feed(db: Session, *, language: str, now: datetime) -> Feed:
    """The feed of what is public in one language, kept once somebody asks for it: nobody's, open to all."""
    feed = Feed(kind="public", key="", language=language, nonce="", created_at=now, modified_at=now)
    db.add(feed)
    db.flush()
    return feed


def renew_feed(db: Session, *, actor: Actor, feed: Feed, now: datetime) -> Feed:
    """Give a feed a new address; who had the old one reads nothing any more. Raises Forbidden."""
    require(feed.account_id is not None and feed.account_id == actor.account_id)
    feed.nonce, feed.etag = secrets.token_hex(16), ""
    db.flush()
    record(db, actor=actor, fact=FeedRenewed(feed.id), now=now)
    return feed


def close_feed(db: Session, *, actor: Actor, feed: Feed, now: datetime) -> None:
    """Give up a feed and its address. Raises Forbidden."""
    require(feed.account_id is not None and feed.account_id == actor.account_id)
    feed_id = feed.id
    db.delete(feed)
    db.flush()
    record(db, actor=actor, fact=FeedClosed(feed_id), now=now)


def write_invitations_again(
    db: Session, *, actor: Actor, version: Version, now: datetime, wake: jobs.Wake
) -> Job:
    """Have a worker write those letters of a version that could not be written. Raises Forbidden."""
    require(actor.is_coordinator)
    # Another one: a job that is there already may be about one session alone, or have looked before.
    job = jobs.enqueue_another(
        db, actor=actor, kind=queries.INVITATIONS, subject_id=version.id, now=now, wake=wake
    )
    record(db, actor=actor, fact=InvitationsAskedForAgain(version.id), now=now)
    return job


def _subject(db: Session, actor: Actor, kind: str, key: str) -> Subject:
    require(actor.is_signed_in)
    subject = Subject(kind, key)
    if not may_follow(db, actor=actor, subject=subject):
        raise NotFound
    _lock(db, actor.account_id)
    return subject


def _lock(db: Session, account_id: int | None) -> None:
    """So that two clicks at once open one feed."""
    db.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def _open(db: Session, *, actor: Actor, subject: Subject, choices: Choices, now: datetime) -> Feed:
    if len(queries.feeds_of(db, actor=actor)) >= MOST_FEEDS:
        raise Conflict("too_many_feeds")
    feed = Feed(
        account_id=actor.account_id,
        kind=subject.kind,
        key=subject.key,
        nonce=secrets.token_hex(16),
        created_at=now,
        modified_at=now,
        **asdict(choices),
    )
    db.add(feed)
    db.flush()
    record(db, actor=actor, fact=FeedOpened(feed.id, subject.kind), now=now, after=_chosen(feed))
    return feed


def _chosen(feed: Feed) -> dict[str, Any]:
    return {field.name: getattr(feed, field.name) for field in fields(Choices)}
