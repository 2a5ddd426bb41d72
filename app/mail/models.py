"""The outbox: every mail, before and after it goes out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("queued", "sending", "sent", "kept", "failed", "replaced", "unwanted")
"""`kept`: no mail server is configured, the letter can be read in the browser instead. `replaced`: before it
went out, a later one of its thread said something else. `unwanted`: its reader has stopped such letters."""

CATEGORIES = ("reminders", "needs", "availability", "nominations", "propositions")
"""What letters that are not essential are about, each of which its reader can stop; see `subscriptions`."""


class OutboxLetter(Base):
    """One mail to one address. `key` makes queueing idempotent: the same key is never queued twice.

    Letters of one `thread` tell one reader of one matter. They go out one after another, and of those
    that still wait only the last does. `reply_tag` is the part of our own address by which an answer is
    known (`app.mail.tags`), where the installation has such addresses.
    """

    __tablename__ = "outbox_letter"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        Index("ix_outbox_letter_due", "state", "due_at"),
        Index(
            "ix_outbox_letter_waiting",
            "due_at",
            "id",
            sqlite_where=text("state IN ('queued', 'sending')"),
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        Index(
            "ix_outbox_letter_codes",
            "state",
            "due_at",
            sqlite_where=text("kind = 'sign_in'"),
            postgresql_where=text("kind = 'sign_in'"),
        ),
        Index("ix_outbox_letter_sent", "state", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    thread: Mapped[str | None] = mapped_column(String(160), index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    to_name: Mapped[str] = mapped_column(String(200))
    to_address: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    calendar: Mapped[bytes | None] = mapped_column(LargeBinary)
    method: Mapped[str | None] = mapped_column(String(10))
    message_id: Mapped[str] = mapped_column(String(200), index=True)
    in_reply_to: Mapped[str | None] = mapped_column(String(200))
    reply_tag: Mapped[str] = mapped_column(String(64), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]  # when to try next; while sending, until when the sender holds it
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")

    @property
    def is_unwanted(self) -> bool:
        """Whether it does not go out because its reader has stopped such letters."""
        return self.state == "unwanted"


class Subscription(Base):
    """That letters of one category are written to an address, and since when they are not wanted there.

    The row is made with the first such letter: the link in it by which they are stopped names the row.
    """

    __tablename__ = "letter_subscription"
    __table_args__ = (
        UniqueConstraint("address", "category"),
        CheckConstraint(f"category IN {CATEGORIES}", name="known_category"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254))  # in small letters
    category: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(2))  # of the last such letter
    stopped_at: Mapped[datetime | None]

    @property
    def is_stopped(self) -> bool:
        return self.stopped_at is not None


class BouncingAddress(Base):
    """An address that letters came back from: nothing is sent there until somebody says that it works."""

    __tablename__ = "bouncing_address"

    address: Mapped[str] = mapped_column(String(254), primary_key=True)  # in small letters
    since: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300))
