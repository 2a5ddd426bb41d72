"""The lines of a calendar that say when its owner is busy; all others are dropped unread.

What an event is called, where it is, who comes and what was written about it never reaches the
library that reads calendars, nor anything behind it. Uids become numbers. What remains is small and of
known shape, whatever came: alarms, attachments, tasks and components nested in each other are gone, and
so are events that are over or too far ahead, and repetitions by the second, minute or hour.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import icalendar
from icalendar.timezone import tzp

from busy_times.limits import Limits
from busy_times.refusals import Refused

KEPT = frozenset(
    {
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "STATUS",
        "TRANSP",
        "SEQUENCE",
    }
)
"""The properties of an event that are kept as they are."""

FREE = "X-COUNTS-AS-FREE"
"""Put into an event that takes no time although its other properties would say so."""

ONCE = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID", "STATUS", "TRANSP", "SEQUENCE"})

_ZONE_KEPT = frozenset({"TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"})
_NOT_BUSY_IN_OUTLOOK = frozenset({"FREE", "WORKINGELSEWHERE"})
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_TIMES_A_DAY = 24
_MOST_DATES = 5000
_RULE_LENGTH = 1000
_DAY = re.compile(r"(\d{8})(T\d{6}Z?)?")
_WHOLE = re.compile(r"\s*0*[1-9]\d{0,4}\s*")
_PERIOD = re.compile(r"\d{8}T\d{6}Z/[0-9TZPDHMSW+]{2,20}")
_LONGEST_EVENT = timedelta(days=400)
"""What began so long before the days in question is not looked for among repetitions."""


@dataclass(frozen=True, slots=True)
class Line:
    """One content line: `parameters` begins with a semicolon or is empty."""

    name: str
    parameters: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}{self.parameters}:{self.value}"


@dataclass(slots=True)
class Trimmed:
    """What is left of a calendar."""

    text: str
    """A calendar of events (and of time zones that have no well-known name) that say only when."""
    busy_periods: list[str]
    """Of free/busy files: periods in UTC, `start/end` or `start/duration`."""
    events: int = 0
    """How many events and busy periods it has, of whatever time."""
    skipped: int = 0
    """How many of them cannot be read."""


@dataclass(slots=True)
class _Event:
    lines: list[Line] = field(default_factory=list)
    uid: str = ""
    is_free: bool = False

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)


def trim(
    raw: bytes,
    *,
    first: date,
    last: date,
    limits: Limits,
    own_uids: Collection[str] = frozenset(),
    own_host: str = "",
    mailboxes: Collection[str] = frozenset(),
) -> Trimmed:
    """What says when the owner is busy between two days.

    `own_uids` are events that the service itself has put there, and so is what has a UID at
    `veiled.<own_host>`: what it publishes of somebody without saying which session it is. `mailboxes` are
    the owner's addresses: what they declined does not count. Raises `Refused`.
    """
    return _Trimmer(first, last, limits, frozenset(own_uids), own_host, frozenset(mailboxes)).trim(_text(raw))


def _text(raw: bytes) -> str:
    """The calendar as text. Words are dropped anyhow, so a wrong charset does no harm."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", errors="replace")
    else:
        text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
    start = text[:2000].lstrip()[:200].upper()
    if not start.startswith("BEGIN:VCALENDAR"):
        raise Refused("web_page" if start.startswith("<") else "not_a_calendar")
    if not text[-2000:].rstrip("\x00\x1a \t\r\n").upper().endswith("END:VCALENDAR"):
        raise Refused("cut_off")
    return text


