"""Which sessions a feed shows, how much of each, and which of them have been withdrawn from its reader."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.access import Actor
from app.accounts.models import Account
from app.calendars.models import DETAILS, FEED_KINDS, Feed, Rendering, RoundLetters
from app.calendars.subjects import Subject, belongs_to, sessions_with
from app.errors import NotFound
from app.jobs.models import Job
from app.network.models import Venue
from app.schedule.models import FormerPlace, Version, WorkshopSession
from app.workshops.models import Workshop

INVITATIONS = "send_invitations"
"""The kind of the jobs that write them; the subject is a version."""

READ_OF_LATE = timedelta(days=30)
"""A feed that nobody has read for longer waits until somebody does."""

WRITE_FEEDS = "write_feeds"
"""The kind of the job that writes all feeds that are stale; its subject is 0."""

TOMBSTONES_STAY = timedelta(days=60)
"""How long a withdrawn session stays in feeds as cancelled: longer than the slowest client waits."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as a feed shows it: as it is, or withdrawn at `sequence` on `changed_at`.

    `detail` is one of `models.DETAILS`; `is_mine` tells what the reader teaches in or has a seat in.
    """

    session: WorkshopSession
    is_cancelled: bool
    sequence: int
    changed_at: datetime
    detail: str = "full"
    is_mine: bool = False

    @property
    def leaves_at(self) -> datetime | None:
        """When a withdrawn session is left out."""
        return self.changed_at + TOMBSTONES_STAY if self.is_cancelled else None


def shown_in(db: Session, *, feed: Feed, reader: Actor, now: datetime) -> list[Shown]:
    """Everything a feed shows, withdrawn sessions among it until they have been seen."""
    sessions = db.scalars(
        select(WorkshopSession)
        .join(Workshop, WorkshopSession.workshop_id == Workshop.id)
        .where(belongs_to(db, Subject(feed.kind, feed.key)))
        .options(*with_all_an_entry_shows())
    )
    shown = [Shown(s, s.is_cancelled, s.sequence, s.changed_at) for s in sessions.unique()]
    if feed.kind == "person":
        shown += [
            Shown(place.session, True, place.sequence, place.left_at)
            for place in db.scalars(
                select(FormerPlace)
                .where(FormerPlace.person_id == int(feed.key))
                .options(
                    *(joinedload(FormerPlace.session).options(option) for option in with_all_an_entry_shows())
                )
            ).unique()
        ]
    mine = sessions_with(db, reader.person_id)
    return [
        replace(
            one, detail=detail_for(feed.detail, one.session, reader, mine), is_mine=one.session.id in mine
        )
        for one in shown
        if one.leaves_at is None or one.leaves_at > now
    ]


def detail_for(wanted: str, session: WorkshopSession, reader: Actor, mine: Collection[int]) -> str:
    """How much a reader may see of a session where they want to see so much: one of `models.DETAILS`.

    Of a sensitive workshop only who is in it, or acts for who asked for it, sees title and place; of any
    workshop that is not public, who is not signed in sees neither.
    """
    workshop = session.workshop
    known = workshop.visibility == "public" or (workshop.visibility == "network" and reader.is_signed_in)
    if known or session.id in mine or reader.acts_for(workshop.requested_by_id):
        return wanted
    return max(wanted, "discreet", key=DETAILS.index)


def with_all_an_entry_shows() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(WorkshopSession.workshop).joinedload(Workshop.topic),
        joinedload(WorkshopSession.workshop).joinedload(Workshop.requested_by),
        joinedload(WorkshopSession.venue).joinedload(Venue.place),
    )


class FeedHead(NamedTuple):
    """What decides the answer to a calendar program, without the bytes."""

    id: int
    nonce: str
    etag: str
    modified_at: datetime
    fresh_until: datetime | None
    read_at: datetime | None
    is_public: bool


_HEAD = (
    select(
        Feed.id,
        Feed.nonce,
        Feed.etag,
        Feed.modified_at,
        Feed.fresh_until,
        Feed.read_at,
        Feed.account_id.is_(None).label("is_public"),
    )
    .outerjoin(Feed.account)
    .where(or_(Account.is_active, Feed.account_id.is_(None)))
)
HEAD_BY_ID = _HEAD.where(Feed.id == bindparam("feed_id"))
HEAD_OF_PUBLIC = (
    _HEAD.where(Feed.kind == "public", Feed.account_id.is_(None), Feed.language == bindparam("language"))
    .order_by(Feed.id)
    .limit(1)
)


def feed_head(db: Session, feed_id: int) -> FeedHead | None:
    """One feed's head in one small query: it is asked for far more often than anything else.

    `None` also for the feed of an account that is closed: its addresses let nobody in either.
    """
    row = db.execute(HEAD_BY_ID, {"feed_id": feed_id}).first()
    return None if row is None else FeedHead(*row)


def public_head(db: Session, language: str) -> FeedHead | None:
    """The head of the public feed in a language; `None` before anybody has asked for it."""
    row = db.execute(HEAD_OF_PUBLIC, {"language": language}).first()
    return None if row is None else FeedHead(*row)


def feed_to_write(db: Session, feed_id: int) -> Feed:
    """A feed with what writing it needs, for this transaction alone. Raises NotFound.

    Locked before anything is read for it: a publication that happens meanwhile marks the feed stale
    after us, so that what we have read does not pass for news; and of several who ask at once one writes.
    """
    locked = db.scalar(select(Feed.id).where(Feed.id == feed_id).with_for_update())
    if locked is None:
        raise NotFound
    with_all = [joinedload(Feed.account), joinedload(Feed.rendering)]
    return db.get_one(Feed, feed_id, options=with_all, populate_existing=True)


def stale_feeds(db: Session, *, after: int, now: datetime, limit: int = 50) -> Sequence[int]:
    """The ids of feeds that are to be written anew and that somebody has read of late, in order of id."""
    return db.scalars(
        select(Feed.id)
        .where(Feed.etag == "", Feed.read_at > now - READ_OF_LATE, Feed.id > after)
        .order_by(Feed.id)
        .limit(limit)
    ).all()


def bytes_of(*, gzipped: bool) -> Select[bytes]:
    """The query for the stored bytes of the feed `feed_id`."""
    column = Rendering.gzipped if gzipped else Rendering.body
    return select(column).where(Rendering.feed_id == bindparam("feed_id"))


def stored_bytes(db: Session, feed_id: int, *, gzipped: bool) -> bytes | None:
    """A feed's bytes as they were last written, plain or gzipped."""
    body: bytes | None = db.scalar(bytes_of(gzipped=gzipped), {"feed_id": feed_id})
    return body


