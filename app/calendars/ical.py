"""Entries written as iCalendar: a feed to subscribe to, or one invitation for one person's mail.

Two kinds of document, told apart by METHOD. A *feed* has none (RFC 5545 3.7.2), nor ORGANIZER or ATTENDEE:
nobody's address is published, no answer is asked for; and no telephone rings unasked. An *invitation*
(RFC 5546, by mail RFC 6047) has the METHOD, one ORGANIZER and the one ATTENDEE it is sent to.

The same entries give the same octets, whenever and in whatever order: DTSTAMP is the last change and not the
present, so that an ETag holds and clients that compare contents see no change where there is none.

The content lines are our own. python-icalendar 7.3, which we do use to read what others write, needs a
quarter of a second for 300 events where this takes a tenth of that, passes control characters on, leaves
out the mandatory VALUE of REFRESH-INTERVAL and SOURCE, and writes daylight saving an hour late (see
`vtimezone`). The tests have every document read by python-icalendar, vobject and ical.js, who must find in it
what was put in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from app.calendars import contentlines as line
from app.calendars.entries import AllDay, Entry, Feed, Status, Timed
from app.calendars.vtimezone import is_ambiguous, vtimezone, zone

Method = Literal["REQUEST", "CANCEL"]

PRODID = "PRODID:-//Baraza//Baraza 1//EN"
_UTC_ZONES = ("UTC", "Etc/UTC")
_COMMA = re.compile(r"\s*,\s*")


def write_feed(feed: Feed) -> bytes:
    """The calendar as a client fetches it (RFC 5545 with the properties of RFC 7986).

    An empty feed is a calendar without components: against the letter of RFC 5545 3.6, yet clients read it.

    Raises:
        ValueError: two entries share a uid, of which clients would show one.
        zoneinfo.ZoneInfoNotFoundError: an entry is in no known time zone.
    """
    entries = sorted(feed.entries, key=_order)
    if len({entry.uid for entry in entries}) < len(entries):
        raise ValueError(f"feed {feed.name!r}: two entries with the same uid")
    return line.fold(_calendar(_about(feed), entries, (text for entry in entries for text in _event(entry))))


def dated(entries: Iterable[Entry], *, before: bytes, now: datetime) -> Iterator[Entry]:
    """The entries of a feed that last was `before`, each modified when it last came to say something else.

    A title is put right, a venue renamed, another language chosen: the session is as it was, and what its
    reader sees is not. LAST-MODIFIED says so (RFC 5545 3.8.7.3); Evolution, for one, keeps what it has of an
    event until that moves.
    """
    known = {event[1].removeprefix("UID:"): event for event in _events_of(before)}
    for entry in entries:
        written = known.get(entry.uid)
        then = _last_modified(written) if written else entry.modified_at
        if written is None or entry.modified_at > then:
            yield entry
        elif list(_event(unchanged := replace(entry, modified_at=then))) == written:
            yield unchanged
        else:
            yield replace(entry, modified_at=max(now, then + timedelta(seconds=1)))


def write_invitation(
    entry: Entry,
    *,
    method: Method,
    organizer: tuple[str, str],
    attendee: tuple[str, str],
    partstat: str = "NEEDS-ACTION",
) -> bytes:
    """The calendar part of a mail that asks one person to come, or not to (RFC 5546 3.2.2 and 3.2.5).

    Args:
        entry: with its sequence raised where time, place or status have changed since the last message.
        method: a CANCEL says cancelled whatever the entry's status: so it is to a person uninvited, and
            clients remove an event on nothing less.
        organizer: name and address, the address the mail is from.
        attendee: name and address of the one who receives it.
        partstat: the attendee's answer so far; Outlook shows its buttons for NEEDS-ACTION alone.

    Raises:
        ValueError: a REQUEST for what is cancelled, or the organizer inviting the same address.
        zoneinfo.ZoneInfoNotFoundError: the entry is in no known time zone.
    """
    if method == "REQUEST" and entry.status is Status.CANCELLED:
        raise ValueError(f"entry {entry.uid!r} is cancelled: nobody can be invited to it")
    if organizer[1].casefold() == attendee[1].casefold():
        raise ValueError(f"entry {entry.uid!r}: clients show no buttons when the organizer is invited")
    asked = {"RSVP": "TRUE"} if method == "REQUEST" else {}
    parties = (
        line.mailbox("ORGANIZER", organizer),
        line.mailbox(
            "ATTENDEE", attendee, CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", PARTSTAT=partstat, **asked
        ),
    )
    status = Status.CANCELLED if method == "CANCEL" else entry.status
    event = _event(replace(entry, status=status), parties)
    return line.fold(_calendar([f"METHOD:{method}"], [entry], event))


def _events_of(calendar: bytes) -> Iterator[list[str]]:
    """The lines of each event in a feed that we wrote, unfolded."""
    event: list[str] = []
    for text in calendar.decode().replace("\r\n ", "").split("\r\n"):
        event = [text] if text == "BEGIN:VEVENT" else [*event, text]
        if text == "END:VEVENT":
            yield event


def _last_modified(event: Iterable[str]) -> datetime:
    [moment] = (text.partition(":")[2] for text in event if text.startswith("LAST-MODIFIED:"))
    return datetime.strptime(moment, "%Y%m%dT%H%M%S%z")


def _order(entry: Entry) -> tuple[str, str]:
    start: date = entry.when.first_day if isinstance(entry.when, AllDay) else entry.when.start
    return start.isoformat(), entry.uid


def _calendar(properties: Iterable[str], entries: Iterable[Entry], events: Iterable[str]) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield PRODID
    yield "CALSCALE:GREGORIAN"
    yield from properties
    yield from _timezones(entries)
    yield from events
    yield "END:VCALENDAR"


def _about(feed: Feed) -> Iterator[str]:
    """What a feed says of itself: by RFC 7986, and again in the older words that Outlook and Apple read."""
    yield line.text("NAME", feed.name)
    yield line.text("X-WR-CALNAME", feed.name)
    if feed.description:
        yield line.text("DESCRIPTION", feed.description)
        yield line.text("X-WR-CALDESC", feed.description)
    if feed.page:
        yield line.uri("URL", feed.page)
    if feed.source:
        yield line.uri("SOURCE;VALUE=URI", feed.source)
    yield line.duration("REFRESH-INTERVAL;VALUE=DURATION", feed.refresh)
    yield line.duration("X-PUBLISHED-TTL", feed.refresh)
    yield line.text("COLOR", feed.colour.css_name)
    yield line.text("X-APPLE-CALENDAR-COLOR", feed.colour.value)
    if feed.entries:
        yield line.instant("LAST-MODIFIED", max(entry.modified_at for entry in feed.entries))


def _timezones(entries: Iterable[Entry]) -> Iterator[str]:
    """One VTIMEZONE for each zone that an entry is written in, for the time of those entries."""
    instants: dict[str, list[datetime]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.when, Timed) and not _is_in_utc(entry.when):
            later = timedelta(days=entry.when.days - 1)
            instants[entry.when.zone] += (entry.when.start, entry.when.end + later)
    for name in sorted(instants):
        yield from vtimezone(name, instants[name])


def _event(entry: Entry, parties: Iterable[str] = ()) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield line.text("UID", entry.uid)
    yield line.instant("DTSTAMP", entry.modified_at)
    yield line.instant("CREATED", entry.created_at)
    yield line.instant("LAST-MODIFIED", entry.modified_at)
    yield f"SEQUENCE:{entry.sequence}"
    yield f"STATUS:{entry.status}"
    yield from _span(entry.when)
    yield line.text("SUMMARY", entry.summary)
    yield from _details(entry)
    yield f"TRANSP:{'TRANSPARENT' if entry.transparent else 'OPAQUE'}"
    if entry.confidential:
        yield "CLASS:CONFIDENTIAL"
    yield from parties
    if entry.alarm:
        yield from _alarm(entry, entry.alarm)
    yield "END:VEVENT"


def _span(when: AllDay | Timed) -> Iterator[str]:
    if isinstance(when, AllDay):
        yield line.day("DTSTART", when.first_day)
        yield line.day("DTEND", when.day_after)
    elif _is_in_utc(when):
        yield line.instant("DTSTART", when.start)
        yield line.instant("DTEND", when.end)
    else:
        yield line.wall_time("DTSTART", when.start.astimezone(zone(when.zone)), when.zone)
        yield line.wall_time("DTEND", when.end.astimezone(zone(when.zone)), when.zone)
    if isinstance(when, Timed) and when.days > 1:
        yield f"RRULE:FREQ=DAILY;COUNT={when.days}"


def _alarm(entry: Entry, before: timedelta) -> Iterator[str]:
    """A display alarm (RFC 5545 3.6.6): the one form that every client which has alarms at all reads."""
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield line.text("DESCRIPTION", entry.summary)
    yield line.duration("TRIGGER", -before)
    yield "END:VALARM"


def _is_in_utc(when: Timed) -> bool:
    """Whether the span is written in UTC: its zone is UTC, or clocks there show one of its ends twice.

    Of those two, RFC 5545 3.3.5 means the first, and half of the clients take the second.
    """
    if when.zone in _UTC_ZONES:
        return True
    if when.days > 1:
        return False  # the hours of the other days are those that clocks show
    return any(is_ambiguous(moment, zone(when.zone)) for moment in (when.start, when.end))


def _details(entry: Entry) -> Iterator[str]:
    if entry.description:
        yield line.text("DESCRIPTION", entry.description)
    if where := entry.location or entry.conference:
        yield line.text("LOCATION", where)
    if entry.position:
        yield "GEO:{:.6f};{:.6f}".format(*entry.position)
    if address := entry.url or entry.conference:
        yield line.uri("URL", address)
    if entry.conference:
        yield line.uri("CONFERENCE;VALUE=URI;FEATURE=VIDEO", entry.conference)
    if categories := [_category(word) for word in entry.categories if word.strip()]:
        yield line.texts("CATEGORIES", categories)


def _category(word: str) -> str:
    """`word` without the characters at which readers part categories wrongly.

    libical 3.0 takes an escaped comma for an end, ical.js 2.2 the comma after an escaped backslash for none.
    """
    return _COMMA.sub(" · ", word).replace("\\", "/")
