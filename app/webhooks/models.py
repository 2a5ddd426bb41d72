"""Webhooks, and each call of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base

STATES = ("active", "stopped")
CALL_STATES = ("due", "calling", "delivered", "failed")


class Webhook(Base):
    """An address that is told of some events.

    Address and key are encrypted: the address may hold a secret itself, and whoever has the key can sign in
    our name. `failing_since` is when the first of the failures in a row was.
    """

    __tablename__ = "webhook"
    __table_args__ = (CheckConstraint(f"state IN {STATES}", name="known_state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(100))
    server: Mapped[str] = mapped_column(String(260))
    address_sealed: Mapped[str] = mapped_column(Text)
    key_sealed: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(10), default="active")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class WebhookCall(Base):
    """One thing that one webhook is to be told, and how it went. `entry_id`: the recorded fact; none: a test.

    `due_at` is when to try next; while it is `calling`, until when the worker holds it.
    """

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "entry_id"),
        CheckConstraint(f"state IN {CALL_STATES}", name="known_state"),
        Index("ix_webhook_call_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None]  # no foreign key: the trail is thrown away earlier
    message_id: Mapped[str] = mapped_column(String(60), unique=True)
    event: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    status: Mapped[int | None]
    problem: Mapped[str] = mapped_column(String(20), default="")

    webhook: Mapped[Webhook] = relationship()
