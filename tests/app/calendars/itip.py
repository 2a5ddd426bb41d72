"""A calendar program's side of iTIP (RFC 5546), written from the RFC alone: nothing of it is ours.

It reads what arrives by mail, octets and all, and keeps what its owner's calendar would show.
"""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass, field
from email.message import EmailMessage

_FOLD = re.compile(r"\r\n[ \t]")
_LINE = re.compile(
    r'(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=(?:"[^"]*"|[^;:"]*))*):(?P<value>.*)', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Told:
    """One message as its reader understood it."""

    message_id: str
    method: str
    uid: str
    sequence: int
    stamp: str
    start: str
    end: str
    where: str
    attendee: str
    organizer: str


@dataclass
class Calendar:
    """Somebody's calendar. `forgets`: what was called off is gone with all that was known of it.

    RFC 5546, 2.1.5: of two messages about one event the one with the higher SEQUENCE counts, of those with
    the same the one with the later DTSTAMP; what is older than what one has is passed over.
    """

    address: str
    forgets: bool
    events: dict[str, Told] = field(default_factory=dict)
    called_off: dict[str, Told] = field(default_factory=dict)

    def take(self, told: Told) -> None:
        """What the program does when the message is opened."""
        if told.attendee.casefold() != self.address.casefold():
            return
        known = self.events.get(told.uid) or self.called_off.get(told.uid)
        if known is not None and (told.sequence, told.stamp) < (known.sequence, known.stamp):
            return
        if told.method == "REQUEST":
            self.called_off.pop(told.uid, None)
            self.events[told.uid] = told
        elif told.method == "CANCEL" and told.uid in self.events:
            del self.events[told.uid]
            if not self.forgets:
                self.called_off[told.uid] = told

    def shows(self) -> dict[str, tuple[str, str, str]]:
        """UID -> when and where."""
        return {uid: (told.start, told.end, told.where) for uid, told in self.events.items()}


def read(octets: bytes) -> Told | None:
    """The iTIP message in a mail; `None`: there is none. Raises AssertionError: MIME and body disagree."""
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return None
    [part] = parts
    lines = [
        _parsed(line) for line in _FOLD.sub("", part.get_payload(decode=True).decode()).split("\r\n") if line
    ]
    values = {name: value for name, value in lines if name != "END"}
    assert part.get_param("method") == values["METHOD"]
    return Told(
        message_id=str(message["Message-ID"]),
        method=values["METHOD"],
        uid=values["UID"],
        sequence=int(values["SEQUENCE"]),
        stamp=values["DTSTAMP"],
        start=values["DTSTART"],
        end=values["DTEND"],
        where=values["LOCATION"].replace("\\,", ","),
        attendee=values["ATTENDEE"].removeprefix("mailto:"),
        organizer=values["ORGANIZER"].removeprefix("mailto:"),
    )


def _parsed(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    return found["name"], found["value"]
