"""Files that have been uploaded and shown, and wait for somebody to say yes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Upload(Base):
    """The table of an uploaded file, kept for one account until it is applied or `expires_at`.

    Once applied the table is emptied, and `outcome` counts its rows by their state.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    sheet: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(200))
    table: Mapped[dict[str, Any]]
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    applied_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
