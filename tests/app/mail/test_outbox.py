"""Queueing letters, and sending them through a real mail server: once each, whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import clock
from app.access import Forbidden
from app.db import database, unit_of_work
from app.errors import Conflict
from app.facts import AuditEntry
from app.mail import services
from app.mail.delivery import FAILURES_IN_A_ROW, deliver_due
from app.mail.models import BouncingAddress, OutboxLetter
from tests.app.mail.conftest import Postman, sends_to
from tests.conftest import NOW
from tests.factories import make_actor

MINUTE = timedelta(minutes=1)


def queue_only(db: Session, key: str = "invitation-1", **values: Any) -> OutboxLetter:
    defaults: dict[str, Any] = {
        "kind": "invitation",
        "to_name": "Awa Diop",
        "to_address": "awa@example.net",
        "language": "fr",
        "subject": "Plaidoyer",
        "text": "Bonjour\n",
        "html": "<p>Bonjour</p>",
        "now": NOW,
    }
    return services.queue_letter(db, key=key, **{**defaults, **values})


def queue(db: Session, key: str = "invitation-1", **values: Any) -> OutboxLetter:
    """A letter in the outbox, committed."""
    letter = queue_only(db, key, **values)
    db.commit()
    return letter


def deliver(db: Session, now: datetime = NOW) -> int:
    sent = deliver_due(now)
    db.expire_all()
    return sent


# -- Queueing


def test_the_same_key_is_queued_once_and_keeps_its_first_words(db: Session) -> None:
    first = queue(db, subject="First")
    again = queue(db, subject="Second", now=NOW + MINUTE)
    assert again is first
    assert first.subject == "First"
    assert queue(db, key="invitation-2").id != first.id


def test_a_letter_that_was_sent_is_not_queued_again(db: Session, postman: Postman) -> None:
    queue(db)
    deliver(db)
    queue(db)
    deliver(db)
    assert len(postman.taken) == 1


def test_a_rolled_back_unit_of_work_leaves_no_letter(db: Session, postman: Postman) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as unit:
        queue_only(unit)
        raise ZeroDivisionError
    assert deliver(db) == 0


def test_the_worker_is_woken_once_for_many_letters_and_again_after_a_rollback(
    app: Flask, db: Session
) -> None:
    waiting = app.extensions["baraza.queue"].huey.storage
    waiting.flush_queue()
    with pytest.raises(ZeroDivisionError), unit_of_work() as unit:
        queue_only(unit)
        raise ZeroDivisionError
    assert waiting.queue_size() == 0
    with unit_of_work() as unit:
        for n in range(3):
            queue_only(unit, key=str(n))
    assert waiting.queue_size() == 1


def test_message_ids_are_of_our_domain_and_differ_by_key_whatever_it_holds(db: Session) -> None:
    ids = {queue(db, key=key).message_id for key in ("é 1", "é 2", "a" * 200, "<x>@y")}
    assert len(ids) == 4
    assert all(message_id.endswith("@example.org>") for message_id in ids)


def test_a_subject_is_one_line(db: Session, postman: Postman) -> None:
    queue(db, subject="Plaidoyer\r\nBcc: x@example.net\n")
    deliver(db)
    [message] = postman.taken
    assert message["Subject"] == "Plaidoyer Bcc: x@example.net"
    assert message["Bcc"] is None


# -- Delivering


@pytest.mark.parametrize("pasted", ["Awa\tDiop", "Awa\r\nDiop", "Awa\u2028Diop", " Awa\x07 Diop "])
def test_what_came_along_with_a_pasted_name_or_title_stops_no_letter(
    db: Session, postman: Postman, pasted: str
) -> None:
    letter = queue(db, to_name=pasted, subject=pasted)
    assert (letter.to_name, letter.subject) == ("Awa Diop", "Awa Diop")
    assert deliver(db) == 1


def test_a_letter_is_sent_with_all_that_it_was_queued_with(db: Session, postman: Postman) -> None:
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    letter = queue(
        db,
        calendar=ics,
        method="REQUEST",
        message_id="<session-5.2@example.org>",
        in_reply_to="<session-5.1@example.org>",
    )
    assert deliver(db, NOW + MINUTE) == 1
    assert (letter.state, letter.attempts) == ("sent", 1)
    assert timedelta() <= letter.sent_at - (NOW + MINUTE) < MINUTE
    [message] = postman.taken
    assert str(message["To"]) == "Awa Diop <awa@example.net>"
    assert str(message["From"]) == "Baraza <baraza@example.org>"
    assert message["Message-ID"] == "<session-5.2@example.org>"
    assert message["In-Reply-To"] == message["References"] == "<session-5.1@example.org>"
    assert message["Content-Language"] == "fr"
    assert message["Date"].datetime == NOW
    assert message.get_body(("plain",)).get_content().strip() == "Bonjour"
    [calendar] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert calendar.get_payload(decode=True) == ics


def test_what_is_sent_is_not_sent_again(db: Session, postman: Postman) -> None:
    queue(db)
    assert [deliver(db, NOW + n * 60 * MINUTE) for n in range(3)] == [1, 0, 0]
    assert len(postman.taken) == 1


def test_a_refusal_for_now_is_tried_again_a_minute_later(db: Session, postman: Postman) -> None:
    postman.answers = ["451 come again", "250 OK"]
    letter = queue(db)
    deliver(db)
    assert (letter.state, letter.error) == ("queued", "451 come again")
    assert deliver(db, letter.due_at - timedelta(seconds=1)) == 0
    assert deliver(db, letter.due_at) == 1
    assert (letter.state, letter.attempts, letter.error) == ("sent", 2, "")


def test_waits_grow_and_end_after_eight_attempts(db: Session, postman: Postman) -> None:
    postman.answers = ["451 come again"] * 9
    letter, now, waits = queue(db), NOW, []
    while letter.state == "queued":
        deliver(db, now)
        waits.append(round((letter.due_at - now) / MINUTE))
        now = letter.due_at
    assert waits[:-1] == [1, 5, 30, 120, 360, 720, 1440]
    assert (letter.state, letter.attempts, letter.error) == ("failed", 8, "451 come again")


def test_a_refusal_for_good_is_kept_with_its_reason(db: Session, postman: Postman) -> None:
    postman.answers = ["550 nobody of this name"]
    letter = queue(db)
    assert deliver(db) == 0
    assert (letter.state, letter.error) == ("failed", "550 nobody of this name")
    assert deliver(db, NOW + timedelta(days=9)) == 0


def test_an_address_that_does_not_exist_is_not_written_to_again_but_for_a_code(
    db: Session, postman: Postman
) -> None:
    postman.answers = ["550 5.1.1 no such user"]
    first = queue(db, to_address="Nobody@example.net")
    deliver(db)
    known = db.scalars(select(BouncingAddress)).one()
    assert (known.address, known.reason) == ("nobody@example.net", "550 5.1.1 no such user")
    assert db.scalars(select(AuditEntry.fact)).all() == ["AddressBounced"]
    second = queue(db, key="2", to_address="nobody@EXAMPLE.net")
    code = queue(db, key="3", kind="sign_in", to_address="nobody@example.net")
    assert deliver(db) == 1
    assert [letter.state for letter in (first, second, code)] == ["failed", "failed", "sent"]
    assert second.error == "letters to this address come back"


@pytest.mark.parametrize(
    "answer", ["550 5.7.1 we do not like you", "550 mailbox closed", "552 5.3.4 too big"]
)
def test_a_refusal_that_is_not_about_the_address_says_nothing_of_it(
    db: Session, postman: Postman, answer: str
) -> None:
    postman.answers = [answer]
    queue(db)
    deliver(db)
    assert db.scalars(select(BouncingAddress)).all() == []


def test_of_a_thread_only_the_last_that_waits_goes_out(db: Session, postman: Postman) -> None:
    first = queue(db, key="1", thread="t")
    other = queue(db, key="2", thread="u")
    last = queue(db, key="3", thread="t")
    assert deliver(db) == 2
    assert [letter.state for letter in (first, other, last)] == ["replaced", "sent", "sent"]


def test_a_letter_waits_for_the_one_before_it_in_its_thread(db: Session, postman: Postman) -> None:
    first = queue(db, key="1", thread="t")
    with unit_of_work() as unit:
        assert services.claim_next(unit, now=NOW, per_minute=9) is first
    last = queue(db, key="2", thread="t")
    assert deliver(db) == 0
    assert deliver(db, NOW + services.LEASE) == 1  # whoever held the first died: it is overtaken
    assert (first.state, last.state) == ("replaced", "sent")


def test_what_was_overtaken_is_not_tried_again(db: Session, postman: Postman) -> None:
    postman.answers = ["550 no"]
    first = queue(db, key="1", thread="t")
    deliver(db)
    queue(db, key="2", thread="t")
    actor = make_actor(db, "coordinator")
    with pytest.raises(Conflict, match="letter_overtaken"):
        services.retry_letter(db, actor=actor, letter=first, now=NOW)


def test_a_clock_that_was_set_back_holds_up_nothing_for_long(
    app: Flask, db: Session, mail_server: Controller
) -> None:
    for n in range(3):
        queue(db, key=str(n), now=NOW - timedelta(hours=2))
    with sends_to(app, mail_server.port, mail_per_minute=2):
        assert deliver(db, NOW) == 2
        assert deliver(db, NOW - timedelta(hours=1)) == 1
    assert set(mail_server.handler.times_taken.values()) == {1}


def test_a_letter_that_cannot_be_built_fails_and_does_not_hold_up_the_next(
    db: Session, postman: Postman
) -> None:
    bad, good = queue(db, key="bad", to_address="no address"), queue(db, key="good")
    assert deliver(db) == 1
    assert (bad.state, good.state) == ("failed", "sent")
    assert "address" in bad.error


def test_a_server_that_is_down_costs_a_few_attempts_and_no_letter(app: Flask, db: Session) -> None:
    letters = [queue(db, key=str(n)) for n in range(FAILURES_IN_A_ROW + 2)]
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with sends_to(app, closed.getsockname()[1]):
            assert deliver(db) == 0
    assert [letter.attempts for letter in letters] == [1] * FAILURES_IN_A_ROW + [0, 0]
    assert {letter.state for letter in letters} == {"queued"}
    assert letters[0].error.startswith("ConnectionRefusedError")


def test_no_mail_server_keeps_letters_to_be_read(app: Flask, db: Session) -> None:
    letter = queue(db)
    assert deliver(db) == 0
    assert letter.state == "kept"


def test_a_minutes_share_is_not_exceeded_and_the_rest_follows(
    app: Flask, db: Session, mail_server: Controller
) -> None:
    for n in range(5):
        queue(db, key=str(n))
    with sends_to(app, mail_server.port, mail_per_minute=2):
        assert deliver(db, NOW) == 2
        assert deliver(db, NOW + timedelta(seconds=30)) == 0
        assert deliver(db, NOW + timedelta(seconds=90)) == 2


def test_a_sign_in_code_goes_before_all_others_and_is_forgotten_once_sent(
    app: Flask, db: Session, mail_server: Controller
) -> None:
    for n in range(3):
        queue(db, key=str(n))
    code = queue(db, key="code", kind="sign_in", text="123 456", html="<b>123 456</b>", now=NOW)
    with sends_to(app, mail_server.port, mail_per_minute=2):
        deliver(db)
        late = queue(db, key="late", kind="sign_in", text="654 321", html="")
        assert deliver(db) == 1
    messages = [m.get_body(("plain",)).get_content().strip() for m in mail_server.handler.taken]
    assert messages == ["123 456", "Bonjour", "654 321"]
    assert [(letter.state, letter.text, letter.html) for letter in (code, late)] == [("sent", "", "")] * 2


# -- Several workers, and workers that die


def test_a_letter_in_anothers_hands_is_left_alone_until_the_lease_has_run_out(
    db: Session, postman: Postman
) -> None:
    letter = queue(db)
    with unit_of_work() as unit:
        assert services.claim_next(unit, now=NOW, per_minute=9) is letter
    assert deliver(db, NOW + services.LEASE - timedelta(seconds=1)) == 0
    assert deliver(db, NOW + services.LEASE) == 1
    assert letter.attempts == 2


def test_a_sender_that_lost_its_letter_cannot_settle_it(db: Session, postman: Postman) -> None:
    letter = queue(db)
    services.claim_next(db, now=NOW, per_minute=9)
    services.claim_next(db, now=NOW + services.LEASE, per_minute=9)
    assert not services.settle_failed(db, letter_id=letter.id, attempt=1, error="late")
    assert not services.settle_sent(db, letter_id=letter.id, attempt=1, now=NOW)
    assert services.settle_sent(db, letter_id=letter.id, attempt=2, now=NOW)


def test_a_letter_whose_senders_all_died_is_given_up(db: Session, postman: Postman) -> None:
    letter = queue(db)
    now = NOW
    for _ in range(services.MAX_ATTEMPTS):
        services.claim_next(db, now=now, per_minute=9)
        now += services.LEASE
    db.commit()
    deliver(db, now)
    assert (letter.state, postman.taken) == ("failed", [])


@pytest.mark.parametrize(
    "outbox", ["sqlite_outbox", pytest.param("postgresql_outbox", marks=pytest.mark.postgres)]
)
def test_three_workers_at_once_send_each_letter_once(
    outbox: str, request: pytest.FixtureRequest, mail_server: Controller
) -> None:
    app: Flask = request.getfixturevalue(outbox)
    db = database.session()
    ids = {queue(db, key=str(n)).message_id for n in range(20)}
    start, sent = threading.Barrier(3), []

    def work() -> None:
        with app.app_context():
            start.wait()
            sent.append(deliver_due(NOW))

    with sends_to(app, mail_server.port):
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert mail_server.handler.times_taken == dict.fromkeys(ids, 1)
    assert sum(sent) == 20
    db.expire_all()
    assert {(letter.state, letter.attempts) for letter in db.scalars(select(OutboxLetter))} == {("sent", 1)}


WORKER = """
import sys
from pathlib import Path
import config
from app import clock, create_app
from app.mail.delivery import deliver_due

