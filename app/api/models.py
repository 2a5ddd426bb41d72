"""What the API keeps of its own: answers to writes that carried a key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class KeptAnswer(Base):
    """The answer to a write with an Idempotency-Key, for whoever sends it again.

    `key` is a digest of the account and the key, `said` one of what was asked for. While `status` is 0,
    the first sending is still being answered.
    """

    __tablename__ = "api_answer"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    said: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(default=0)
    location: Mapped[str] = mapped_column(String(2000), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime] = mapped_column(index=True)
