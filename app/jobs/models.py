"""The job row: the truth about a piece of background work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

STATES = ("queued", "running", "done", "failed")


class Job(Base):
    """One piece of work on one subject.

    While `running`, the worker that claimed it renews `lease_until` with every heartbeat; a
    lease that has run out means that the worker died, and the job is queued again. `kept` is
    what must survive such a death: for planning, the best schedule so far.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="known_state"),
        Index("ix_job_subject", "kind", "subject_id"),
        Index("ix_job_state", "state", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(String(500), default="")
    stop_requested: Mapped[bool] = mapped_column(default=False)
    queued_by: Mapped[str] = mapped_column(String(200), default="")
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]

    @property
    def is_over(self) -> bool:
        return self.state in {"done", "failed"}
