"""Who sat where, for the stages before this one: propositions report how many were served."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.network.models import Person
from app.propositions.served import provide
from app.schedule.models import Seat, WorkshopSession


def people_served(db: Session, workshop_ids: Collection[int], now: datetime) -> Mapping[tuple[int, int], int]:
    """People by workshop and organisation who have a seat in a session that is over; one query."""
    over = or_(
        WorkshopSession.ends_at <= now,
        and_(WorkshopSession.last_day.is_not(None), WorkshopSession.last_day < now.date()),
    )
    rows = db.execute(
        select(WorkshopSession.workshop_id, Person.organisation_id, func.count())
        .join(Seat, Seat.session_id == WorkshopSession.id)
        .join(Person, Person.id == Seat.person_id)
        .where(
            WorkshopSession.workshop_id.in_(workshop_ids),
            WorkshopSession.state == "confirmed",
            Seat.state == "held",
            over,
        )
        .group_by(WorkshopSession.workshop_id, Person.organisation_id)
    )
    return {(workshop, organisation): people for workshop, organisation, people in rows}


provide(people_served)
