"""Registering webhooks, stopping them, calling again; and what becomes of a call."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from app.access import Actor, require, system
from app.errors import Conflict, Invalid
from app.facts import AuditEntry, record
from app.jobs import services as jobs
from app.own_calendars.sealing import Seal
from app.webhooks.events import EVENT_OF, EVENTS, ids_of
from app.webhooks.facts import (
    WebhookCalledAgain,
    WebhookRegistered,
    WebhookRemoved,
    WebhookStarted,
    WebhookStopped,
)
from app.webhooks.models import Webhook, WebhookCall
from app.webhooks.sending import KEY_PREFIX, Outcome
from busy_times import Refused
from busy_times.addresses import read_address

KIND = "call_webhook"
AT_MOST = 20
"""So many webhooks there are at once."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 8 * 60, 24 * 60))
"""After the first, second, … attempt that failed; after the last of these the call is given up."""

STOP_AFTER = timedelta(days=3)
"""A webhook that has not heard anything for so long, however often it was called, is stopped."""

LEASE = timedelta(minutes=2)
"""How long a worker holds a call; one that died in between leaves it to be made again."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A new webhook; `key` is shown once."""

    webhook: Webhook
    key: str


def register_webhook(
    db: Session,
    *,
    actor: Actor,
    label: str,
    address: str,
    events: Collection[str],
    seal: Seal,
    own_host: str,
    loopback: bool,
    now: datetime,
) -> Registered:
    """Have an address told of some events.

    Raises Forbidden, Invalid("label" | "address" | "events"), Conflict("too_many_webhooks").
    """
    require(actor.is_coordinator)
    if not label.strip():
        raise Invalid("label", "missing")
    try:
        target = read_address(address, loopback=loopback, typed_by_person=False)
    except Refused as refused:
        raise Invalid("address", refused.reason) from None
    if own_host and target.host == own_host and not loopback:
        raise Invalid("address", "our_own")
    if not events or not set(events) <= set(EVENTS):
        raise Invalid("events", "unknown_event")
    if (db.scalar(select(func.count()).select_from(Webhook)) or 0) >= AT_MOST:
        raise Conflict("too_many_webhooks")
    key = KEY_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    webhook = Webhook(
        label=label.strip()[:100],
        server=target.host,
        address_sealed=seal.close(target.url),
        key_sealed=seal.close(key),
        events=[name for name in EVENTS if name in events],
        account_id=actor.account_id,
        created_at=now,
    )
    db.add(webhook)
    db.flush()
    after = {"label": webhook.label, "server": webhook.server, "events": webhook.events}
    record(db, actor=actor, fact=WebhookRegistered(webhook.id), now=now, after=after)
    return Registered(webhook, key)


def stop_webhook(db: Session, *, actor: Actor, webhook: Webhook, now: datetime) -> Webhook:
    """Call it no more; what happens meanwhile it is never told. Raises Forbidden, Conflict("stopped")."""
    require(actor.is_coordinator)
    db.refresh(webhook, with_for_update=True)
    if webhook.state == "stopped":
        raise Conflict("stopped")
    _stop(db, webhook, actor, now)
    return webhook


def start_webhook(db: Session, *, actor: Actor, webhook: Webhook, now: datetime) -> Webhook:
    """Call it again from now on. Raises Forbidden, Conflict("active")."""
    require(actor.is_coordinator)
    db.refresh(webhook, with_for_update=True)
    if webhook.state == "active":
        raise Conflict("active")
    webhook.state, webhook.failures, webhook.failing_since = "active", 0, None
    db.flush()
    record(db, actor=actor, fact=WebhookStarted(webhook.id), now=now)
    return webhook


def remove_webhook(db: Session, *, actor: Actor, webhook: Webhook, now: datetime) -> None:
    """Forget an address, its key and its calls. Raises Forbidden."""
    require(actor.is_coordinator)
    fact, before = WebhookRemoved(webhook.id), {"label": webhook.label, "server": webhook.server}
    db.delete(webhook)
    db.flush()
    record(db, actor=actor, fact=fact, now=now, before=before)


def try_webhook(
    db: Session, *, actor: Actor, webhook: Webhook, now: datetime, wake: jobs.Wake
) -> WebhookCall:
    """Call it with a test. Raises Forbidden, Conflict("stopped")."""
    require(actor.is_coordinator)
    if webhook.state == "stopped":
        raise Conflict("stopped")
    call = _call(webhook.id, None, "test", {"webhook_id": webhook.id}, now)
    db.add(call)
    db.flush()
    record(db, actor=actor, fact=WebhookCalledAgain(webhook.id, call.id), now=now)
    queue_calls(db, webhook_id=webhook.id, now=now, wake=wake)
    return call


