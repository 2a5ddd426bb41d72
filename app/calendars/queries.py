"""Which sessions a feed shows, and which of them have been withdrawn from its reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, defer, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from app.access import Actor
from app.accounts.models import Account
from app.calendars.models import Feed, Rendering, RoundLetters
from app.errors import NotFound
from app.jobs.models import Job
from app.network.models import Group, Organisation, Topic, Venue
from app.network.queries import organisations_below
from app.schedule.models import FormerPlace, Seat, TeamPlace, Version, WorkshopSession
from app.workshops.models import Workshop, workshop_invited

_ROW_ID = re.compile(r"[1-9][0-9]{0,9}")
"""A row's id in the one way that it is written as a key."""

INVITATIONS = "send_invitations"
"""The kind of the jobs that write them; the subject is a version."""

TOMBSTONES_STAY = timedelta(days=60)
"""How long a withdrawn session stays in feeds as cancelled: longer than the slowest client waits."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as a feed shows it: as it is, or withdrawn at `sequence` on `changed_at`."""

    session: WorkshopSession
    is_cancelled: bool
    sequence: int
    changed_at: datetime

    @property
    def leaves_at(self) -> datetime | None:
        """When a withdrawn session is left out."""
        return self.changed_at + TOMBSTONES_STAY if self.is_cancelled else None


def shown_in(db: Session, *, feed: Feed, now: datetime) -> list[Shown]:
    """Everything a feed shows, withdrawn sessions among it until they have been seen."""
    sessions = db.scalars(
        select(WorkshopSession)
        .join(Workshop, WorkshopSession.workshop_id == Workshop.id)
        .where(_SUBJECTS[feed.kind](db, feed.key))
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
    return [one for one in shown if one.leaves_at is None or one.leaves_at > now]


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


def feed_head(db: Session, feed_id: int) -> FeedHead | None:
    """One feed's head in one small query: it is asked for far more often than anything else.

    `None` also for the feed of an account that is closed: its addresses let nobody in either.
    """
    columns = (Feed.id, Feed.nonce, Feed.etag, Feed.modified_at, Feed.fresh_until)
    row = db.execute(select(*columns).join(Feed.account).where(Feed.id == feed_id, Account.is_active)).first()
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


def stored_bytes(db: Session, feed_id: int, *, gzipped: bool) -> bytes | None:
    """A feed's bytes as they were last written, plain or gzipped."""
    column = Rendering.gzipped if gzipped else Rendering.body
    return db.scalar(select(column).where(Rendering.feed_id == feed_id))


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
    """The actor's own feeds."""
    return db.scalars(
        select(Feed).where(Feed.account_id == actor.account_id).order_by(Feed.kind, Feed.id)
    ).all()


def feed_about(db: Session, *, actor: Actor, kind: str, key: str) -> Feed | None:
    """The actor's own feed about something."""
    return db.scalars(
        select(Feed).where(Feed.account_id == actor.account_id, Feed.kind == kind, Feed.key == key)
    ).first()


def feed_for(db: Session, *, actor: Actor, feed_id: int) -> Feed:
    """One of the actor's own feeds. Raises NotFound."""
    feed = db.get(Feed, feed_id)
    if feed is None or feed.account_id != actor.account_id:
        raise NotFound
    return feed


def subject_titles(db: Session, feeds: Sequence[Feed]) -> Mapping[tuple[str, str], Mapping[str, str] | str]:
    """(kind, key) -> the title of what each feed is about, in four queries at most."""
    ids: dict[str, set[int]] = {}
    for feed in feeds:
        if feed.kind not in {"person", "region"}:
            ids.setdefault(feed.kind, set()).add(int(feed.key))
    titles: dict[tuple[str, str], Mapping[str, str] | str] = {
        (feed.kind, feed.key): feed.key for feed in feeds if feed.kind == "region"
    }
    named = {
        "topic": (Topic.id, Topic.titles),
        "group": (Group.id, Group.titles),
        "workshop": (Workshop.id, Workshop.titles),
    }
    for kind, (number, column) in named.items():
        if kind in ids:
            for row_id, title in db.execute(select(number, column).where(number.in_(ids[kind]))):
                titles[kind, str(row_id)] = title
    if "organisation" in ids:
        for row in db.scalars(select(Organisation).where(Organisation.id.in_(ids["organisation"]))):
            titles["organisation", str(row.id)] = row.short_name
    return titles


def subjects(db: Session) -> list[tuple[str, list[tuple[str, Mapping[str, str] | str]]]]:
    """What one can have feeds about besides regions: kind, then (key, title) pairs."""
    coalitions = db.scalars(
        select(Organisation)
        .where(Organisation.kind.in_(("secretariat", "coalition")))
        .order_by(Organisation.name)
    )
    topics = db.execute(
        select(Topic.id, Topic.titles)
        .where(Topic.id.in_(select(Workshop.topic_id).join(WorkshopSession)))
        .order_by(Topic.code)
    )
    groups = db.execute(select(Group.id, Group.titles).order_by(Group.code))
    return [
        ("organisation", [(str(one.id), one.short_name) for one in coalitions]),
        ("topic", [(str(row_id), titles) for row_id, titles in topics]),
        ("group", [(str(row_id), titles) for row_id, titles in groups]),
    ]


def exists(db: Session, *, kind: str, key: str) -> bool:
    """Whether there is something of this kind and key to have a feed about.

    A workshop only once it has been published: before, it is known to who asks for it alone.
    """
    if kind == "region":
        return db.scalar(select(Organisation.id).where(Organisation.region == key).limit(1)) is not None
    ids = {
        "organisation": Organisation.id,
        "topic": Topic.id,
        "group": Group.id,
        "workshop": WorkshopSession.workshop_id,
    }
    if kind not in ids or not _ROW_ID.fullmatch(key) or int(key) >= 2**31:
        return False
    return db.scalar(select(ids[kind]).where(ids[kind] == int(key))) is not None


def _of_person(db: Session, key: str) -> ColumnElement[bool]:
    return or_(
        WorkshopSession.id.in_(select(TeamPlace.session_id).where(TeamPlace.person_id == int(key))),
        WorkshopSession.id.in_(
            select(Seat.session_id).where(Seat.person_id == int(key), Seat.state == "held")
        ),
    )


def _of_organisation(db: Session, key: str) -> ColumnElement[bool]:
    """What it or those below it asked for, and what it is invited to."""
    return or_(
        Workshop.requested_by_id.in_(organisations_below(db, {int(key)})),
        Workshop.id.in_(
            select(workshop_invited.c.workshop_id).where(workshop_invited.c.organisation_id == int(key))
        ),
    )


def _of_region(db: Session, key: str) -> ColumnElement[bool]:
    return Workshop.requested_by_id.in_(select(Organisation.id).where(Organisation.region == key))


_SUBJECTS: Mapping[str, Callable[[Session, str], ColumnElement[bool]]] = {
    "person": _of_person,
    "organisation": _of_organisation,
    "region": _of_region,
    "topic": lambda db, key: Workshop.topic_id == int(key),
    "group": lambda db, key: Workshop.group_id == int(key),
    "workshop": lambda db, key: Workshop.id == int(key),
}
