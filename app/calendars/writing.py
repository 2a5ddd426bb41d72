"""Writing feeds anew and keeping their bytes: for whoever asks first, or by a job ahead of them."""

from __future__ import annotations

import gzip
import hashlib
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session, joinedload

from app.access import NOBODY, Actor
from app.accounts.identity import actor_of
from app.calendars import composing, queries
from app.calendars.addresses import feed_address, veiled_uid
from app.calendars.composing import Manner
from app.calendars.entries import Entry
from app.calendars.freebusy import busy_periods, months_ahead, write_freebusy
from app.calendars.ical import dated
from app.calendars.models import Feed, Rendering
from app.calendars.queries import Shown
from app.calendars.serving import is_fresh
from app.calendars.subjects import Subject, Title, may_follow, titles_of
from app.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE
from app.network.models import Person, Place
from config import Settings


def write_if_stale(db: Session, *, feed_id: int, now: datetime) -> None:
    """Write a feed anew unless somebody who asked at the same time has done it. Raises NotFound."""
    feed = queries.feed_to_write(db, feed_id)
    if not is_fresh(feed, now):
        write_feed(db, feed=feed, now=now)


def write_feed(db: Session, *, feed: Feed, now: datetime) -> None:
    """Write a feed anew and keep the bytes.

    `feed` comes from `queries.feed_to_write`. Its entity tag and time of change move only when the bytes
    are others than before; the time always forward, by a second at least, for it counts no less.
    """
    account = feed.account
    reader = actor_of(db, account) if account else NOBODY
    may_read = feed.kind == "public" or may_follow(db, actor=reader, subject=Subject(feed.kind, feed.key))
    shown = queries.shown_in(db, feed=feed, reader=reader, now=now) if may_read else []
    until = [one.leaves_at for one in shown if one.leaves_at]
    if feed.detail == "freebusy":
        body, next_month = _as_freebusy(feed, shown, now)
        until.append(next_month)
    else:
        # what one was allowed to follow once one may not even know by name after leaving a team, say
        title = titles_of(db, [feed]).get(Subject(feed.kind, feed.key), "") if may_read else ""
        body = _as_calendar(feed, shown, title, _home(db, reader) if feed.with_travel else None, now)
    rendering = feed.rendering
    if rendering is None:
        feed.rendering = Rendering(body=body, gzipped=gzip.compress(body, mtime=0))
        feed.modified_at = now
    elif rendering.body != body:
        rendering.body, rendering.gzipped = body, gzip.compress(body, mtime=0)
        feed.modified_at = max(now, feed.modified_at + timedelta(seconds=1))
    feed.etag = hashlib.sha256(body).hexdigest()[:32]
    feed.fresh_until = min(until, default=None)
    db.flush()


def _as_freebusy(feed: Feed, shown: list[Shown], now: datetime) -> tuple[bytes, datetime]:
    """The bytes, and when the months that they cover are to move on."""
    public_url: str = current_app.extensions["baraza.settings"].public_url
    first, last, next_month = months_ahead(now)
    body = write_freebusy(
        busy_periods(shown),
        first=first,
        last=last,
        uid=veiled_uid(feed, "freebusy", public_url=public_url),
        url=feed_address(feed, public_url=public_url),
        stamp=max((first, *(one.changed_at for one in shown))),
    )
    return body, next_month


def _home(db: Session, reader: Actor) -> Place | None:
    if reader.person_id is None:
        return None
    return db.get_one(Person, reader.person_id, options=[joinedload(Person.place)]).place


def _as_calendar(feed: Feed, shown: list[Shown], title: Title, home: Place | None, now: datetime) -> bytes:
    settings: Settings = current_app.extensions["baraza.settings"]
    account, public_url = feed.account, settings.public_url
    language = feed.language or (account.language if account else DEFAULT_LANGUAGE)
    zone = account.timezone if account else DEFAULT_ZONE
    manner = Manner(
        hours=settings.hours_of_a_day,
        timed_days=feed.timed_days,
        alarm=timedelta(minutes=feed.alarm_minutes) if feed.alarm_minutes else None,
    )
    entries: list[Entry] = []
    for one in shown:
        uid = "" if one.detail == "full" else veiled_uid(feed, one.session.uid, public_url=public_url)
        entries.append(
            composing.entry_of(
                one, language=language, zone=zone, public_url=public_url, manner=manner, uid=uid
            )
        )
        if home is not None and feed.kind == "person":
            entries += composing.journeys_of(one, home, language=language, uid=uid)
    before = feed.rendering.body if feed.rendering else b""
    return composing.feed_of_entries(
        dated(entries, before=before, now=now),
        name=composing.feed_name(
            feed.kind,
            title,
            person=account.name if account else "",
            language=language,
            label=feed.label,
        ),
        description="",
        address=feed_address(feed, public_url=public_url),
        page=f"{public_url}/calendars" if account else public_url,
    )