def call_again(
    db: Session, *, actor: Actor, call: WebhookCall, now: datetime, wake: jobs.Wake
) -> WebhookCall:
    """Have a call made again, with all its attempts. Raises Forbidden, Conflict("stopped" | "calling")."""
    require(actor.is_coordinator)
    db.refresh(call, with_for_update=True)
    if call.webhook.state == "stopped":
        raise Conflict("stopped")
    if call.state == "calling" and call.due_at > now:
        raise Conflict("calling")
    call.state, call.attempts, call.due_at = "due", 0, now
    db.flush()
    record(db, actor=actor, fact=WebhookCalledAgain(call.webhook_id, call.id), now=now)
    queue_calls(db, webhook_id=call.webhook_id, now=now, wake=wake)
    return call


# -- What follows from a fact


def tell(db: Session, entry: AuditEntry, now: datetime, wake: jobs.Wake) -> None:
    """Note that the webhooks which want to know are to be told of a fact; each is told of it once."""
    event = EVENT_OF[entry.fact]
    active = db.scalars(select(Webhook).where(Webhook.state == "active").order_by(Webhook.id)).all()
    told = set(db.scalars(select(WebhookCall.webhook_id).where(WebhookCall.entry_id == entry.id)))
    for webhook in active:
        if event in webhook.events and webhook.id not in told:
            db.add(_call(webhook.id, entry.id, event, ids_of(entry), entry.happened_at, due_at=now))
            db.flush()
            queue_calls(db, webhook_id=webhook.id, now=now, wake=wake)


def queue_calls(db: Session, *, webhook_id: int, now: datetime, wake: jobs.Wake) -> None:
    """Have a worker make the calls of a webhook that are due."""
    jobs.enqueue(db, actor=system("webhooks"), kind=KIND, subject_id=webhook_id, now=now, wake=wake)


def claim_next(db: Session, *, webhook_id: int, now: datetime) -> WebhookCall | None:
    """Take the call of a webhook that is due first; None when none is, or it was stopped."""
    webhook = db.get(Webhook, webhook_id, with_for_update=True, populate_existing=True)
    if webhook is None or webhook.state == "stopped":
        return None
    call = db.scalars(
        select(WebhookCall)
        .where(WebhookCall.webhook_id == webhook_id, _is_due(now))
        .order_by(WebhookCall.due_at, WebhookCall.id)
        .limit(1)
        .with_for_update()
    ).first()
    if call is not None:
        call.state, call.due_at, call.tried_at = "calling", now + LEASE, now
        call.attempts += 1
        db.flush()
    return call


def settle(db: Session, *, call_id: int, attempt: int, outcome: Outcome, now: datetime) -> Webhook | None:
    """Keep what became of an attempt; returns the webhook if it is given up because of it."""
    call = db.get(WebhookCall, call_id, with_for_update=True, populate_existing=True)
    if call is None or call.state != "calling" or call.attempts != attempt:
        return None  # removed meanwhile, or taken for dead and made by another worker
    webhook = db.get_one(Webhook, call.webhook_id, with_for_update=True, populate_existing=True)
    call.status, call.problem = outcome.status, outcome.problem
    if outcome.is_heard:
        call.state = "delivered"
        webhook.failures, webhook.failing_since = 0, None
        return None
    if call.attempts <= len(WAITS):
        call.state, call.due_at = "due", now + WAITS[call.attempts - 1]
    else:
        call.state = "failed"
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    if outcome.status == 410 or now - webhook.failing_since >= STOP_AFTER:
        _stop(db, webhook, system("webhooks"), now)
        return webhook
    return None


def _stop(db: Session, webhook: Webhook, actor: Actor, now: datetime) -> None:
    webhook.state = "stopped"
    db.execute(
        update(WebhookCall)
        .where(WebhookCall.webhook_id == webhook.id, WebhookCall.state == "due")
        .values(state="failed")
    )
    record(db, actor=actor, fact=WebhookStopped(webhook.id), now=now, after={"failures": webhook.failures})


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(WebhookCall.state.in_(("due", "calling")), WebhookCall.due_at <= now)


def _call(
    webhook_id: int,
    entry_id: int | None,
    event: str,
    ids: dict[str, int],
    happened_at: datetime,
    *,
    due_at: datetime | None = None,
) -> WebhookCall:
    message_id = f"msg_{secrets.token_hex(12)}"
    return WebhookCall(
        webhook_id=webhook_id,
        entry_id=entry_id,
        message_id=message_id,
        event=event,
        payload={"id": message_id, "type": event, "timestamp": happened_at.isoformat(), "data": ids},
        created_at=due_at or happened_at,
        due_at=due_at or happened_at,
    )