def letting_of(db: Session, *, version_id: int) -> RoundLetters | None:
    """How the letters of a version's round are let out, where anything was ever said about it."""
    return db.scalars(
        select(RoundLetters)
        .join(Version, Version.round_id == RoundLetters.round_id)
        .where(Version.id == version_id)
        .execution_options(populate_existing=True)
    ).first()


def versions_to_look_at(db: Session, *, now: datetime) -> Sequence[int]:
    """The latest version of each round of which letters have waited long enough and are not held."""
    return db.scalars(
        select(func.max(Version.id))
        .join(RoundLetters, RoundLetters.round_id == Version.round_id)
        .where(RoundLetters.look_at <= now, RoundLetters.held_at.is_(None))
        .group_by(Version.round_id)
    ).all()


def held_letters(db: Session) -> Sequence[Version]:
    """The latest version of each round whose letters somebody holds."""
    latest = (
        select(func.max(Version.id))
        .join(RoundLetters, RoundLetters.round_id == Version.round_id)
        .where(RoundLetters.held_at.is_not(None))
        .group_by(Version.round_id)
    )
    lean = (defer(Version.round_document), defer(Version.schedule_document))
    return db.scalars(
        select(Version)
        .where(Version.id.in_(latest))
        .options(joinedload(Version.planning_round), *lean)
        .order_by(Version.id)
    ).all()


def unwritten_letters(db: Session, *, round_id: int | None = None) -> Sequence[Version]:
    """The versions whose invitations could not all be written, in every round or in one.

    Only the last attempt of a round counts: it also finds what earlier ones left.
    """
    last = (
        select(func.max(Job.id))
        .join(Version, Version.id == Job.subject_id)
        .where(Job.kind == INVITATIONS)
        .group_by(Version.round_id)
    )
    if round_id is not None:
        last = last.where(Version.round_id == round_id)
    return db.scalars(
        select(Version)
        .join(Job, Job.subject_id == Version.id)
        .where(Job.id.in_(last), Job.state == "failed")
        .options(
            joinedload(Version.planning_round),
            defer(Version.round_document),
            defer(Version.schedule_document),
        )
        .order_by(Version.id)
    ).all()


def feeds_of(db: Session, *, actor: Actor) -> Sequence[Feed]:
    """The actor's own feeds, those of themselves first."""
    feeds = db.scalars(select(Feed).where(Feed.account_id == actor.account_id).order_by(Feed.id))
    return sorted(feeds, key=lambda feed: FEED_KINDS.index(feed.kind))


def feed_about(db: Session, *, actor: Actor, kind: str, key: str) -> Feed | None:
    """The actor's own feed about something; of several the first."""
    return db.scalars(
        select(Feed)
        .where(Feed.account_id == actor.account_id, Feed.kind == kind, Feed.key == key)
        .order_by(Feed.id)
    ).first()


def feed_for(db: Session, *, actor: Actor, feed_id: int) -> Feed:
    """One of the actor's own feeds. Raises NotFound."""
    feed = db.get(Feed, feed_id)
    if feed is None or feed.account_id != actor.account_id:
        raise NotFound
    return feed
