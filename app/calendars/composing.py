"""From sessions to what calendars show: entries and feeds, in one reader's language and zone.

Nobody's name or address is in an entry: a calendar is read in many places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from flask_babel import gettext as _

from app.calendars.entries import AllDay, Entry, Feed, Status, Timed
from app.calendars.ical import write_feed
from app.calendars.queries import Shown
from app.i18n import (
    country_name,
    format_list,
    format_moments,
    format_span,
    in_language,
    language_name,
    reading,
    region_name,
)
from app.schedule.models import WorkshopSession

REFRESH = timedelta(hours=6)


def entry_of(shown: Shown, *, language: str, zone: str, public_url: str) -> Entry:
    """One session as an entry for a reader of `language` in `zone` (IANA)."""
    session = shown.session
    workshop = session.workshop
    page = f"{public_url}/schedule/sessions/{session.id}"
    with reading(language):
        title = in_language(workshop.titles)
        place = session.venue.place if session.venue else None
        return Entry(
            uid=session.uid,
            sequence=shown.sequence,
            status=Status.CANCELLED if shown.is_cancelled else Status.CONFIRMED,
            summary=_("Cancelled: %(title)s", title=title) if shown.is_cancelled else title,
            description=_description(session, zone, page),
            location=f"{session.venue.name}, {place.name}, {country_name(place.country)}"
            if session.venue and place
            else _("Online"),
            position=(place.latitude, place.longitude) if place else None,
            url=page,
            categories=(in_language(workshop.topic.titles),),
            when=_when(session, zone),
            transparent=shown.is_cancelled,
            created_at=session.created_at,
            modified_at=shown.changed_at,
        )


def feed_of_entries(
    entries: Iterable[Entry], *, name: str, description: str, address: str, page: str
) -> bytes:
    """The bytes of a feed."""
    return write_feed(
        Feed(
            name=name,
            description=description,
            source=address,
            page=page,
            refresh=REFRESH,
            entries=tuple(entries),
        )
    )


def feed_name(kind: str, title: Mapping[str, str] | str, *, person: str, language: str) -> str:
    """What a calendar program lists the feed as."""
    with reading(language):
        about = person if kind == "person" else in_language(title)
        if kind == "region":
            about = region_name(about)
        return f"Baraza – {about}"


def _when(session: WorkshopSession, zone: str) -> AllDay | Timed:
    if session.starts_at is not None and session.ends_at is not None:
        return Timed(session.starts_at, session.ends_at, zone)
    return AllDay(session.day, session.last)


def _description(session: WorkshopSession, zone: str, page: str) -> str:
    workshop = session.workshop
    if session.starts_at is not None and session.ends_at is not None:
        when = format_moments(session.starts_at, session.ends_at, zone)
        if zone != "UTC":
            when = f"{when} · {format_moments(session.starts_at, session.ends_at, 'UTC')}"
    else:
        when = format_span(session.day, session.last)
    lines = [
        when,
        _("Topic: %(topic)s", topic=in_language(workshop.topic.titles)),
        _(
            "Languages: %(languages)s",
            languages=format_list([language_name(code) for code in workshop.languages]),
        ),
        _("Asked for by %(organisation)s", organisation=workshop.requested_by.name),
        workshop.about,
        page,
    ]
    return "\n".join(line for line in lines if line)
