"""What a worker does: makes the calls that are due, each claimed and settled in transactions of its own."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Account
from app.db import unit_of_work
from app.jobs.queue import wake
from app.jobs.worker import HandBack, Work
from app.mail.rendering import render
from app.mail.services import queue_letter
from app.own_calendars.sealing import Seal
from app.webhooks import queries, services
from app.webhooks.models import Webhook, WebhookCall
from app.webhooks.sending import Outcome, send
from config import Settings

AT_ONCE = 50
"""So many calls one job makes; the next tick carries on."""

KEPT_FOR = timedelta(days=60)

_PURPOSE = b"baraza webhook"


def settings() -> Settings:
    found: Settings = current_app.extensions["baraza.settings"]
    return found


def seal() -> Seal:
    """The seal of this installation for webhooks."""
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return Seal(keys, _PURPOSE)


def own_host() -> str:
    return urlsplit(settings().public_url).hostname or ""


def queue_due(now: datetime) -> None:
    """The chore: queue a job for every webhook that is to be called, and drop calls of long ago."""
    with unit_of_work() as db:
        for webhook_id in queries.with_due_calls(db, now=now):
            services.queue_calls(db, webhook_id=webhook_id, now=now, wake=wake)
        db.execute(delete(WebhookCall).where(WebhookCall.created_at < now - KEPT_FOR))


def call_webhook(work: Work) -> None:
    """The job: make the calls of one webhook that are due, until one is not heard. Raises HandBack."""
    for _ in range(AT_ONCE):
        if not work.report({}):
            raise HandBack
        with unit_of_work() as db:
            call = services.claim_next(db, webhook_id=work.subject_id, now=clock.now())
            if call is None:
                return
            webhook = call.webhook
        outcome = _made(webhook, call)
        with unit_of_work() as db:
            now = clock.now()
            given_up = services.settle(db, call_id=call.id, attempt=call.attempts, outcome=outcome, now=now)
            if given_up is not None:
                write_stopped(db, webhook=given_up, now=now)
        if not outcome.is_heard:
            return


def _made(webhook: Webhook, call: WebhookCall) -> Outcome:
    address, key = seal().open(webhook.address_sealed), seal().open(webhook.key_sealed)
    if address is None or key is None:
        return Outcome(None, "key_lost")
    return send(
        address,
        key=key,
        message_id=call.message_id,
        payload=call.payload,
        now=clock.now(),
        agent=f"Baraza (+{settings().public_url})",
        own_host=own_host(),
        loopback=settings().webhooks_to_loopback,
    )


def write_stopped(db: Session, *, webhook: Webhook, now: datetime) -> None:
    """Tell whoever registered a webhook that it was given up."""
    account = db.get(Account, webhook.account_id) if webhook.account_id is not None else None
    if account is None or not account.is_active:
        return
    words = render(
        "webhook_stopped",
        language=account.language,
        name=account.name,
        label=webhook.label,
        server=webhook.server,
        webhook_url=f"{settings().public_url}/webhooks/{webhook.id}",
    )
    queue_letter(
        db,
        key=f"webhook-stopped/{webhook.id}/{now.isoformat()}",
        kind="webhook",
        to_name=account.name,
        to_address=account.email,
        language=account.language,
        now=now,
        **asdict(words),
    )
