"""What planning does when something has happened elsewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access import system
from app.facts import AuditEntry, record
from app.planning.facts import RequestTakenOut
from app.planning.models import RoundEntry
from app.workshops.announced import is_announced


def take_out_withdrawn_request(db: Session, entry: AuditEntry, now: datetime) -> None:
    """A withdrawn request leaves the open round that gathered it.

    One whose session people have been told of stays: the round's next version calls it off.
    """
    gathered = db.scalars(
        select(RoundEntry)
        .where(RoundEntry.workshop_id == entry.subject_id)
        .options(joinedload(RoundEntry.planning_round))
    ).first()
    if gathered is None or gathered.planning_round.state != "open" or is_announced(db, entry.subject_id):
        return
    db.delete(gathered)
    db.flush()
    db.expire(gathered.planning_round, ["entries"])
    fact = RequestTakenOut(gathered.round_id, entry.subject_id)
    record(db, actor=system(entry.actor_name), fact=fact, now=now)
