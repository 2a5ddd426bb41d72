"""What follows for confirmations when something has happened: a no is looked after at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.access import system
from app.confirmations.models import ProposedPlace
from app.confirmations.repair import look_for_substitutes
from app.facts import AuditEntry
from app.jobs.queue import wake


def look_for_substitutes_of(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Somebody said no: who could take the place is found out; after silence the best is asked."""
    place = db.get(ProposedPlace, entry.subject_id)
    if (
        place is None
        or place.answer != "declined"
        or place.part != "team"
        or place.replaced_by_id is not None
    ):
        return
    asking = place.asked.asking
    hand_on = entry.facts["via"] == "silence" and asking is not None and asking.silence == "substitute"
    look_for_substitutes(
        db, actor=system(entry.actor_name), place=place, ask_best=hand_on, now=now, wake=wake
    )
