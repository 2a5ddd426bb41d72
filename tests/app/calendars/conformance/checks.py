"""What is held against every calendar that we write: rules of RFC 5545, 5546 and 7986, and what clients need.

`faults` reads the octets itself, with no library in between, and names what it finds by the ids that the
checks have among calendar publishers (`tz.offset`, `evt.end-exclusive` …).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

Kind = Literal["feed", "freebusy", "REQUEST", "CANCEL"]

_NAME = re.compile(r"[A-Z0-9-]+(;[A-Z0-9-]+=(\"[^\"]*\"|[^\";:,]*))*:")
_TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC", "UID", "CATEGORIES"}
_STAMPS = {"DTSTAMP", "CREATED", "LAST-MODIFIED"}
_ENUMS = {
    "STATUS": {"CONFIRMED", "TENTATIVE", "CANCELLED"},
    "TRANSP": {"OPAQUE", "TRANSPARENT"},
    "CLASS": {"PUBLIC", "PRIVATE", "CONFIDENTIAL"},
}
_INSTANT = re.compile(r"\d{8}T\d{6}Z")
_LOCAL = re.compile(r"\d{8}T\d{6}")
_YEARLY = re.compile(r"FREQ=YEARLY;BYMONTH=\d+;BYDAY=(-1|[1-4])[A-Z]{2}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


@dataclass
class Line:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Part:
    name: str
    lines: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def value(self, name: str) -> str:
        return next((line.value for line in self.lines if line.name == name), "")

    def named(self, name: str) -> list[Part]:
        return [part for part in self.parts if part.name == name]


def faults(data: bytes, kind: Kind, *, alarms: bool = False) -> list[str]:
    """Everything that is wrong with a calendar, as "id: what"; nothing where it is right."""
    raw = list(_raw(data))
    if raw:
        return raw  # what is not even lines cannot be read further
    calendar = parse(data)
    events = calendar.named("VEVENT")
    found = [*_calendar(calendar, kind), *_texts(calendar), *_zones(calendar)]
    for event in events:
        found += _event(event, kind, alarms=alarms)
    uids = [event.value("UID") for event in events]
    if len(set(uids)) < len(uids):
        found.append("evt.uid-unique: two events share a UID")
    if kind == "freebusy":
        found += _freebusy(calendar)
    return found


def changes(before: bytes, after: bytes) -> list[str]:
    """What is wrong between two states of the same feed."""
    old = {event.value("UID"): event for event in parse(before).named("VEVENT")}
    found = []
    for event in parse(after).named("VEVENT"):
        uid = event.value("UID")
        if uid not in old:
            continue
        was, is_now = int(old[uid].value("SEQUENCE")), int(event.value("SEQUENCE"))
        hard = [
            (line.value) for name in ("DTSTART", "DTEND", "LOCATION", "STATUS") for line in event.all(name)
        ]
        hard_before = [
            (line.value) for name in ("DTSTART", "DTEND", "LOCATION", "STATUS") for line in old[uid].all(name)
        ]
        if is_now < was or (hard != hard_before and is_now == was):
            found.append(f"upd.sequence: {uid} went from {was} to {is_now}")
        if event != old[uid] and event.value("LAST-MODIFIED") <= old[uid].value("LAST-MODIFIED"):
            found.append(f"evt.last-modified: {uid} changed and does not say so")
    kept = {event.value("UID") for event in parse(after).named("VEVENT")}
    found += [f"upd.uid-kept: {uid} vanished" for uid in old if uid not in kept]
    return found


def parse(data: bytes) -> Part:
    """The calendar as a tree of lines."""
    stack = [Part("")]
    for text in data.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n"):
        head, _colon, value = _split(text)
        name, *parameters = re.split(r";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", head)
        if name == "BEGIN":
            part = Part(value)
            stack[-1].parts.append(part)
            stack.append(part)
        elif name == "END":
            stack.pop()
        else:
            given = dict(parameter.split("=", 1) for parameter in parameters)
            stack[-1].lines.append(Line(name, given, value))
    return stack[0].parts[0]


def _split(text: str) -> tuple[str, str, str]:
    match = _NAME.match(text)
    assert match, text
    return text[: match.end() - 1], ":", text[match.end() :]


def _raw(data: bytes) -> Iterator[str]:
    if (
        not data.endswith(b"\r\n")
        or b"\n" in data.replace(b"\r\n", b"")
        or b"\r" in data.replace(b"\r\n", b"")
    ):
        yield "raw.crlf: a line does not end in CR LF"
    for physical in data.split(b"\r\n"):
        if len(physical) > 75:
            yield f"raw.fold75: {len(physical)} octets"
        try:
            text = physical.decode()
        except UnicodeDecodeError:
            yield "raw.fold-utf8: folded inside a character"
            continue
        if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
            yield f"raw.control: {text!r}"
    for line in data.replace(b"\r\n ", b"").split(b"\r\n")[:-1]:
        if not _NAME.match(line.decode(errors="replace")):
            yield f"raw.line-syntax: {line[:40]!r}"
    if data.count(b"BEGIN:VCALENDAR") != 1 or not data.startswith(b"BEGIN:VCALENDAR\r\n"):
        yield "cal.one: not one calendar"


def _calendar(calendar: Part, kind: Kind) -> Iterator[str]:
    if [line.value for line in calendar.all("VERSION")] != ["2.0"] or len(calendar.all("PRODID")) != 1:
        yield "cal.version: VERSION 2.0 and one PRODID"
    method = calendar.value("METHOD")
    if method != ("" if kind in {"feed", "freebusy"} else kind):
        yield f"itip.expected: METHOD {method or 'none'} in a {kind}"
    if kind != "feed":
        return
    if not calendar.value("NAME") or calendar.value("NAME") != calendar.value("X-WR-CALNAME"):
        yield "cal.name: NAME and X-WR-CALNAME"
    refresh = calendar.all("REFRESH-INTERVAL")
    if [line.value for line in refresh] != [calendar.value("X-PUBLISHED-TTL")]:
        yield "cal.refresh: REFRESH-INTERVAL and X-PUBLISHED-TTL"
    for name, value in (("REFRESH-INTERVAL", "DURATION"), ("SOURCE", "URI")):
        if any(line.parameters.get("VALUE") != value for line in calendar.all(name)):
            yield f"val.req-param: {name} without VALUE={value}"
    if not re.fullmatch(r"[a-z]+", calendar.value("COLOR")):
        yield "val.color: not a CSS3 name"


def _texts(part: Part) -> Iterator[str]:
    for line in part.lines:
        if line.name in _TEXTS:
            bare = re.sub(r"\\[\\;,nN]", "", line.value)
            if "\\" in bare or ";" in bare or ("," in bare and line.name != "CATEGORIES"):
                yield f"val.text-escape: {line.name}:{line.value}"
            if re.search(r"\\\\[,;n]", line.value) or "&amp;" in line.value or "<br" in line.value:
                yield f"val.double-escape: {line.name}:{line.value}"
        if line.name in {"URL", "SOURCE", "CONFERENCE"} and not re.fullmatch(r"https?://[!-~]+", line.value):
            yield f"val.uri: {line.name}:{line.value}"
    for inner in part.parts:
        yield from _texts(inner)


def _event(event: Part, kind: Kind, *, alarms: bool) -> Iterator[str]:
    uid = event.value("UID")
    for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS", "LAST-MODIFIED"):
        if len(event.all(name)) != 1:
            yield f"comp.required: {uid} has {len(event.all(name))} of {name}"
    if not 0 < len(uid.encode()) <= 202:
        yield f"evt.uid-length: {uid}"
    for name in _STAMPS:
        if any(not _INSTANT.fullmatch(line.value) for line in event.all(name)):
            yield f"val.dtstamp-utc: {name} of {uid}"
    for name, allowed in _ENUMS.items():
        if any(line.value not in allowed for line in event.all(name)):
            yield f"val.enum: {name} of {uid}"
    if not 0 <= int(event.value("SEQUENCE") or -1) < 2**31:
        yield f"evt.sequence: of {uid}"
    if any(not re.fullmatch(r"-?\d+\.\d{6};-?\d+\.\d{6}", line.value) for line in event.all("GEO")):
        yield f"val.geo: of {uid}"
    yield from _times(event, uid)
    yield from _repetition(event, uid)
    if event.parts and not alarms:
        yield f"evt.alarm: {uid} rings unasked"
    yield from _parties(event, uid, kind)


def _repetition(event: Part, uid: str) -> Iterator[str]:
    if any(line.name in {"RDATE", "EXDATE", "RECURRENCE-ID", "DURATION"} for line in event.lines):
        yield f"evt.rdate: {uid} has dates that clients read in different ways"
    rules = event.all("RRULE")
    if len(rules) > 1 or any(not re.fullmatch(r"FREQ=DAILY;COUNT=\d+", line.value) for line in rules):
        yield f"val.rrule: of {uid}"


def _times(event: Part, uid: str) -> Iterator[str]:
    if not event.all("DTSTART") or not event.all("DTEND"):
        return
    start, end = event.all("DTSTART")[0], event.all("DTEND")[0]
    if start.parameters != end.parameters:
        yield f"evt.end-type: {uid} ends in another way than it begins"
    for line in (start, end):
        if line.parameters.get("VALUE") == "DATE":
            fits = re.fullmatch(r"\d{8}", line.value)
        elif "TZID" in line.parameters:
            fits = _LOCAL.fullmatch(line.value)
        else:
            fits = _INSTANT.fullmatch(line.value)
        if not fits:
            yield f"evt.floating: {line.name} of {uid} is {line.value}"
    if end.value <= start.value:
        yield f"evt.end-exclusive: {uid} ends before it begins"
    zone = start.parameters.get("TZID")
    if zone:
        for line in (line for line in (start, end) if _LOCAL.fullmatch(line.value)):
            local = datetime.strptime(line.value, "%Y%m%dT%H%M%S")  # noqa: DTZ007
            folds = [local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
            if folds[0].utcoffset() != folds[1].utcoffset():
                yield f"tz.ambiguous: {line.value} of {uid} in {zone}"


def _parties(event: Part, uid: str, kind: Kind) -> Iterator[str]:
    organizers, attendees = event.all("ORGANIZER"), event.all("ATTENDEE")
    if kind == "feed":
        others = [line.value for line in event.lines if line.name != "UID"]
        if organizers or attendees or any(_MAIL.search(value) for value in others):
            yield f"evt.attendee-published: {uid} names somebody"
        return
    if len(organizers) != 1 or len(attendees) != 1:
        yield f"itip.cardinality: {len(organizers)} organizers, {len(attendees)} attendees in {uid}"
    for line in (*organizers, *attendees):
        if not line.value.startswith("mailto:"):
            yield f"rel.organizer: {line.value}"
    if kind == "REQUEST" and any(line.parameters.get("RSVP") != "TRUE" for line in attendees):
        yield f"itip.rsvp: of {uid}"
    if (event.value("STATUS") == "CANCELLED") != (kind == "CANCEL"):
        yield f"itip.status: {event.value('STATUS')} in a {kind}"


def _zones(calendar: Part) -> Iterator[str]:
    used = {
        line.parameters["TZID"]: line.value
        for event in calendar.named("VEVENT")
        for line in event.lines
        if "TZID" in line.parameters
    }
    defined = [zone.value("TZID") for zone in calendar.named("VTIMEZONE")]
    if sorted(used) != sorted(defined):
        yield f"tz.defined: {sorted(used)} used, {sorted(defined)} defined"
    for zone in calendar.named("VTIMEZONE"):
        name = zone.value("TZID")
        if not zone.parts:
            yield f"tz.parts: {name} has no observance"
        for observance in zone.parts:
            if observance.all("RDATE"):
                yield f"tz.rdate: {name}"
            if any(not _YEARLY.fullmatch(line.value) for line in observance.all("RRULE")):
                yield f"tz.outlook: {name}"
            yield from _onset(name, observance)


def _onset(name: str, observance: Part) -> Iterator[str]:
    """Each onset is told by the clock that is about to be changed, and the change is the true one."""
    shown = datetime.strptime(observance.value("DTSTART"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    if shown.year <= 1970:
        return
    moment = (shown - _offset(observance.value("TZOFFSETFROM"))).replace(tzinfo=UTC)
    then = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(name)).utcoffset()
    now = moment.astimezone(ZoneInfo(name)).utcoffset()
    if (then, now) != (_offset(observance.value("TZOFFSETFROM")), _offset(observance.value("TZOFFSETTO"))):
        yield f"tz.onset: {name} at {shown}"


def _offset(text: str) -> timedelta:
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5]), seconds=int(text[5:7] or 0))


def _freebusy(calendar: Part) -> Iterator[str]:
    parts = calendar.named("VFREEBUSY")
    if len(parts) != 1 or calendar.parts != parts:
        yield "fb.one: not one VFREEBUSY alone"
        return
    [busy] = parts
    if {line.name for line in busy.lines} - {"UID", "DTSTAMP", "DTSTART", "DTEND", "URL", "FREEBUSY"}:
        yield "fb.nothing-else: more than times"
    periods = [line.value for line in busy.all("FREEBUSY")]
    if any(not re.fullmatch(rf"{_INSTANT.pattern}/{_INSTANT.pattern}", period) for period in periods):
        yield "fb.utc: a period that is not in UTC"
    spans = [tuple(period.split("/")) for period in periods]
    if any(one[1] >= two[0] for one, two in pairwise(spans)) or any(one[0] >= one[1] for one in spans):
        yield "fb.sorted: periods overlap, touch or are out of order"
    if any(not busy.value("DTSTART") <= one[0] < one[1] <= busy.value("DTEND") for one in spans):
        yield "fb.within: a period outside of what is covered"
