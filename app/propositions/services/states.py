"""What every change of a proposition looks at first, and how one changes its state."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.access import Actor
from app.errors import Conflict
from app.facts import record
from app.propositions.facts import (
    PropositionFact,
)
from app.propositions.models import Proposition


def lock_open(db: Session, proposition: Proposition) -> None:
    """See the state as it is, and let nobody else decide meanwhile. Raises Conflict("not_open")."""
    db.refresh(proposition, ["state"], with_for_update=True)
    if proposition.state not in ("proposed", "edited"):
        raise Conflict("not_open")


def become(
    db: Session, actor: Actor, proposition: Proposition, state: str, fact: PropositionFact, now: datetime
) -> Proposition:
    before = {"state": proposition.state}
    proposition.state, proposition.changed_at = state, now
    db.flush()
    record(db, actor=actor, fact=fact, now=now, before=before, after={"state": state})
    return proposition