class _Trimmer:
    def __init__(
        self,
        first: date,
        last: date,
        limits: Limits,
        own_uids: frozenset[str],
        own_host: str,
        mailboxes: frozenset[str],
    ) -> None:
        self.limits = limits
        self.earliest = f"{first - timedelta(days=2):%Y%m%d}"
        self.latest = f"{last + timedelta(days=2):%Y%m%d}"
        self.long_over = f"{first - _LONGEST_EVENT:%Y%m%d}"
        self.own_uids, self.mailboxes = own_uids, mailboxes
        self.own_end = f"@veiled.{own_host}" if own_host else ""
        self.is_ours = False
        self.numbers: dict[str, int] = {}
        self.within: list[str] = []
        self.event = _Event()
        self.zone: list[str] = []
        self.head: list[str] = []
        self.zones: list[str] = []
        self.body: list[str] = []
        self.periods: list[str] = []
        self.events = self.skipped = 0

    def trim(self, text: str) -> Trimmed:
        for line in self._lines(text):
            if line.name == "BEGIN":
                self._begin(line.value.strip().upper())
            elif line.name == "END":
                self._end(line.value.strip().upper())
            elif self.within[1:] == ["VEVENT"]:
                self._look_at(self.event, line)
            elif self.within[1:2] == ["VTIMEZONE"]:
                self.zone += [str(line)] * (line.name in _ZONE_KEPT)
            elif self.within[1:] == ["VFREEBUSY"]:
                if line.name == "UID":  # which we write first
                    self.is_ours = self._is_own(line.value.strip())
                elif line.name == "FREEBUSY" and not self.is_ours:
                    self._take_periods(line)
            elif len(self.within) == 1 and line.name == "X-WR-TIMEZONE":
                self._take_own_zone(line.value.strip())
        whole = ["BEGIN:VCALENDAR", *self.head, *self.zones, *self.body, "END:VCALENDAR", ""]
        return Trimmed("\r\n".join(whole), self.periods, self.events, self.skipped)

    def _begin(self, component: str) -> None:
        self.within.append(component)
        if len(self.within) > self.limits.depth:
            raise Refused("broken")
        if self.within[1:] == ["VEVENT"]:
            self.event = _Event()
        elif self.within[1:] == ["VFREEBUSY"]:
            self.is_ours = False
        elif self.within[1:] == ["VTIMEZONE"]:
            self.zone = []
        elif self.within[1:2] == ["VTIMEZONE"]:
            self.zone.append(f"BEGIN:{component[:40]}")

    def _end(self, component: str) -> None:
        if not self.within or self.within.pop() != component:
            raise Refused("broken")
        if self.within[1:2] == ["VTIMEZONE"]:
            self.zone.append(f"END:{component[:40]}")
        elif len(self.within) == 1 and component == "VEVENT":
            self._take(self.event)
        elif len(self.within) == 1 and component == "VTIMEZONE":
            self._take_zone(self.zone)

    def _lines(self, text: str) -> Iterator[Line]:
        """The content lines, unfolded; what is no content line, or far too long, is passed over."""
        pieces: list[str] = []
        length = 0
        for number, physical in enumerate(_physical_lines(text)):
            if number >= self.limits.lines:
                raise Refused("too_big")
            if physical[:1] in {" ", "\t"}:
                length += len(physical)
                if length <= self.limits.line_length:
                    pieces.append(physical[1:])
                continue
            if pieces and length <= self.limits.line_length and (line := _line("".join(pieces))):
                yield line
            pieces, length = [physical], len(physical)
        if pieces and length <= self.limits.line_length and (line := _line("".join(pieces))):
            yield line

    def _take_own_zone(self, name: str) -> None:
        if not self.head and is_iana_zone(name):
            self.head.append(f"X-WR-TIMEZONE:{name}")

    # -- events

    def _look_at(self, event: _Event, line: Line) -> None:
        if line.name in KEPT:
            if line.name not in ONCE or event.first(line.name) is None:
                event.lines.append(line)
        elif line.name == "UID":
            event.uid = line.value.strip()
        elif line.name == "X-MICROSOFT-CDO-BUSYSTATUS":
            event.is_free = event.is_free or line.value.strip().upper() in _NOT_BUSY_IN_OUTLOOK
        elif line.name == "ATTENDEE" and "PARTSTAT=DECLINED" in line.parameters.upper():
            mailbox = line.value.strip().lower().removeprefix("mailto:")
            event.is_free = event.is_free or mailbox in self.mailboxes

    def _take(self, event: _Event) -> None:
        if event.uid and self._is_own(event.uid):
            return
        self.events += 1
        if self.events > self.limits.events:
            raise Refused("too_big")
        start = event.first("DTSTART")
        day = _DAY.match(start.value) if start else None
        if start is None or day is None:
            self.skipped += 1
            return
        if self._is_far(event, day.group(1)):
            return
        if not self._mend_rule(event, start):
            self.skipped += 1
            return
        number = self.numbers.setdefault(event.uid or f"\x00{self.events}", len(self.numbers) + 1)
        self.body += ["BEGIN:VEVENT", f"UID:{number}", *map(str, event.lines)]
        self.body += [f"{FREE}:1"] * event.is_free + ["END:VEVENT"]

    def _is_own(self, uid: str) -> bool:
        return uid in self.own_uids or (bool(self.own_end) and uid.endswith(self.own_end))

    def _is_far(self, event: _Event, start: str) -> bool:
        """Whether an event is over, or too far ahead, for certain."""
        if event.first("RECURRENCE-ID") is not None:
            return False
        if start > self.latest:
            return event.first("RDATE") is None
        if event.first("RDATE") is not None:
            return False
        rule = event.first("RRULE")
        if rule is not None:
            until = re.search(r"UNTIL=(\d{8})", rule.value.upper())
            return until is not None and until.group(1) < self.long_over
        end = event.first("DTEND")
        if end is not None and (day := _DAY.match(end.value)) is not None:
            return day.group(1) < self.earliest
        return end is None and start < (self.earliest if event.first("DURATION") is None else self.long_over)

    def _mend_rule(self, event: _Event, start: Line) -> bool:
        """Give repetitions without an end one; returns whether the event may be repeated like this.

        A rule may match nothing for ever, or every second: neither is left to the library.
        """
        dates = sum(line.value.count(",") + 1 for line in event.lines if line.name in {"RDATE", "EXDATE"})
        if dates > _MOST_DATES:
            return False
        rule = event.first("RRULE")
        if rule is None:
            return True
        parts = dict(part.split("=", 1) for part in rule.value.strip().upper().split(";") if "=" in part)
        if len(rule.value) > _RULE_LENGTH or parts.get("FREQ", "").strip() not in _FREQUENCIES:
            return False
        if not all(_WHOLE.fullmatch(parts.get(name, "1")) for name in ("INTERVAL", "COUNT")):
            return False
        times = 1
        for by in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            times *= parts[by].count(",") + 1 if by in parts else 1
        if times > _TIMES_A_DAY:
            return False
        if "COUNT" not in parts and not parts.get("UNTIL", "9")[:8] <= self.latest:
            is_day = "T" not in start.value
            parts["UNTIL"] = self.latest + ("" if is_day else "T000000Z")
            mended = Line("RRULE", "", ";".join(f"{name}={value}" for name, value in parts.items()))
            event.lines[event.lines.index(rule)] = mended
        return True

    # -- time zones, and free/busy

    def _take_zone(self, lines: list[str]) -> None:
        """Keep a zone that has no well-known name and can be understood."""
        name = next((line.partition(":")[2] for line in lines if line.startswith(("TZID:", "TZID;"))), "")
        if not name or is_known_zone(name) or len(self.zones) >= self.limits.zones * 60:
            return
        if len(lines) > 200 or not all(map(_is_fit_for_a_zone, lines)):
            return
        whole = ["BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE"]
        try:
            component = icalendar.Timezone.from_ical("\r\n".join(whole))
            component.to_tz(lookup_tzid=False)  # type: ignore[attr-defined]
        except Exception:
            return
        self.zones += whole

    def _take_periods(self, line: Line) -> None:
        if re.search(r"FBTYPE=FREE(;|$)", line.parameters.upper()):
            return
        for period in line.value.split(","):
            self.events += 1
            if self.events > self.limits.events:
                raise Refused("too_big")
            if _PERIOD.fullmatch(period.strip()):
                self.periods.append(period.strip())
            else:
                self.skipped += 1


