"""What follows from facts that webhooks can be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.facts import AuditEntry
from app.jobs.queue import wake
from app.webhooks import services


def tell(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Have the webhooks that want to know called."""
    services.tell(db, entry, now, wake)
