"""What people changed in a draft by hand, in order: its history, and what undoing goes back through."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

EDIT_KINDS = ("move", "hold", "drop", "swap", "seat", "unseat", "pin", "unpin")


class DraftEdit(Base):
    """One change by hand to one workshop of a draft: number 1, 2, … of it.

    `before` and `after` are the workshop's `session`, `unscheduled` and `pin` as in the draft's documents
    (`None` where there is none), and the draft's `figures`. An edit that is undone keeps its place: it can be
    done again as long as nothing was changed after it. `revision` is that of the draft when the edit was last
    made, undone or done again.
    """

    __tablename__ = "draft_edit"
    __table_args__ = (
        UniqueConstraint("draft_id", "number"),
        CheckConstraint(f"kind IN {EDIT_KINDS}", name="known_kind"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    number: Mapped[int]
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    workshop: Mapped[str] = mapped_column(String(60))
    people: Mapped[list[str]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(200))

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None
