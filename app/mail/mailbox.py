"""Looking into a mailbox for what is new: IMAP over TLS, the server's certificate verified."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable
from typing import Any

from app.mail.incoming import MAX_OCTETS
from config import Settings

TIMEOUT = 20
AT_ONCE = 100
"""How many messages one look takes in; the next goes on."""


def fetch_new(
    settings: Settings, take: Callable[[bytes, bool], object], *, tls: ssl.SSLContext | None = None
) -> int:
    """Hand every message that nobody has read to `take`, then mark it as read; returns how many.

    `take` gets the octets, and whether they are the headers alone: that is so of what is too large to be an
    answer. A message whose `take` raises stays
    unread, and is handed over again at the next look.

    Raises OSError: the server is away, refuses us, or says what no server says.
    """
    server = imaplib.IMAP4_SSL(
        settings.imap_server,
        settings.imap_port,
        ssl_context=tls or ssl.create_default_context(),
        timeout=TIMEOUT,
    )
    try:
        server.login(settings.imap_username, settings.imap_password)
        _ok(server.select(_quoted(settings.imap_folder)))
        numbers = _ok(server.uid("SEARCH", "UNSEEN"))[0].split()[:AT_ONCE]
        for number in numbers:
            uid = number.decode()
            take(*_message(server, uid))
            _ok(server.uid("STORE", uid, "+FLAGS", r"(\Seen)"))
        return len(numbers)
    except imaplib.IMAP4.error as error:
        raise OSError(str(error)) from error
    finally:
        try:
            server.logout()
        except (OSError, imaplib.IMAP4.error):
            server.shutdown()


def _message(server: imaplib.IMAP4, uid: str) -> tuple[bytes, bool]:
    size = _ok(server.uid("FETCH", uid, "(RFC822.SIZE)"))[0]
    digits = b""
    if isinstance(size, bytes):
        digits = size.upper().partition(b"RFC822.SIZE")[2].partition(b")")[0].strip()
    is_cut = not digits.isdigit() or int(digits) > MAX_OCTETS
    what = "(BODY.PEEK[HEADER])" if is_cut else "(BODY.PEEK[])"
    for part in _ok(server.uid("FETCH", uid, what)):
        if isinstance(part, tuple):
            return bytes(part[1]), is_cut
    return b"", True


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    state, found = answer
    if state != "OK":
        raise OSError("the mail server refuses")
    return found or [b""]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
