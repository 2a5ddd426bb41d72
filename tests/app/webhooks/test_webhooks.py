"""Programs elsewhere hear what happened: signed, with ids alone, again until they have, and nobody inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import clock
from app.access import Forbidden
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.db import unit_of_work
from app.errors import Invalid
from app.facts import AuditEntry
from app.jobs.models import Job
from app.jobs.worker import run_job
from app.mail.models import OutboxLetter
from app.reactions import REACTIONS, react_to
from app.schedule.facts import SchedulePublished
from app.stages import JOBS
from app.webhooks import services
from app.webhooks.events import EVENTS, WORDS
from app.webhooks.jobs import queue_due, seal
from app.webhooks.models import Webhook, WebhookCall
from app.webhooks.reactions import tell
from app.webhooks.sending import Outcome, body_of, send, signature
from tests.app.schedule.seasons import make_season
from tests.app.webhooks.conftest import Listener
from tests.conftest import NOW
from tests.factories import make_account, make_actor
from tests.pages import Page

SignInAs = Callable[[Account], FlaskClient]


@pytest.fixture
def coordinator(db: Session) -> Account:
    return make_account(db, role="coordinator")


def registered(db: Session, account: Account, address: str, **values: Any) -> services.Registered:
    made = services.register_webhook(
        db,
        actor=actor_of(db, account),
        **{
            "label": "Our website",
            "address": address,
            "events": ["schedule.published"],
            "seal": seal(),
            "own_host": "baraza.example.org",
            "loopback": True,
            "now": clock.now(),
            **values,
        },
    )
    db.commit()
    return made


def work_off(db: Session) -> None:
    """Run the jobs that call webhooks."""
    db.expire_all()
    for job_id in db.scalars(select(Job.id).where(Job.kind == services.KIND, Job.state == "queued")).all():
        run_job(job_id, JOBS)
    db.expire_all()


def call_of(db: Session) -> WebhookCall:
    return db.scalars(select(WebhookCall).order_by(WebhookCall.id.desc())).first()  # type: ignore[return-value]


def test_a_publication_is_told_with_ids_alone_and_signed(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    made = registered(db, coordinator, listener.address)
    season = make_season(db)
    version = season.publish(season.meets())
    work_off(db)
    [(headers, body)] = listener.heard
    told = json.loads(body)
    assert told["type"] == "schedule.published"
    assert told["data"] == {"version_id": version.id, "round_id": season.round.id}
    assert told["id"] == headers["webhook-id"]
    secret = base64.b64decode(made.key.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert (call_of(db).state, call_of(db).status, call_of(db).attempts) == ("delivered", 204, 1)


def test_the_signature_is_the_one_of_the_specification() -> None:
    """With key, id, instant and body fixed: base64 of the HMAC over 'id.timestamp.body'."""
    key = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
    found = signature(key, "msg_1", NOW, body_of({"b": 1, "a": "x"}))
    assert body_of({"b": 1, "a": "x"}) == b'{"a":"x","b":1}'
    by_hand = hmac.new(
        b"0123456789abcdef0123456789abcdef",
        b'msg_1.1795251600.{"a":"x","b":1}',
        hashlib.sha256,
    ).digest()
    assert found == "v1," + base64.b64encode(by_hand).decode()


def test_the_guide_tells_how_to_know_our_calls(db: Session, coordinator: Account, listener: Listener) -> None:
    guide = (config.PROJECT / "docs" / "use" / "programs.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```python\n(import base64.*?)^```", guide, re.MULTILINE | re.DOTALL)
    shown: dict[str, Any] = {}
    exec(block, shown)
    made = registered(db, coordinator, listener.address)
    season = make_season(db)
    season.publish(season.meets())
    work_off(db)
    [(headers, body)] = listener.heard
    assert shown["is_ours"](made.key, headers, body)
    assert not shown["is_ours"](made.key, headers, body + b" ")
    assert not shown["is_ours"](made.key, {**headers, "webhook-timestamp": "1"}, body)


def test_only_what_was_asked_for_is_told_and_each_once(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    registered(db, coordinator, listener.address, events=["round.closed"])
    season = make_season(db)
    season.publish(season.meets())
    work_off(db)
    assert listener.heard == []
    registered(db, coordinator, listener.address)
    season.publish(season.meets("2027-03-16"))
    entry = db.scalars(
        select(AuditEntry).where(AuditEntry.fact == "SchedulePublished").order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    with unit_of_work() as work:  # as the sweep does after a crash
        tell(work, work.get_one(AuditEntry, entry.id), clock.now())
    work_off(db)
    assert len(listener.heard) == 1


def test_what_is_not_heard_is_told_again_later_and_later_and_then_given_up(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    listener.statuses = [500]
    registered(db, coordinator, listener.address)
    season = make_season(db)
    season.publish(season.meets())
    work_off(db)
    call = call_of(db)
    now, waits = clock.now(), []
    assert (call.state, call.status, call.attempts) == ("due", 500, 1)
    while call.state == "due":
        waits.append(call.due_at - (call.tried_at or now))
        now = call.due_at
        with unit_of_work() as work:
            claimed = services.claim_next(work, webhook_id=call.webhook_id, now=now)
            assert claimed is not None
            attempt = claimed.attempts
        with unit_of_work() as work:
            work.get_one(Webhook, call.webhook_id).failing_since = now  # this is not about stopping
            services.settle(work, call_id=call.id, attempt=attempt, outcome=Outcome(500), now=now)
        db.expire_all()
        call = call_of(db)
    assert [wait.total_seconds() // 60 for wait in waits] == [1, 5, 30, 120, 480, 1440]
    assert (call.state, call.attempts) == ("failed", 7)


def test_a_call_that_is_heard_at_last_makes_good_what_failed(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    listener.statuses = [503, 200]
    made = registered(db, coordinator, listener.address)
    season = make_season(db)
    season.publish(season.meets())
    work_off(db)
    assert db.get_one(Webhook, made.webhook.id).failures == 1
    with unit_of_work() as work:
        work.get_one(WebhookCall, call_of(db).id).due_at = clock.now()
    queue_due(clock.now())
    work_off(db)
    assert call_of(db).state == "delivered"
    assert (made.webhook.failures, made.webhook.failing_since) == (0, None)
    ids = [headers["webhook-id"] for headers, _ in listener.heard]
    assert len(ids) == 2
    assert len(set(ids)) == 1, "the same id, by which a program knows that it has heard it"


def test_a_worker_that_died_while_calling_leaves_the_call_to_another(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    made = registered(db, coordinator, listener.address)
    season = make_season(db)
    season.publish(season.meets())
    now = clock.now()
    with unit_of_work() as work:
        assert services.claim_next(work, webhook_id=made.webhook.id, now=now) is not None
    with unit_of_work() as work:
        assert services.claim_next(work, webhook_id=made.webhook.id, now=now) is None
    with unit_of_work() as work:
        again = services.claim_next(work, webhook_id=made.webhook.id, now=now + timedelta(minutes=3))
        assert again is not None
        assert again.attempts == 2
        late = services.settle(work, call_id=again.id, attempt=1, outcome=Outcome(500), now=now)
        assert (late, again.state) == (None, "calling"), "the answer of the dead counts for nothing"


def test_one_that_does_not_answer_for_days_is_stopped_and_its_owner_told_once(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    listener.statuses = [500]
    made = registered(db, coordinator, listener.address)
    season = make_season(db)
    made.webhook.failing_since = clock.now() - timedelta(days=3, minutes=1)
    season.publish(season.meets())
    work_off(db)
    assert made.webhook.state == "stopped"
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.kind == "webhook")).one()
    assert letter.to_address == coordinator.email
    assert "Our website" in letter.subject
    assert db.scalars(select(AuditEntry.fact).where(AuditEntry.fact == "WebhookStopped")).all()
    season.publish(season.meets("2027-03-16"))
    work_off(db)
    assert len(listener.heard) == 1, "what happens while it is stopped it is not told"


def test_one_that_says_it_is_gone_is_stopped_at_once(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    listener.statuses = [410]
    made = registered(db, coordinator, listener.address)
    season = make_season(db)
    season.publish(season.meets())
    work_off(db)
    assert made.webhook.state == "stopped"


def test_a_redirect_is_not_followed(listener: Listener) -> None:
    listener.statuses = [307]
    key = "whsec_" + base64.b64encode(b"k" * 32).decode()
    outcome = send(
        listener.address, key=key, message_id="m", payload={}, now=NOW, agent="test", loopback=True
    )
    assert (outcome, len(listener.heard)) == (Outcome(307), 1)
    assert not outcome.is_heard


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://example.org/hook", "not_secure"),
        ("https://127.0.0.1/hook", "not_public"),
        ("https://10.0.0.8/hook", "not_public"),
        ("https://[::ffff:10.0.0.8]/hook", "not_public"),
        ("https://169.254.169.254/latest", "not_public"),
        ("https://localhost/hook", "not_public"),
        ("https://printer.local/hook", "not_public"),
        ("https://example.org:25/hook", "port"),
        ("https://name:word@example.org/hook", "credentials"),
        ("https://baraza.example.org/hook", "our_own"),
        ("example.org", "not_an_address"),
        ("ftp://example.org/hook", "scheme"),
    ],
)
def test_nobody_inside_our_network_is_called(address: str, reason: str) -> None:
    key = "whsec_" + base64.b64encode(b"k" * 32).decode()
    outcome = send(
        address, key=key, message_id="m", payload={}, now=NOW, agent="t", own_host="baraza.example.org"
    )
    assert outcome == Outcome(None, reason)


def test_an_address_that_cannot_be_called_is_refused_when_it_is_typed(
    db: Session, coordinator: Account
) -> None:
    for address in ("http://example.org/hook", "https://example.org:25/", "nonsense"):
        with pytest.raises(Invalid) as refused:
            registered(db, coordinator, address, loopback=False)
        assert refused.value.field == "address"
    with pytest.raises(Invalid, match="unknown_event"):
        registered(db, coordinator, "https://example.org/hook", loopback=False, events=["everything"])


def test_webhooks_are_a_coordinators_affair(db: Session, coordinator: Account, listener: Listener) -> None:
    webhook = registered(db, coordinator, listener.address).webhook
    officer = make_actor(db, "officer")
    with pytest.raises(Forbidden):
        services.stop_webhook(db, actor=officer, webhook=webhook, now=NOW)
    with pytest.raises(Forbidden):
        services.remove_webhook(db, actor=officer, webhook=webhook, now=NOW)


def test_neither_address_nor_key_stands_in_the_database_or_the_trail(
    db: Session, coordinator: Account, listener: Listener
) -> None:
    made = registered(db, coordinator, listener.address)
    kept = str([getattr(made.webhook, column.name) for column in Webhook.__table__.columns])
    trail = str([(each.facts, each.before, each.after) for each in db.scalars(select(AuditEntry))])
    for secret in (made.key, "/hooks", "from=baraza"):
        assert secret not in kept
        assert secret not in trail
    assert seal().open(made.webhook.key_sealed) == made.key


def test_pages_show_the_key_once_the_calls_and_their_answers_and_call_again(
    db: Session, coordinator: Account, listener: Listener, sign_in_as: SignInAs
) -> None:
    client = sign_in_as(coordinator)
    form = {
        "label": "Our website",
        "address": listener.address,
        "events": ["schedule.published"],
        "once": "b" * 32,
    }
    page = Page(client.post("/webhooks", data=form).text)
    key = page.root.one("input", readonly="").attributes["value"]
    webhook = db.scalars(select(Webhook)).one()
    assert seal().open(webhook.key_sealed) == key
    again = client.post("/webhooks", data=form)
    assert (again.status_code, again.location) == (303, f"/webhooks/{webhook.id}")
    client.post(f"/webhooks/{webhook.id}/try")
    listener.statuses = [500, 200]
    work_off(db)
    shown = client.get(f"/webhooks/{webhook.id}").text
    assert key not in shown
    assert "/hooks" not in shown
    assert "500" in Page(shown).text
    client.post(f"/webhooks/{webhook.id}/calls/{call_of(db).id}/again")
    work_off(db)
    assert "Heard" in Page(client.get(f"/webhooks/{webhook.id}").text).text
    assert client.post(f"/webhooks/{webhook.id}/stop").status_code == 303
    assert client.post(f"/webhooks/{webhook.id}/calls/{call_of(db).id}/again").status_code == 409
    client.post(f"/webhooks/{webhook.id}/start")
    client.post(f"/webhooks/{webhook.id}/remove")
    assert db.scalars(select(WebhookCall)).all() == []


def test_a_wrong_address_is_told_at_its_field(
    app: Flask, db: Session, coordinator: Account, sign_in_as: SignInAs, settings: config.Settings
) -> None:
    app.extensions["baraza.settings"] = settings
    answer = sign_in_as(coordinator).post(
        "/webhooks",
        data={"label": "x", "address": "http://example.org/", "events": ["schedule.published"]},
    )
    assert answer.status_code == 422
    assert "Only addresses that begin with https://" in Page(answer.text).text


def test_every_event_has_words_and_leads_to_a_call(db: Session) -> None:
    assert set(WORDS) == {*EVENTS, "test"}
    for fact in EVENTS.values():
        assert tell in REACTIONS[fact], fact
    assert SchedulePublished in EVENTS.values()


def test_reacting_again_to_a_fact_does_nothing(db: Session, coordinator: Account, listener: Listener) -> None:
    registered(db, coordinator, listener.address)
    season = make_season(db)
    season.publish(season.meets())
    for entry_id in db.scalars(select(AuditEntry.id)).all():
        react_to(entry_id)
    work_off(db)
    assert len(listener.heard) == 1