def _physical_lines(text: str) -> Iterator[str]:
    """Lines that end in CRLF or LF, or in CR alone where there is no LF at all; without copying them all."""
    end = "\n" if "\n" in text[:100_000] else "\r"
    begin = 0
    while (found := text.find(end, begin)) >= 0:
        yield text[begin:found].rstrip("\r")
        begin = found + 1
    yield text[begin:].rstrip("\r")


def _line(text: str) -> Line | None:
    """Name, parameters and value; a colon or semicolon in quotes is neither's end."""
    quoted = False
    end_of_name = -1
    for place, char in enumerate(text):
        if char == '"':
            quoted = not quoted
        elif not quoted and char == ";" and end_of_name < 0:
            end_of_name = place
        elif not quoted and char == ":":
            if end_of_name < 0:
                end_of_name = place
            return Line(text[:end_of_name].upper(), text[end_of_name:place], text[place + 1 :])
    return None


def is_known_zone(name: str) -> bool:
    """Whether a zone's name alone says what it is: IANA's, Windows', or one of these behind a prefix."""
    name = name.strip().strip('"')
    if not name or len(name) > 100 or ".." in name:
        return False
    try:
        return tzp.timezone(name) is not None
    except Exception:  # of a name that is a path, or nonsense
        return False


def is_iana_zone(name: str) -> bool:
    """Whether a name is one of the well-known zones."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+_-]*(/[A-Za-z0-9+_-]+){0,3}", name):
        return False
    try:
        return ZoneInfo(name) is not None
    except (OSError, ValueError):
        return False


def _is_fit_for_a_zone(line: str) -> bool:
    """No line by which a zone would take long: rules by the year, few dates, offsets of less than a day."""
    name, _, value = line.partition(":")
    name = name.partition(";")[0]
    if name == "RRULE":
        parts = value.upper().split(";")
        return (
            len(value) < 200
            and "FREQ=YEARLY" in parts
            and not re.search(r"BY(HOUR|MINUTE|SECOND|SETPOS)", value)
        )
    if name == "RDATE":
        return value.count(",") < 200
    if name == "DTSTART":
        return "1600" <= value[:4] < "2100"
    if name in {"TZOFFSETFROM", "TZOFFSETTO"}:
        return re.fullmatch(r"[+-](0\d|1[0-8])[0-5]\d([0-5]\d)?", value.strip()) is not None
    return len(value) < 200
