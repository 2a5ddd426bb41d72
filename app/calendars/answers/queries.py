"""Reading what has come by mail. That only coordinators may, the routes decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.calendars.models import IncomingAnswer
from app.errors import NotFound
from app.mail.models import BouncingAddress
from app.network.models import Person
from app.schedule.models import WorkshopSession

PAGE = 50


def answers(db: Session, *, open_only: bool, page: int) -> Sequence[IncomingAnswer]:
    """One page of what has come, newest first: all of it, or what nobody has dealt with."""
    wanted = select(IncomingAnswer).options(
        joinedload(IncomingAnswer.person),
        joinedload(IncomingAnswer.session).joinedload(WorkshopSession.workshop),
    )
    if open_only:
        wanted = wanted.where(*_open())
    newest = wanted.order_by(IncomingAnswer.received_at.desc(), IncomingAnswer.id.desc())
    return db.scalars(newest.limit(PAGE).offset((page - 1) * PAGE)).all()


def how_many(db: Session, *, open_only: bool) -> int:
    counted = select(func.count(IncomingAnswer.id))
    return db.scalar(counted.where(*_open()) if open_only else counted) or 0


def answer(db: Session, *, answer_id: int) -> IncomingAnswer:
    """Raises NotFound."""
    found = db.get(IncomingAnswer, answer_id)
    if found is None:
        raise NotFound
    return found


def bouncing(db: Session) -> Sequence[tuple[BouncingAddress, Person | None]]:
    """The addresses that letters come back from, the newest first, and whose they are; a hundred at most."""
    rows = db.execute(
        select(BouncingAddress, Person)
        .outerjoin(Person, func.lower(Person.email) == BouncingAddress.address)
        .order_by(BouncingAddress.since.desc(), BouncingAddress.address)
        .limit(100)
    )
    return [(address, person) for address, person in rows]


def bounced_since(db: Session, *, person: Person) -> datetime | None:
    """Since when letters come back from somebody's address; `None`: they do not."""
    if person.email is None:
        return None
    return db.scalar(select(BouncingAddress.since).where(BouncingAddress.address == person.email.casefold()))


def _open() -> tuple[ColumnElement[bool], ...]:
    return (IncomingAnswer.outcome.in_(("wish", "aside")), IncomingAnswer.seen_at.is_(None))
