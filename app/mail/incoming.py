"""Mail that reaches us, read: octets from anybody -> a value. Nothing in it can make this raise or take long.

What is too large or too deep is not taken apart; everything else is looked through for the one part
that is of use: a calendar program's answer, a report that a letter came back, or what somebody wrote.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr

MAX_OCTETS = 1_000_000
"""What is larger is no answer: its headers alone are looked at."""

MAX_PARTS = 200
MAX_NESTED = 40
MAX_CALENDAR = 200_000
MAX_WORDS = 2_000

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ANSWERS = re.compile(rb"^METHOD:\s*(REPLY|COUNTER)\s*$", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of a letter of ours (RFC 3464): to whom it could not bring it, and why.

    `message_ids` are those that the letter it gives back names; ours is among them if it was ours.
    """

    addresses: tuple[str, ...]
    reason: str
    is_final: bool
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message. `problem` says why it was not taken apart; `calendar` is an answer as it came, decoded."""

    digest: str
    from_address: str = ""
    to_addresses: tuple[str, ...] = ()
    subject: str = ""
    words: str = ""
    calendar: str = ""
    report: Report | None = None
    is_automatic: bool = False
    problem: str = ""


def read(octets: bytes, *, is_cut: bool = False) -> Incoming:
    """The message in these octets, or in the headers that are all there is of it (`is_cut`). Never raises."""
    digest = hashlib.sha256(octets).hexdigest()
    try:
        return _read(octets, digest, is_cut)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError):
        return Incoming(digest, problem="malformed")


def _read(octets: bytes, digest: str, is_cut: bool) -> Incoming:
    head, _, _ = octets[:100_000].replace(b"\r\n", b"\n").partition(b"\n\n")
    headers = email.message_from_bytes(head + b"\n\n")
    about = Incoming(
        digest,
        from_address=parseaddr(_text(headers, "From"))[1][:254],
        to_addresses=_addresses(headers),
        subject=_text(headers, "Subject")[:300],
        is_automatic=_is_automatic(headers),
    )
    if is_cut or len(octets) > MAX_OCTETS:
        return _with(about, problem="too_large")
    if octets.lower().count(b"multipart/") > MAX_NESTED:
        return _with(about, problem="too_deep")
    message = email.message_from_bytes(octets)
    parts = list(_parts(message))
    if len(parts) > MAX_PARTS:
        return _with(about, problem="too_many_parts")
    if message.get_content_type() == "multipart/report" and (report := _report(parts)):
        return _with(about, report=report)
    return _with(about, calendar=_calendar(parts), words=_words(parts))


def _with(about: Incoming, **values: object) -> Incoming:
    known = {name: getattr(about, name) for name in Incoming.__slots__}
    return Incoming(**{**known, **values})


def _parts(message: Message) -> Iterator[Message]:
    """Every part wherever it stands, those of attached messages among them; one more than allowed at most."""
    waiting = [message]
    found = 0
    while waiting and found <= MAX_PARTS:
        part = waiting.pop(0)
        found += 1
        yield part
        if part.is_multipart():
            waiting += [each for each in part.get_payload() if isinstance(each, Message)][: MAX_PARTS + 1]


def _calendar(parts: list[Message]) -> str:
    """The answer of a calendar program; '' when there is none."""
    for part in parts:
        name = str(part.get_filename() or "").casefold()
        if part.get_content_type() in {"text/calendar", "application/ics"} or name.endswith(".ics"):
            text = _decoded(part)
            if _ANSWERS.search(text.replace("\r\n", "\n").encode(errors="replace")):
                return text
    return ""


def _words(parts: list[Message]) -> str:
    for part in parts:
        if part.get_content_type() == "text/plain" and not part.get_filename():
            return _decoded(part).strip()[:MAX_WORDS]
    return ""


def _decoded(part: Message) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return _CONTROLS.sub("", octets[: MAX_CALENDAR * 4].decode(charset))
        except (UnicodeError, LookupError):
            continue
    return _CONTROLS.sub("", octets[: MAX_CALENDAR * 4].decode("latin-1"))


def _report(parts: list[Message]) -> Report | None:
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if status is None:
        return None
    fields = [block for block in status.get_payload() if isinstance(block, Message)][:20]
    addresses, reason, final = [], "", False
    for block in fields:
        if _text(block, "Action").casefold() == "failed":
            codes = _STATUS.findall(_text(block, "Status"))
            final = final or bool(codes)
            said = _text(block, "Diagnostic-Code").partition(";")[2].strip()
            reason = reason or " ".join([*codes[:1], said])[:300]
        for name in ("Original-Recipient", "Final-Recipient"):
            addresses += [_text(block, name).partition(";")[2].strip(" <>")[:254]]
    ids = []
    for part in parts[parts.index(status) + 1 :]:
        given_back = part
        if part.get_content_type() == "text/rfc822-headers":
            given_back = email.message_from_string(_decoded(part))
        if found := _text(given_back, "Message-ID"):
            ids.append(found)
    return Report(tuple(dict.fromkeys(filter(None, addresses))), reason, final, tuple(ids))


def _is_automatic(headers: Message) -> bool:
    """Whether nobody wrote it: an absence notice, a mailing list (RFC 3834)."""
    return (
        _text(headers, "Auto-Submitted").partition(";")[0].strip().casefold() not in {"", "no"}
        or bool(headers.get("X-Autoreply") or headers.get("X-Autorespond") or headers.get("List-Id"))
        or _text(headers, "Precedence").casefold() in {"bulk", "junk", "list", "auto_reply"}
    )


def _addresses(headers: Message) -> tuple[str, ...]:
    found = getaddresses([_text(headers, name) for name in ("To", "Cc", "Delivered-To", "X-Original-To")])
    return tuple(address for _, address in found if address)[:50]


def _text(headers: Message, name: str) -> str:
    """A header as one line of text."""
    value = headers.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value))))
    except (MessageError, UnicodeError, LookupError, ValueError):
        text = str(value)
    return " ".join(_CONTROLS.sub("", text).split())
