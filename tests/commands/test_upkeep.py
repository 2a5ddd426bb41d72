"""Commands that keep an installation well: backup, restore, doctor, purge, a test mail."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask
from sqlalchemy.orm import Session

from app import clock, schema
from app.accounts.models import Login, SignInCode
from app.db import database, unit_of_work
from app.facts import AuditEntry
from app.jobs.models import Job
from app.mail.models import OutboxLetter
from app.network.models import Topic
from tests.architecture.databases import lacking, scratch_postgres
from tests.commands.installation import Installation, free_port
from tests.commands.test_preparing import run
from tests.factories import make_account, make_topic


def topics(installation: Installation) -> set[str]:
    with installation.opened():
        return {topic.code for topic in database.session.query(Topic)}


def add_topics(installation: Installation, *codes: str) -> None:
    with installation.opened(), unit_of_work() as db:
        for code in codes:
            make_topic(db, code=code)


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[Installation]:
    with scratch_postgres() as url:
        yield Installation(tmp_path / "instance", {"DATABASE_URL": url})


@pytest.fixture(params=["installation", pytest.param("on_postgres", marks=pytest.mark.postgres)])
def prepared(request: pytest.FixtureRequest) -> Installation:
    """An installation with a database, on SQLite and on PostgreSQL."""
    installation: Installation = request.getfixturevalue(request.param)
    with installation.opened():
        schema.upgrade(database.engine)
    return installation


def test_what_was_backed_up_is_restored_whole(prepared: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    add_topics(prepared, "before")
    saved = prepared.flask("backup", str(kept))
    if "is not installed" in saved.stderr:
        lacking("pg_dump")
    assert saved.returncode == 0, saved.stderr
    assert kept.stat().st_mode & 0o777 == 0o600
    add_topics(prepared, "after")
    assert topics(prepared) == {"before", "after"}
    restored = prepared.flask("restore", str(kept), "--yes")
    assert restored.returncode == 0, restored.stderr
    assert topics(prepared) == {"before"}
    add_topics(prepared, "later")  # and it can be written to


def test_a_backup_taken_while_others_write_is_a_whole_database(
    installation: Installation, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    with installation.opened():
        schema.upgrade(database.engine)
    written, enough = [], threading.Event()

    def write() -> None:
        connection = sqlite3.connect(installation.folder / "baraza.db", timeout=10)
        while not enough.is_set():
            with connection:
                code = f"topic-{len(written)}"
                connection.execute("INSERT INTO topic (code, titles) VALUES (?, '{}')", (code,))
            written.append(code)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        saved = installation.flask("backup", str(kept))
    finally:
        enough.set()
        writer.join()
    assert saved.returncode == 0, saved.stderr
    copy = sqlite3.connect(kept)
    codes = [code for (code,) in copy.execute("SELECT code FROM topic ORDER BY id")]
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert codes == written[: len(codes)], "as it was at one moment"
    assert len(written) > len(codes) > 0, "others wrote before, during and after"


def test_a_backup_never_overwrites(app: Flask, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("something dear")
    status, said = run(app, "backup", str(kept))
    assert (status, kept.read_text()) == (1, "something dear")
    assert "nothing was written" in said
    assert list(tmp_path.iterdir()) == [kept]


def test_what_is_no_backup_is_refused_and_nothing_is_lost(app: Flask, db: Session, tmp_path: Path) -> None:
    make_topic(db, code="dear")
    db.commit()
    for name, content in {"empty": b"", "text": b"no database at all", "other": _another_database()}.items():
        file = tmp_path / name
        file.write_bytes(content)
        status, said = run(app, "restore", str(file), "--yes")
        assert status == 1, name
        assert "nothing was changed" in said
    assert database.session.query(Topic).one().code == "dear"


def test_restoring_asks_before_it_replaces_anything(installation: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    installation.flask("init")
    installation.flask("backup", str(kept))
    add_topics(installation, "dear")
    refused = installation.flask("restore", str(kept))  # nobody answers
    assert refused.returncode == 1
    assert topics(installation) == {"dear"}


def test_the_doctor_says_that_the_database_is_not_ready(installation: Installation) -> None:
    found = installation.flask("doctor")
    assert found.returncode == 1
    assert "LOOK  database: reachable, needs: flask --app app init" in found.stdout


def test_the_doctor_finds_letters_that_failed_and_jobs_that_wait(installation: Installation) -> None:
    installation.flask("init")
    well = installation.flask("doctor").stdout
    assert "ok    mail: 0 letters could not be sent" in well
    assert "ok    jobs: 0 waiting" in well
    now = clock.now()
    with installation.opened(), unit_of_work() as db:
        db.add(letter("failed", now))
        db.add(Job(kind="plan_round", subject_id=1, queued_at=now - timedelta(minutes=11)))
    ill = installation.flask("doctor")
    assert ill.returncode == 1
    assert "LOOK  mail: 1 letters could not be sent" in ill.stdout
    assert "LOOK  jobs: 1 waiting for more than ten minutes (is a worker running?)" in ill.stdout


def test_purge_throws_away_what_is_old_and_nothing_else(app: Flask, db: Session) -> None:
    """KEEP_MONTHS is 24: what is 25 months old goes, what is 23 months old stays."""
    now = clock.now()
    old, young = now - timedelta(days=25 * 30), now - timedelta(days=23 * 30)
    account = make_account(db)
    for at in (old, young):
        db.add_all(
            (
                letter("sent", at),
                letter("queued", at),
                Job(kind="plan_round", subject_id=1, state="done", queued_at=at, finished_at=at),
                entry(at),
                entry(at, reactions_pending=True),
            )
        )
    for number, ends in enumerate((now - timedelta(days=8), now - timedelta(days=6))):
        db.add(code(number, ends))
    for number, ends in enumerate((now - timedelta(seconds=1), now + timedelta(days=1))):
        db.add(Login(token_hash=f"{number}", account_id=account.id, created_at=old, expires_at=ends))
    db.commit()
    status, said = run(app, "purge")
    assert status == 0
    counted = ["1 sign-in codes", "1 ended logins", "0 tokens that ran out", "1 letters", "1 jobs"]
    assert said == f"Thrown away: {', '.join(counted)}, 1 audit entries.\n"
    left = sorted((one.state, one.created_at == old) for one in database.session.query(OutboxLetter))
    assert left == [("queued", False), ("queued", True), ("sent", False)]
    pending = [(one.reactions_pending, one.happened_at == old) for one in database.session.query(AuditEntry)]
    assert sorted(pending) == [(False, False), (True, False), (True, True)]


def test_purge_keeps_as_long_as_it_is_told(app: Flask, db: Session) -> None:
    db.add(letter("sent", clock.now() - timedelta(days=100)))
    db.commit()
    run(app, "purge", "--months", "4")
    assert database.session.query(OutboxLetter).count() == 1
    run(app, "purge", "--months", "3")
    assert database.session.query(OutboxLetter).count() == 0


class Inbox(Message):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[bytes] = []

    def prepare_message(self, session: object, envelope: object) -> object:
        self.messages.append(envelope.content)  # type: ignore[attr-defined]
        return super().prepare_message(session, envelope)  # type: ignore[arg-type]

    def handle_message(self, message: object) -> None:
        """Nothing more is done with it."""


@pytest.fixture
def mail_server() -> Iterator[tuple[int, Inbox]]:
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield port, inbox
    controller.stop()


def test_the_test_mail_arrives(installation: Installation, mail_server: tuple[int, Inbox]) -> None:
    port, inbox = mail_server
    installation.variables |= {
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
        "MAIL_SENDER": "calendar@baraza.example.org",
    }
    sent = installation.flask("send-test-mail", "awa@example.org")
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout == f"Sent to awa@example.org through 127.0.0.1:{port}.\n"
    (message,) = [message_from_bytes(content, policy=default) for content in inbox.messages]
    assert message["To"] == "awa@example.org"
    assert message["From"].addresses[0].addr_spec == "calendar@baraza.example.org"
    assert "Nothing else needs to be done" in message.get_body(("plain",)).get_content()


def test_a_test_mail_that_cannot_be_sent_says_why(installation: Installation) -> None:
    installation.variables |= {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": "1"}
    refused = installation.flask("send-test-mail", "awa@example.org")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: Not sent: ")


def test_without_a_mail_server_the_test_mail_says_what_to_set(app: Flask) -> None:
    status, said = run(app, "send-test-mail", "awa@example.org")
    assert (status, said) == (1, "Error: No mail server is configured: set MAIL_SERVER.\n")


def letter(state: str, at: object) -> OutboxLetter:
    return OutboxLetter(
        key=f"{state}-{at}",
        kind="test",
        to_name="Awa",
        to_address="awa@example.org",
        language="en",
        subject="A test",
        text="",
        html="",
        message_id="<test@example.org>",
        state=state,
        created_at=at,
        due_at=at,
    )


def entry(at: object, *, reactions_pending: bool = False) -> AuditEntry:
    return AuditEntry(
        happened_at=at,
        actor_name="test",
        fact="Tested",
        subject_kind="test",
        subject_id=1,
        facts={},
        before={},
        after={},
        reactions_pending=reactions_pending,
    )


def code(number: int, ends: object) -> SignInCode:
    return SignInCode(
        email="awa@example.org", code_hash="0", link_hash=f"{number}", created_at=ends, expires_at=ends
    )


def _another_database() -> bytes:
    """A sound SQLite database that is none of ours."""
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE something (else_ TEXT)")
    content = other.serialize()
    other.close()
    return content
