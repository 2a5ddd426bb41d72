"""Content lines, the only construct that iCalendar is made of (RFC 5545 3.1).

Each function returns one line as text, unfolded; `fold` turns lines into the octets that travel. Values come
in the types that Baraza uses (RFC 5545 3.3): TEXT, URI, DATE, DATE-TIME, DURATION, UTC-OFFSET and
CAL-ADDRESS. Text that people wrote can neither end a line nor begin another: every control character is
dropped or written as `\\n`.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

MAX_OCTETS = 75

# RFC 5545 3.3.11: these four escapes and no others. Unicode's other line breaks (NEL, LS, PS) count as such,
# since some readers split lines at them. Control characters and lone surrogates cannot be written at all.
_TEXT = (
    dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)])
    | dict.fromkeys(map(ord, "\n\r\x85\u2028\u2029"), "\\n")
    | {ord("\t"): " ", ord("\\"): "\\\\", ord(";"): "\\;", ord(","): "\\,"}
)
_PARAMETER = dict.fromkeys(_TEXT) | {ord(letter): letter for letter in "\\;,"} | {ord('"'): "'"}
_BLANKS = re.compile(r"\s+")

# RFC 3986: reserved and unreserved characters, and % for what is quoted already.
_URI = "%:/?#[]@!$&'()*+,;=~"
_MAILBOX = "@!$'*+=/&~"


def text(name: str, value: str) -> str:
    """A line of TEXT: `SUMMARY:Learning\\, together`."""
    return f"{name}:{escape(value)}"


def texts(name: str, values: Iterable[str]) -> str:
    """A line of several TEXTs, parted by commas."""
    return f"{name}:{','.join(map(escape, values))}"


def uri(name: str, value: str) -> str:
    """A line with a URI, which knows no escapes; what a URI may not hold is percent-encoded."""
    return f"{name}:{quote(value, safe=_URI, errors='replace')}"


def day(name: str, value: date) -> str:
    """A line with a DATE: `DTSTART;VALUE=DATE:20270301`."""
    return f"{name};VALUE=DATE:{value:%Y%m%d}"


def instant(name: str, value: datetime) -> str:
    """A line with a DATE-TIME in UTC: `DTSTAMP:20270301T090000Z`."""
    return f"{name}:{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def wall_time(name: str, value: datetime, zone: str | None = None) -> str:
    """A line with a DATE-TIME as clocks show it, in the zone named, or where none is the zone being
    defined."""
    parameter = f";TZID={zone}" if zone else ""
    return f"{name}{parameter}:{value:%Y%m%dT%H%M%S}"


def duration(name: str, value: timedelta) -> str:
    """A line with a DURATION of whole seconds: `X-PUBLISHED-TTL:PT6H`, `TRIGGER:-PT24H`."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    return f"{name}:{sign}PT{''.join(f'{number}{unit}' for number, unit in parts if number)}"


def utc_offset(name: str, value: timedelta) -> str:
    """A line with a UTC-OFFSET: `TZOFFSETTO:+0545`; seconds only where there are some."""
    seconds = int(value.total_seconds())
    sign = "-" if seconds < 0 else "+"
    minutes, seconds = divmod(abs(seconds), 60)
    return f"{name}:{sign}{minutes // 60:02}{minutes % 60:02}{f'{seconds:02}' if seconds else ''}"


def mailbox(name: str, person: tuple[str, str], **parameters: str) -> str:
    """A line with a CAL-ADDRESS: `ATTENDEE;ROLE=REQ-PARTICIPANT;CN="Awa Diop":mailto:awa@example.org`.

    Args:
        person: the name to show, which may be empty, and the mail address.
    """
    common_name, address = person
    given = "".join(f";{key}={value}" for key, value in parameters.items())
    # A parameter value has no escapes (RFC 5545 3.2): quotation marks part it from the rest, so it may hold
    # none.
    shown = _BLANKS.sub(" ", common_name).translate(_PARAMETER).strip()
    called = f';CN="{shown}"' if shown else ""
    return f"{name}{given}{called}:mailto:{quote(address, safe=_MAILBOX)}"


def escape(value: str) -> str:
    """`value` as TEXT (RFC 5545 3.3.11)."""
    return value.replace("\r\n", "\n").translate(_TEXT)


def fold(lines: Iterable[str]) -> bytes:
    """`lines` in UTF-8, ended by CRLF, folded between characters to at most 75 octets (RFC 5545 3.1)."""
    return b"".join(_folded(line.encode()) for line in lines)


def _folded(line: bytes) -> bytes:
    if len(line) <= MAX_OCTETS:
        return line + b"\r\n"
    pieces = []
    start, room = 0, MAX_OCTETS
    while len(line) - start > room:
        end = start + room
        while line[end] & 0xC0 == 0x80:  # inside a UTF-8 character: step back to its first octet
            end -= 1
        pieces.append(line[start:end])
        start, room = end, MAX_OCTETS - 1  # the blank that opens a continuation counts
    pieces.append(line[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
