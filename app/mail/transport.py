"""Handing a letter to the mail server: Flask-Mail, made safe.

Flask-Mail 0.10 takes any certificate for STARTTLS, waits for ever for a server that says nothing, and reports
a message that the server has accepted as failed when the good-bye fails. `SafeMail` does none of these.
"""

import re
import smtplib
import ssl
from types import TracebackType

from flask import Flask
from flask_mail import Connection, Mail, Message

from app.mail.message import Letter, Mailbox, UnsendableLetter, build

_NOBODY_THERE = re.compile(r"5\.1\.(1|2|3|6|10)\b")


class DeliveryError(Exception):
    """A letter was not handed over. Either `Transient` or `Permanent`; the text says why, for the outbox."""


class Transient(DeliveryError):
    """The server could not be reached or understood, or wants us to come again: try again later."""


class Permanent(DeliveryError):
    """This letter will not be taken, however often it is tried."""


class NoSuchAddress(Permanent):
    """There is nobody at this address, the server says (RFC 3463: 5.1.x)."""


def send(mail: "SafeMail", letter: Letter, sender: Mailbox) -> None:
    """Hand `letter` to the mail server that the current application is configured with.

    Only what the server says of the recipient or the message is final. What it says of us (its greeting, the
    certificate, our password, our sender address) can be put right, and the letter waits until it has been.

    Raises:
        Transient, Permanent: it was not handed over.
    """
    try:
        mail.send(_Envelope(letter, sender))
    except UnsendableLetter as error:
        raise Permanent(str(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        [(code, reason)] = error.recipients.values()
        raise _refusal(code, reason) from error
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except OSError as error:  # smtplib's own errors among them
        raise Transient(f"{type(error).__name__}: {error}") from error


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