app = create_app(config.load({}, environment="testing", secret_key="k" * 40, instance_path=Path(sys.argv[1]),
                             mail_server="127.0.0.1", mail_port=int(sys.argv[2])))
app.config["MAIL_SUPPRESS_SEND"] = False
with app.app_context():
    deliver_due(clock.now())
"""


def test_a_worker_killed_between_sending_and_settling_sends_again_under_the_same_message_id(
    app: Flask, db: Session, settings: config.Settings, mail_server: Controller
) -> None:
    letter = queue(db, now=clock.now())
    postman: Postman = mail_server.handler
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(settings.instance_path), str(mail_server.port)],
        cwd=config.PROJECT,
    )
    postman.before_answering = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(timeout=60) == -signal.SIGKILL
    db.expire_all()
    assert (letter.state, letter.attempts, len(postman.taken)) == ("sending", 1, 1)

    postman.before_answering = lambda: None
    with sends_to(app, mail_server.port):
        assert deliver(db, clock.now()) == 0
        assert deliver(db, letter.due_at) == 1
    assert postman.times_taken == {letter.message_id: 2}
    assert letter.state == "sent"


# -- Trying again by hand


def test_a_coordinator_has_a_failed_letter_tried_again(db: Session, postman: Postman) -> None:
    postman.answers = ["550 mailbox full"]
    letter = queue(db)
    deliver(db)
    actor = make_actor(db, "coordinator")
    services.retry_letter(db, actor=actor, letter=letter, now=NOW + MINUTE)
    db.commit()
    assert deliver(db, NOW + MINUTE) == 1
    assert letter.state == "sent"
    [entry] = db.scalars(select(AuditEntry))
    assert (entry.fact, entry.subject_id, entry.actor_account_id) == (
        "LetterRetried",
        letter.id,
        actor.account_id,
    )
    assert entry.before == {"error": "550 mailbox full", "state": "failed"}
    assert entry.after == {"error": "", "state": "queued"}


def test_only_failed_letters_are_tried_again_and_only_by_coordinators(db: Session) -> None:
    letter = queue(db)
    with pytest.raises(Conflict, match="letter_not_failed"):
        services.retry_letter(db, actor=make_actor(db, "coordinator"), letter=letter, now=NOW)
    with pytest.raises(Forbidden):
        services.retry_letter(db, actor=make_actor(db, "officer"), letter=letter, now=NOW)
