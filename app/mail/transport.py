"""Handing a letter to the mail server: Flask-Mail, made safe.

Flask-Mail 0.10 takes any certificate for STARTTLS, waits for ever for a server that says nothing, and reports
a message that the server has accepted as failed when the good-bye, or the next connection, fails. `SafeMail`
and `Conversation` do none of these.
"""

import re
import smtplib
import ssl
from types import TracebackType
from typing import Self

from flask import Flask
from flask_mail import Connection, Mail, Message

from app.mail.message import Letter, Mailbox, UnsendableLetter, build

_DISMISSED = 421
_NOBODY_THERE = re.compile(r"5\.1\.(1|2|3|6|10)\b")


class DeliveryError(Exception):
    """A letter was not handed over. Either `Transient` or `Permanent`; the text says why, for the outbox."""


class Transient(DeliveryError):
    """The server could not be reached or understood, or wants us to come again: try again later."""


class Permanent(DeliveryError):
    """This letter will not be taken, however often it is tried."""


class NoSuchAddress(Permanent):
    """There is nobody at this address, the server says (RFC 3463: 5.1.x)."""


class Dismissed(Transient):
    """The server ends the conversation before it has heard the letter (RFC 5321, 3.8: code 421)."""


LETTERS_A_CONNECTION = 50
"""So many letters go through one connection; many servers allow a hundred."""


def send(mail: "SafeMail", letter: Letter, sender: Mailbox) -> None:
    """Hand one `letter` over, on a connection of its own. Raises as `Conversation.send`."""
    with Conversation(mail) as conversation:
        conversation.send(letter, sender)


class Conversation:
    """One connection for many letters, to the mail server that the current application is configured with.

    It is made when the first letter is sent, and made anew after any fault, after `most` letters, and when
    the server has hung up meanwhile. A letter is handed over again only where the server has said, before it
    heard any of it, that it ends the conversation: so no letter goes out twice by it.
    """

    def __init__(self, mail: "SafeMail", *, most: int = LETTERS_A_CONNECTION) -> None:
        self._mail, self._most = mail, most
        self._connection: SafeConnection | None = None
        self._letters = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def send(self, letter: Letter, sender: Mailbox) -> None:
        """Hand a letter to the mail server.

        Only what the server says of the recipient or the message is final. What it says of us (its greeting,
        the certificate, our password, our sender address) can be put right, and the letter waits until it has
        been.

        Raises:
            Transient, Permanent: it was not handed over.
        """
        try:
            envelope = _Envelope(letter, sender)
        except UnsendableLetter as error:
            raise Permanent(str(error)) from error
        goes_on = self._goes_on()
        try:
            self._hand_over(envelope)
        except Dismissed:
            if not goes_on:
                raise
            self._hand_over(envelope)

    def close(self) -> None:
        """Say good-bye, if there is anybody to say it to."""
        connection, self._connection, self._letters = self._connection, None, 0
        if connection is not None:
            connection.__exit__(None, None, None)

    def _goes_on(self) -> bool:
        """Whether there is a connection already that can take another letter; one that cannot is closed."""
        if self._connection is None:
            return False
        if self._letters >= self._most or not self._connection.is_alive():
            self.close()
            return False
        return True

    def _hand_over(self, envelope: "_Envelope") -> None:
        try:
            if self._connection is None:
                self._connection = self._mail.connect().__enter__()
            self._letters += 1
            envelope.send(self._connection)
        except smtplib.SMTPRecipientsRefused as error:
            [(code, reason)] = error.recipients.values()
            raise self._refused(code, reason, heard=False) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            kind = Dismissed if error.smtp_code == _DISMISSED else Transient
            raise kind(f"{type(error).__name__}: {error}") from error
        except smtplib.SMTPDataError as error:
            raise self._refused(error.smtp_code, error.smtp_error, heard=True) from error
        except OSError as error:  # smtplib's own errors among them
            self.close()
            raise Transient(f"{type(error).__name__}: {error}") from error

    def _refused(self, code: int, reason: bytes | str, *, heard: bool) -> DeliveryError:
        refusal = _refusal(code, reason)
        if isinstance(refusal, Transient):
            self.close()
        return Dismissed(str(refusal)) if code == _DISMISSED and not heard else refusal


def _refusal(code: int, reason: bytes | str) -> DeliveryError:
    said = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    if 500 <= code < 600:
        return (NoSuchAddress if _NOBODY_THERE.match(said) else Permanent)(f"{code} {said}")
    return Transient(f"{code} {said}")


class _Envelope(Message):
    """A built letter in the shape that Flask-Mail sends, and records in tests."""

    def __init__(self, letter: Letter, sender: Mailbox) -> None:
        self.message = build(letter, sender)
        super().__init__(
            subject=letter.subject,
            recipients=[letter.to.ascii_address],
            sender=sender.ascii_address,
            body=letter.text,
            html=letter.html,
        )

    def as_bytes(self) -> bytes:
        return self.message.as_bytes()


class SafeMail(Mail):
    """Flask-Mail with a time limit and verified certificates.

    Args:
        timeout: how long to wait for any one answer of the server, in seconds.
        tls: whom to trust; the authorities that the operating system trusts, where None.
    """

    def __init__(
        self, app: Flask | None = None, *, timeout: float = 10, tls: ssl.SSLContext | None = None
    ) -> None:
        self.timeout = timeout
        self.tls = tls
        super().__init__(app)

    def connect(self) -> "SafeConnection":
        plain = super().connect()
        return SafeConnection(plain.mail, timeout=self.timeout, tls=self.tls)


class SafeConnection(Connection):
    """A connection that is encrypted as asked or not made, and whose end says nothing of what was sent."""

    def __init__(self, mail: Mail, *, timeout: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(mail)
        self.timeout = timeout
        self.tls = tls

    def configure_host(self) -> smtplib.SMTP:
        server, port = self.mail.server, self.mail.port
        if self.mail.use_ssl:
            context = self.tls or ssl.create_default_context()
            host: smtplib.SMTP = smtplib.SMTP_SSL(server, port, timeout=self.timeout, context=context)
        else:
            host = smtplib.SMTP(server, port, timeout=self.timeout)
        try:
            if self.mail.use_tls:
                host.starttls(context=self.tls or ssl.create_default_context())
            if self.mail.username and self.mail.password:
                host.login(self.mail.username, self.mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def is_alive(self) -> bool:
        """Whether the server still answers, or nothing is sent at all."""
        try:
            return self.host is None or self.host.noop()[0] == 250
        except OSError:
            return False

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.host is None:
            return
        try:
            self.host.quit()
        except OSError:  # what was accepted stays accepted, and what failed has failed already
            self.host.close()
