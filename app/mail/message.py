"""A letter as a mail message.

The layout of an invitation is the one that Google and Exchange send, and the only one for which Apple Mail,
Gmail and Outlook all show the buttons to answer it:

    multipart/mixed
        multipart/alternative
            text/plain
            text/html
            text/calendar; method=REQUEST       the last alternative, and no attachment
        application/ics "invite.ics"            the same octets, for programs that only save files

All of it is 7-bit, so that no relay has cause to re-encode anything; the calendar travels in base64 and keeps
its CRLFs. Nothing that people wrote can begin a header of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any, Literal, NamedTuple

_MAX_LINE = 76  # RFC 2047 2, for lines with encoded words
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MESSAGE_ID = re.compile(rf"<{_LOCAL_PART.pattern}@(?P<domain>{_DOMAIN.pattern})>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WEB_ADDRESS = re.compile(r"https?://[!-;=?-~]+")  # printable ASCII without the brackets around it
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 '-]*")


class UnsendableLetter(ValueError):
    """A letter that can never be sent as it is, with the reason."""


class Mailbox(NamedTuple):
    """Whom a letter is from or to; the name may be empty."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Of `ascii_address`, and raising like it."""
        return self.ascii_address.rpartition("@")[2]

    @property
    def ascii_address(self) -> str:
        """The address as it travels, an international domain in Punycode.

        Raises:
            UnsendableLetter: it is no address, or its local part needs SMTPUTF8, which few servers speak.
        """
        local_part, _, domain = self.address.rpartition("@")
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            domain = ""
        if not (_LOCAL_PART.fullmatch(local_part) and _DOMAIN.fullmatch(domain)):
            raise UnsendableLetter("there is no such mail address")
        return f"{local_part}@{domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one person, in their language.

    Attributes:
        text, html: the same content twice.
        written_at: an instant, the Date of the message. Like the Message-ID it stays the same however often
            sending is tried, so that a server that already has the message can tell.
        message_id: made by `message_id`.
        calendar, method: an invitation as iCalendar and its METHOD; both or neither.
        in_reply_to, references: Message-IDs of what this letter follows up, the latest of them last.
        list_unsubscribe: where letters of this kind are stopped (RFC 2369); by one POST where it is HTTPS
            (RFC 8058).
        auto_submitted: keeps automatic answers away (RFC 3834); empty for a letter that a person wrote.
    """

    to: Mailbox
    subject: str
    text: str
    html: str
    language: str
    written_at: datetime
    message_id: str
    calendar: bytes | None = None
    method: Literal["REQUEST", "CANCEL"] | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: Mailbox | None = None
    list_unsubscribe: str = ""
    auto_submitted: Literal["auto-generated", "auto-replied", ""] = "auto-generated"


def message_id(key: str, sender: Mailbox) -> str:
    """The Message-ID of the letter with `key`, which no other letter of the sender's domain may have."""
    return f"<{key}@{sender.domain}>"


def build(letter: Letter, sender: Mailbox) -> EmailMessage:
    """The message that `letter` travels as.

    Raises:
        UnsendableLetter: a header with a line break or control character, an impossible address, a Message-ID
            of another domain than the sender's, or a calendar without the METHOD it is sent with.
    """
    for fault in _faults(letter, sender):
        raise UnsendableLetter(f"letter {letter.message_id!r}: {fault}")
    message = EmailMessage(policy=_POLICY)
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar and letter.method:
        message.add_alternative(
            letter.calendar.decode(), subtype="calendar", params={"method": letter.method}, cte="base64"
        )
        message.add_attachment(letter.calendar, "application", "ics", filename="invite.ics")
    for name, value in _headers(letter, sender):
        if value:
            message[name] = value
    return message


def _headers(letter: Letter, sender: Mailbox) -> Iterator[tuple[str, str | datetime]]:
    yield "From", _named(sender)
    yield "To", _named(letter.to)
    yield "Reply-To", _named(letter.reply_to) if letter.reply_to else ""
    yield "Subject", letter.subject
    yield "Date", letter.written_at
    yield "Message-ID", letter.message_id
    yield "In-Reply-To", letter.in_reply_to
    yield "References", " ".join(letter.references)
    yield "Content-Language", letter.language
    yield "Auto-Submitted", letter.auto_submitted
    if letter.list_unsubscribe:
        yield "List-Unsubscribe", f"<{letter.list_unsubscribe}>"
        if letter.list_unsubscribe.startswith("https:"):  # RFC 8058, 3.1: one click needs HTTPS
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _named(mailbox: Mailbox) -> str:
    """`Awa Diop <awa@example.org>`, any other than the plainest names as encoded words (RFC 2047).

    The standard library loses the quotation marks around a name that it has to fold, whereupon
    `"a <b@c>, ..."` is an address of its own.
    """
    name = mailbox.name.strip()
    if not _PLAIN_NAME.fullmatch(name):
        name = Header(name, "utf-8", maxlinelen=_MAX_LINE - len("Reply-To: ")).encode(linesep="")
    return f"{name} <{mailbox.ascii_address}>".lstrip()


def _faults(letter: Letter, sender: Mailbox) -> Iterator[str]:
    """What would make the message another one than is meant."""
    people = [sender, letter.to, *([letter.reply_to] if letter.reply_to else [])]
    if any(_CONTROLS.search(header) for header in (letter.subject, *(person.name for person in people))):
        yield "a line break or control character in the subject or in a name"
    own = _MESSAGE_ID.fullmatch(letter.message_id)
    if not own or own["domain"].casefold() != sender.domain.casefold():
        yield "a Message-ID that is not one of the sender's domain"
    earlier = (*letter.references, *([letter.in_reply_to] if letter.in_reply_to else []))
    if not all(map(_MESSAGE_ID.fullmatch, earlier)):
        yield "a follow-up to what is no Message-ID"
    if not _LANGUAGE.fullmatch(letter.language):
        yield f"{letter.language!r} names no language"
    if letter.list_unsubscribe and not _WEB_ADDRESS.fullmatch(letter.list_unsubscribe):
        yield "a list_unsubscribe that is no web address"
    if letter.written_at.utcoffset() is None:
        yield "written_at says no offset from UTC"
    if bool(letter.calendar) != bool(letter.method):
        yield "a calendar without a method, or a method without a calendar"
    elif letter.calendar and f"\r\nMETHOD:{letter.method}\r\n".encode() not in letter.calendar:
        yield f"the calendar does not say METHOD:{letter.method}"


class _AsWritten(BaseHeader):
    """A header of ASCII words, folded at the blanks between them and nowhere else.

    The standard library writes a word longer than a line as encoded words, which in a Message-ID, an address
    or a link means something else.
    """

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        kwds["parse_tree"], kwds["decoded"] = None, value

    def fold(self, *, policy: Policy) -> str:
        first, *words = str(self).split()
        lines = [f"{self.name}: {first}"]
        for word in words:
            if len(lines[-1]) + len(word) < _MAX_LINE:
                lines[-1] += f" {word}"
            else:
                lines.append(f" {word}")
        return "".join(line + policy.linesep for line in lines)


def _policy() -> Policy:
    registry = HeaderRegistry()
    for name in ("From", "To", "Reply-To", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe"):
        registry.map_to_type(name, _AsWritten)
    return SMTP.clone(header_factory=registry, cte_type="7bit")


_POLICY = _policy()
