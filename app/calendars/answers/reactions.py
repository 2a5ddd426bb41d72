"""What follows when an address is dead, or works again: what was not heard is written once it can be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.calendars.answers import services
from app.calendars.models import Invitation, RoundLetters
from app.facts import AuditEntry
from app.mail.models import OutboxLetter
from app.network.models import Person
from app.schedule.models import Seat, TeamPlace, Version, WorkshopSession


def forget_what_was_not_heard(db: Session, entry: AuditEntry, now: datetime) -> None:
    """What was written to the address of this letter has not been heard."""
    letter = db.get(OutboxLetter, entry.subject_id)
    if letter is not None:
        services.forget_told(db, address=letter.to_address)


def write_what_was_missed(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Somebody's address may be another one: a worker looks whether they have missed anything."""
    person = db.get(Person, entry.subject_id)
    if person is None or person.email is None:
        return
    sessions = select(TeamPlace.session_id).where(TeamPlace.person_id == entry.subject_id)
    seats = select(Seat.session_id).where(Seat.person_id == entry.subject_id, Seat.state == "held")
    rounds = (
        select(Version.round_id)
        .join(WorkshopSession, WorkshopSession.version_id == Version.id)
        .where(or_(WorkshopSession.id.in_(sessions), WorkshopSession.id.in_(seats)))
    )
    db.execute(update(RoundLetters).where(RoundLetters.round_id.in_(rounds)).values(look_at=now))


def write_to_everybody_who_missed_it(db: Session, entry: AuditEntry, now: datetime) -> None:
    """An address works again: a worker looks what was missed there."""
    missed = (
        select(Version.round_id)
        .join(WorkshopSession, WorkshopSession.version_id == Version.id)
        .join(Invitation, Invitation.session_id == WorkshopSession.id)
        .where(Invitation.address == "")
    )
    db.execute(update(RoundLetters).where(RoundLetters.round_id.in_(missed)).values(look_at=now))
