"""What follows for seats when something has happened: the next in order is asked, and told so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access import system
from app.facts import AuditEntry
from app.nominations.models import Nomination
from app.schedule.models import Seat, WorkshopSession
from app.seats import letters, queries, services


def hand_on(db: Session, entry: AuditEntry, now: datetime) -> None:
    """A seat may be free: it is offered to the next in order."""
    services.offer_next(db, session_id=entry.subject_id, now=now)


def write_offer(db: Session, entry: AuditEntry, now: datetime) -> None:
    """A seat was offered: whoever may take it gets a letter."""
    line = queries.line_of(db, session_id=entry.subject_id, person_id=entry.facts["person_id"])
    if line.state == "offered":
        letters.write_offer(db, line=line, now=now)


def free_seat_of_withdrawn(db: Session, entry: AuditEntry, now: datetime) -> None:
    """A nomination was taken back: the seat that came of it is given up, an offer declined."""
    nomination = db.get_one(Nomination, entry.subject_id)
    if nomination.state != "withdrawn":
        return
    line = db.scalars(
        select(Seat)
        .join(Seat.session)
        .where(
            WorkshopSession.workshop_id == nomination.workshop_id,
            WorkshopSession.state == "confirmed",
            Seat.person_id == nomination.person_id,
            Seat.state.in_(("held", "offered")),
        )
        .options(joinedload(Seat.person), joinedload(Seat.session))
    ).first()
    if line is None or line.session.last < now.date():
        return
    actor = system(entry.actor_name)
    if line.state == "held":
        services.give_up(db, actor=actor, line=line, now=now)
    else:
        services.decline(db, actor=actor, line=line, now=now)
