"""Reading webhooks and their calls; all of it is for coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import NotFound
from app.webhooks.models import Webhook, WebhookCall

PAGE = 50


def webhooks(db: Session, *, actor: Actor) -> Sequence[Webhook]:
    return db.scalars(select(Webhook).order_by(Webhook.id)).all() if actor.is_coordinator else []


def webhook_for(db: Session, *, actor: Actor, webhook_id: int) -> Webhook:
    """Raises NotFound."""
    found = db.get(Webhook, webhook_id) if actor.is_coordinator else None
    if found is None:
        raise NotFound
    return found


def call_for(db: Session, *, actor: Actor, webhook_id: int, call_id: int) -> WebhookCall:
    """Raises NotFound."""
    found = db.get(WebhookCall, call_id) if actor.is_coordinator else None
    if found is None or found.webhook_id != webhook_id:
        raise NotFound
    return found


def calls_of(db: Session, webhook: Webhook, *, page: int) -> tuple[Sequence[WebhookCall], int]:
    """One page of the calls of a webhook, newest first, and how many there are."""
    wanted = select(WebhookCall).where(WebhookCall.webhook_id == webhook.id)
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = db.scalars(
        wanted.order_by(WebhookCall.id.desc()).limit(PAGE).offset(min((page - 1) * PAGE, total))
    ).all()
    return rows, total


def with_due_calls(db: Session, *, now: datetime) -> Sequence[int]:
    """The webhooks that are to be called by now."""
    return db.scalars(
        select(WebhookCall.webhook_id)
        .join(WebhookCall.webhook)
        .where(
            Webhook.state == "active",
            WebhookCall.state.in_(("due", "calling")),
            WebhookCall.due_at <= now,
        )
        .distinct()
        .order_by(WebhookCall.webhook_id)
    ).all()
