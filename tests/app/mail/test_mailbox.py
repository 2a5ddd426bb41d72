"""Looking into a mailbox: a small IMAP server of our own, over TLS that is verified."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import config
from app.mail import mailbox
from app.mail.incoming import MAX_OCTETS

CERTIFICATE = Path(__file__).with_name("self_signed.pem")


@dataclass
class Imap:
    """One mailbox behind one port; as much of RFC 3501 as a client needs that looks for new mail."""

    messages: dict[int, bytes]
    seen: set[int] = field(default_factory=set)
    fetched: list[str] = field(default_factory=list)

    def serve(self, listener: socket.socket, tls: ssl.SSLContext) -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with (
                    tls.wrap_socket(plain, server_side=True) as connection,
                    connection.makefile("rwb") as talk,
                ):
                    self.talk(talk)
            except OSError:  # the client did not like our certificate
                continue

    def talk(self, stream: object) -> None:
        def say(line: bytes) -> None:
            stream.write(line + b"\r\n")
            stream.flush()

        say(b"* OK [CAPABILITY IMAP4rev1] ready")
        for line in stream:
            tag, _, command = line.strip().partition(b" ")
            word = command.upper()
            if word.startswith(b"LOGIN") and b"secret" not in command:
                say(tag + b" NO wrong password")
                continue
            if word.startswith(b"SELECT"):
                say(b"* %d EXISTS" % len(self.messages))
            elif word.startswith(b"UID SEARCH UNSEEN"):
                say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in self.messages if uid not in self.seen))
            elif found := re.match(rb"UID FETCH (\d+) (.*)", word):
                self.fetch(int(found[1]), found[2].decode(), say)
            elif found := re.match(rb"UID STORE (\d+) \+FLAGS \(\\SEEN\)", word):
                self.seen.add(int(found[1]))
            elif word.startswith(b"CAPABILITY"):
                say(b"* CAPABILITY IMAP4rev1")
            say(tag + b" OK done")
            if word.startswith(b"LOGOUT"):
                return

    def fetch(self, uid: int, what: str, say: object) -> None:
        self.fetched.append(f"{uid} {what}")
        octets = self.messages[uid]
        if "SIZE" in what:
            say(b"* 1 FETCH (UID %d RFC822.SIZE %d)" % (uid, len(octets)))
            return
        if "HEADER" in what:
            octets = octets.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        say(b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(octets)) + octets + b")")


@pytest.fixture
def imap() -> Iterator[tuple[Imap, config.Settings]]:
    server = Imap({4: b"Subject: one\r\n\r\nhello\r\n", 9: b"Subject: two\r\n\r\n" + b"x" * (MAX_OCTETS + 1)})
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=server.serve, args=(listener, tls), daemon=True).start()
        yield (
            server,
            config.load(
                {},
                environment="testing",
                secret_key="k" * 40,
                imap_server="localhost",
                imap_port=listener.getsockname()[1],
                imap_username="baraza",
                imap_password="secret",
            ),
        )


TRUSTED = ssl.create_default_context(cafile=str(CERTIFICATE))


def test_what_nobody_has_read_is_taken_once_and_of_what_is_too_large_the_headers(
    imap: tuple[Imap, config.Settings],
) -> None:
    server, settings = imap
    taken: list[tuple[bytes, bool]] = []
    take = lambda octets, is_cut: taken.append((octets, is_cut))  # noqa: E731
    assert mailbox.fetch_new(settings, take, tls=TRUSTED) == 2
    assert taken == [(b"Subject: one\r\n\r\nhello\r\n", False), (b"Subject: two\r\n\r\n", True)]
    assert server.seen == {4, 9}
    assert mailbox.fetch_new(settings, take, tls=TRUSTED) == 0


def test_what_could_not_be_taken_stays_unread(imap: tuple[Imap, config.Settings]) -> None:
    server, settings = imap

    def away(octets: bytes, is_cut: bool) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        mailbox.fetch_new(settings, away, tls=TRUSTED)
    assert server.seen == set()


def test_a_certificate_that_nobody_vouches_for_ends_it(imap: tuple[Imap, config.Settings]) -> None:
    server, settings = imap
    with pytest.raises(ssl.SSLCertVerificationError):
        mailbox.fetch_new(settings, lambda octets, is_cut: None)
    assert server.fetched == []


def test_a_wrong_password_is_an_error_of_the_server(imap: tuple[Imap, config.Settings]) -> None:
    _, settings = imap
    wrong = settings.model_copy(update={"imap_password": "wrong"})
    with pytest.raises(OSError, match="wrong password"):
        mailbox.fetch_new(wrong, lambda octets, is_cut: None, tls=TRUSTED)
