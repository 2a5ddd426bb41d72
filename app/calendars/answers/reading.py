"""What a calendar program answers to an invitation (RFC 5546 3.2.3, 3.2.7), read: text -> a value.

Programs differ: Exchange leaves out ORGANIZER and names zones as Windows does, some write METHOD in small
letters, some a recurrence where there is none. What we ask of an answer is its UID, its ATTENDEE and what
that one says. Time zones and rules of recurrence that come with it are thrown away before it is read: we
need none, and working one out can take for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import icalendar

from app.mail.incoming import MAX_CALENDAR

_FOLD = re.compile(r"\n[ \t]")
_UNREAD = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE|ATTACH|DESCRIPTION|X-ALT-DESC)[;:]", re.IGNORECASE)
_PARTSTATS = {
    "ACCEPTED": "accepted",
    "DECLINED": "declined",
    "TENTATIVE": "tentative",
    "DELEGATED": "delegated",
}


class NotAnAnswer(ValueError):
    """It cannot be read as one; the message is the reason, a code."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one attendee says of one event; `answer` is empty where they say nothing that we know."""

    attendee: str
    answer: str
    delegated_to: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. A `COUNTER` also says when they would rather have it: `start`, `end`, as instants."""

    method: str
    uid: str
    sequence: int
    stamp: datetime | None
    said: tuple[Said, ...]
    organizer: str
    comment: str
    start: datetime | None
    end: datetime | None


def read_reply(text: str) -> Reply:
    """Raises NotAnAnswer("too_large" | "malformed" | "no_answer")."""
    if len(text) > MAX_CALENDAR:
        raise NotAnAnswer("too_large")
    try:
        calendar: Any = icalendar.Calendar.from_ical(_without_what_is_not_needed(text))
        events = calendar.walk("VEVENT")
        method = str(calendar.get("METHOD", "")).strip().upper()
        if method not in {"REPLY", "COUNTER"} or not events:
            raise NotAnAnswer("no_answer")
        return _reply(method, events[0])
    except NotAnAnswer:
        raise
    except Exception as bad:  # whatever a library makes of a stranger's text, it is no answer
        raise NotAnAnswer("malformed") from bad


def _reply(method: str, event: Any) -> Reply:
    uid = str(event.get("UID", "")).strip()
    said = tuple(_said(each) for each in _list(event.get("ATTENDEE"))[:20])
    if not uid or not said:
        raise NotAnAnswer("no_answer")
    comment = " ".join(str(each) for each in _list(event.get("COMMENT"))[:5])
    if not comment:
        first = _list(event.get("ATTENDEE"))[0]
        comment = str(first.params.get("X-RESPONSE-COMMENT", ""))
    counter = method == "COUNTER"
    return Reply(
        method=method,
        uid=uid[:255],
        sequence=int(event.get("SEQUENCE", 0)),
        stamp=_instant(event.get("DTSTAMP")),
        said=said,
        organizer=_mailbox(_list(event.get("ORGANIZER"))[0]) if event.get("ORGANIZER") else "",
        comment=comment.strip()[:2_000],
        start=_instant(event.get("DTSTART")) if counter else None,
        end=_instant(event.get("DTEND")) if counter else None,
    )


def _said(attendee: Any) -> Said:
    partstat = str(attendee.params.get("PARTSTAT", "")).strip().upper()
    to = attendee.params.get("DELEGATED-TO", "")
    to = to[0] if isinstance(to, list) and to else to
    return Said(_mailbox(attendee), _PARTSTATS.get(partstat, ""), _mailbox(to) if to else "")


def _mailbox(value: Any) -> str:
    """The whole address of a `mailto:`, in small letters."""
    text = str(value).strip().strip('"')
    return re.sub(r"^mailto:", "", text, flags=re.IGNORECASE).strip().casefold()[:254]


def _instant(value: Any) -> datetime | None:
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if isinstance(moment, date):
        return datetime.combine(moment, time(), UTC)
    return None


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _without_what_is_not_needed(text: str) -> str:
    lines = _FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    kept, inside = [], ""
    for line in lines:
        word = line.strip().upper()
        if inside:
            inside = "" if word == f"END:{inside}" else inside
        elif word in {"BEGIN:VTIMEZONE", "BEGIN:VALARM"}:
            inside = word.removeprefix("BEGIN:")
        elif word and not _UNREAD.match(line):
            kept.append(line.strip())
    return "\r\n".join(kept) + "\r\n"
