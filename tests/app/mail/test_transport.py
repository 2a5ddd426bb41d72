"""Letters handed to real SMTP servers on this machine: kind, strict, encrypted, silent and absent ones."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from app.mail.message import Letter, Mailbox
from app.mail.transport import Permanent, SafeMail, Transient, send

CERTIFICATE = Path(__file__).with_name("self_signed.pem")  # for localhost, made for these tests
SENDER = Mailbox("Forus", "baraza@example.org")
LETTER = Letter(
    to=Mailbox("Awa Diop", "awa@example.net"),
    subject="Plaidoyer",
    text="Bonjour\n.\nà bientôt\n",
    html="<p>Bonjour</p>",
    language="fr",
    written_at=datetime(2026, 11, 20, tzinfo=UTC),
    message_id="<17@example.org>",
)


class Postman:
    """A mail server's decisions: it takes everything, save where it has been told what to say."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.taken: list[Envelope] = []

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return self.answers.get("DATA", "250 OK")

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return self.answers.get("QUIT", "221 Bye")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(postman: Postman, **options: object) -> Iterator[int]:
    """The port on which `postman` answers."""
    controller = Controller(postman, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def hand_over(
    port: int,
    letter: Letter = LETTER,
    *,
    tls: ssl.SSLContext | None = None,
    timeout: float = 5,
    **config: object,
) -> None:
    """Send through an application of its own that is configured with `config`."""
    app = Flask(__name__)
    app.config.update(MAIL_SERVER="localhost", MAIL_PORT=port, **config)
    mail = SafeMail(app, timeout=timeout, tls=tls)
    with app.app_context():
        send(mail, letter, SENDER)


def test_a_letter_arrives_as_it_was_built() -> None:
    postman = Postman()
    with serving(postman) as port:
        hand_over(port)
    [envelope] = postman.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("baraza@example.org", ["awa@example.net"])
    assert b"Message-ID: <17@example.org>\r\n" in envelope.content
    assert b"Bonjour\r\n.\r\n=C3=A0 bient=C3=B4t\r\n" in envelope.content


def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    postman = Postman()
    with (
        serving(postman, tls_context=server_tls()) as port,
        pytest.raises(Transient, match="CERTIFICATE_VERIFY"),
    ):
        hand_over(port, MAIL_USE_TLS=True)
    assert postman.taken == []


def test_a_certificate_that_is_vouched_for_is_accepted() -> None:
    postman = Postman()
    with serving(postman, tls_context=server_tls(), require_starttls=True) as port:
        hand_over(port, tls=ssl.create_default_context(cafile=str(CERTIFICATE)), MAIL_USE_TLS=True)
    assert len(postman.taken) == 1


def test_a_server_without_encryption_gets_no_letter_that_wants_it() -> None:
    postman = Postman()
    with serving(postman) as port, pytest.raises(Transient, match="STARTTLS"):
        hand_over(port, MAIL_USE_TLS=True)
    assert postman.taken == []


@pytest.mark.parametrize("trusted", [True, False])
def test_certificates_are_verified_where_all_is_encrypted_from_the_start(trusted: bool) -> None:
    postman = Postman()
    tls = ssl.create_default_context(cafile=str(CERTIFICATE)) if trusted else None
    with serving(postman, ssl_context=server_tls(), server_hostname="localhost") as port:
        if trusted:
            hand_over(port, tls=tls, MAIL_USE_SSL=True)
        else:
            with pytest.raises(Transient, match="CERTIFICATE_VERIFY"):
                hand_over(port, MAIL_USE_SSL=True)
    assert len(postman.taken) == trusted


def test_a_silent_server_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Transient, match="timed out"):
        hand_over(silent.getsockname()[1], timeout=0.2)


def test_an_absent_server_is_tried_again_later() -> None:
    with pytest.raises(Transient, match="ConnectionRefusedError"):
        hand_over(free_port())


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 5.1.1 No such user"}, Permanent),
        ({"RCPT": "451 4.2.1 Greylisted"}, Transient),
        ({"DATA": "552 5.3.4 Too big"}, Permanent),
        ({"DATA": "421 4.3.0 Going down"}, Transient),
        ({"MAIL": "553 5.1.8 Who are you"}, Transient),  # about us, not about the letter
    ],
)
def test_a_refusal_is_final_only_where_it_is_about_the_letter(
    answers: dict[str, str], error: type[Exception]
) -> None:
    [said] = answers.values()
    with serving(Postman(**answers)) as port, pytest.raises(error, match=said[4:]):
        hand_over(port)


def test_a_wrong_password_is_not_the_end_of_a_letter() -> None:
    postman = Postman()
    options = {
        "authenticator": lambda *_: AuthResult(success=False, handled=False),
        "auth_require_tls": False,
    }
    with serving(postman, **options) as port, pytest.raises(Transient, match="535"):
        hand_over(port, MAIL_USERNAME="baraza", MAIL_PASSWORD="wrong")
    assert postman.taken == []


def test_a_letter_that_was_taken_is_sent_though_the_good_bye_fails() -> None:
    postman = Postman(QUIT="500 What?")
    with serving(postman) as port:
        hand_over(port)
    assert len(postman.taken) == 1


def test_a_letter_that_was_taken_is_sent_though_the_server_hangs_up() -> None:
    conversation = [
        b"220 hi\r\n",
        b"250 hi\r\n",
        b"250 ok\r\n",
        b"250 ok\r\n",
        b"354 go\r\n",
        b"250 taken\r\n",
    ]
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_talk_and_hang_up, args=(server, conversation), daemon=True).start()
        hand_over(server.getsockname()[1])


def test_a_server_that_hangs_up_before_it_has_taken_the_letter_is_tried_again() -> None:
    conversation = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_talk_and_hang_up, args=(server, conversation), daemon=True).start()
        with pytest.raises(Transient):
            hand_over(server.getsockname()[1])


def test_an_impossible_address_never_reaches_the_server() -> None:
    postman = Postman()
    hostile = replace(LETTER, to=Mailbox("", "awa@example.net>\r\nRCPT TO:<x@y.z"))
    with serving(postman) as port, pytest.raises(Permanent, match="address"):
        hand_over(port, hostile)
    assert postman.taken == []


def test_tests_can_record_letters_instead() -> None:
    app = Flask(__name__)
    app.config.update(MAIL_SERVER="localhost", MAIL_PORT=free_port(), MAIL_SUPPRESS_SEND=True)
    mail = SafeMail(app)
    with app.app_context(), mail.record_messages() as outbox:
        send(mail, LETTER, SENDER)
    [message] = outbox
    assert (message.subject, message.recipients) == ("Plaidoyer", ["awa@example.net"])


def _talk_and_hang_up(server: socket.socket, lines: list[bytes]) -> None:
    """Say one line after each that is heard, the last after the message or in its place, and hang up."""
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as heard:
        for number, line in enumerate(lines):
            if number == 5:
                while heard.readline() not in (b".\r\n", b""):
                    pass
            elif number:
                heard.readline()
            connection.sendall(line)
