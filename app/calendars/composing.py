"""From sessions to what calendars show: entries and feeds, in one reader's language and zone.

Nobody's name or address is in an entry: a calendar is read in many places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.calendars.entries import AllDay, Entry, Feed, Status, Timed
from app.calendars.ical import write_feed
from app.calendars.queries import Shown
from app.i18n import (
    country_name,
    format_list,
    format_moments,
    format_span,
    format_time,
    in_language,
    language_name,
    reading,
    region_name,
    zone_city,
)
from app.network.models import Place
from app.planning.travel import days_away
from app.schedule.models import WorkshopSession

REFRESH = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one reader wants sessions written, beside language and zone.

    Attributes:
        hours: from when to when people meet on each day in person; not told where it is not known.
        timed_days: days in person at these hours, not as one span of whole days.
        alarm: how long before the beginning to ring.
    """

    hours: tuple[time, time] | None = None
    timed_days: bool = False
    alarm: timedelta | None = None


AS_USUAL = Manner()


def entry_of(
    shown: Shown, *, language: str, zone: str, public_url: str, manner: Manner = AS_USUAL, uid: str = ""
) -> Entry:
    """One session as an entry for a reader of `language` in `zone` (IANA), in the detail that it is shown in.

    `uid` stands in the place of the session's own, where that would tell too much.
    """
    session = shown.session
    with reading(language):
        words = _said_in_full if shown.detail == "full" else _said_in_brief
        return Entry(
            uid=uid or session.uid,
            sequence=shown.sequence,
            status=Status.CANCELLED if shown.is_cancelled else Status.CONFIRMED,
            when=_when(shown, zone, manner),
            transparent=shown.is_cancelled,
            confidential=shown.detail != "full",
            alarm=None if shown.is_cancelled else manner.alarm,
            created_at=session.created_at,
            modified_at=shown.changed_at,
            **words(shown, zone, public_url, manner),
        )


def journeys_of(shown: Shown, home: Place, *, language: str, uid: str = "") -> Iterator[Entry]:
    """The days of travel to and from a session in person, as the planner counts them: free days, yet away."""
    session = shown.session
    if session.venue is None or session.first_day is None or session.last_day is None:
        return
    place = session.venue.place
    leaves, returns = days_away(home, place, session.first_day, session.last_day)
    one_day = timedelta(days=1)
    with reading(language):
        there = _("Travel to %(place)s", place=place.name) if shown.detail == "full" else _("Travel")
        back = _("Travel home") if shown.detail == "full" else _("Travel")
        for name, first, last, title in (
            ("out", leaves, session.first_day - one_day, there),
            ("back", session.last_day + one_day, returns, back),
        ):
            if first > last:
                continue
            local, at, host = (uid or session.uid).partition("@")
            yield Entry(
                uid=f"{local}-{name}{at}{host}",
                sequence=shown.sequence,
                status=Status.CANCELLED if shown.is_cancelled else Status.CONFIRMED,
                summary=_("Cancelled: %(title)s", title=title) if shown.is_cancelled else title,
                when=AllDay(first, last),
                transparent=True,
                confidential=shown.detail != "full",
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


def subject_name(kind: str, title: Mapping[str, str] | str, *, person: str) -> str:
    """What a feed is about, in the present reader's language."""
    if kind == "person":
        return person
    if kind == "public":
        return str(_("Public programme"))
    about = in_language(title) or str(_("Meeting"))
    if kind == "region":
        return region_name(about)
    if kind == "country":
        return country_name(about)
    return str(_("Team of %(title)s", title=about)) if kind == "team" else about


def feed_name(
    kind: str, title: Mapping[str, str] | str, *, person: str, language: str, label: str = ""
) -> str:
    """What a calendar program lists the feed as."""
    with reading(language):
        about = subject_name(kind, title, person=person)
        return f"Baraza – {about} ({label})" if label else f"Baraza – {about}"


def _said_in_full(shown: Shown, zone: str, public_url: str, manner: Manner) -> dict[str, Any]:
    session = shown.session
    workshop = session.workshop
    title = in_language(workshop.titles)
    place = session.venue.place if session.venue else None
    page = f"{public_url}/schedule/sessions/{session.id}"
    is_joined = shown.is_mine and session.is_online and not shown.is_cancelled
    join = session.join_url if is_joined else ""
    return {
        "summary": _("Cancelled: %(title)s", title=title) if shown.is_cancelled else title,
        "description": _description(session, zone, page, manner, join),
        "location": f"{session.venue.name}, {place.name}, {country_name(place.country)}"
        if session.venue and place
        else join or _("Online"),
        "position": (place.latitude, place.longitude) if place else None,
        "url": page,
        "conference": join,
        "categories": (in_language(workshop.topic.titles),),
    }


def _said_in_brief(shown: Shown, zone: str, public_url: str, manner: Manner) -> dict[str, Any]:
    """That there is something, and when; of a meeting also in which country it is."""
    session = shown.session
    busy = shown.detail != "discreet"
    title = _("Busy") if busy else _("Meeting")
    summary = _("Cancelled: %(title)s", title=title) if shown.is_cancelled else title
    if busy:
        return {"summary": summary}
    return {
        "summary": summary,
        "description": "\n".join(_times(session, zone, manner, with_place=False)),
        "location": country_name(session.venue.place.country) if session.venue else _("Online"),
    }


def _when(shown: Shown, zone: str, manner: Manner) -> AllDay | Timed:
    session = shown.session
    if session.starts_at is not None and session.ends_at is not None:
        return Timed(session.starts_at, session.ends_at, zone)
    # of what is withheld not even the zone is named: it would be the place
    if manner.timed_days and manner.hours and session.venue and shown.detail == "full":
        there = session.venue.place.timezone
        begins, ends = (datetime.combine(session.day, hour, ZoneInfo(there)) for hour in manner.hours)
        return Timed(begins, ends, there, days=(session.last - session.day).days + 1)
    return AllDay(session.day, session.last)


def _times(session: WorkshopSession, zone: str, manner: Manner, *, with_place: bool) -> Iterator[str]:
    """When it is, written out: at the reader's clock and in UTC; in person at the clock there."""
    if session.starts_at is not None and session.ends_at is not None:
        when = format_moments(session.starts_at, session.ends_at, zone)
        if zone != "UTC":
            when = f"{when} · {format_moments(session.starts_at, session.ends_at, 'UTC')}"
        yield when
        return
    yield format_span(session.day, session.last)
    if manner.hours and session.venue and with_place:
        there = session.venue.place.timezone
        begins, ends = (
            format_time(datetime.combine(session.day, hour, ZoneInfo(there)), there) for hour in manner.hours
        )
        yield _(
            "Each day %(hours)s, local time (%(place)s)", hours=f"{begins}–{ends}", place=zone_city(there)
        )


def _description(session: WorkshopSession, zone: str, page: str, manner: Manner, join: str) -> str:
    workshop = session.workshop
    lines = [
        *_times(session, zone, manner, with_place=True),
        _("Topic: %(topic)s", topic=in_language(workshop.topic.titles)),
        _(
            "Languages: %(languages)s",
            languages=format_list([language_name(code) for code in workshop.languages]),
        ),
        _("Asked for by %(organisation)s", organisation=workshop.requested_by.name),
        workshop.about,
        _("Join: %(address)s", address=join) if join else "",
        page,
    ]
    return "\n".join(line for line in lines if line)
