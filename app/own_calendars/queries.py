"""Reading about own calendars. They are their owner's alone: nobody else sees that there are any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.accounts.models import Account
from app.errors import NotFound
from app.network.models import Person
from app.own_calendars.models import OwnCalendar
from app.own_calendars.reading import Order
from app.own_calendars.sealing import Seal
from app.schedule.models import WorkshopSession

DAYS_AHEAD = 900
"""So far ahead calendars are read: the longest round from now, and a season behind it."""


def calendars_of(db: Session, *, actor: Actor) -> Sequence[OwnCalendar]:
    """The actor's own calendars, in the order in which they came."""
    return db.scalars(
        select(OwnCalendar).where(OwnCalendar.person_id == actor.person_id).order_by(OwnCalendar.id)
    ).all()


def calendar_for(db: Session, *, actor: Actor, calendar_id: int) -> OwnCalendar:
    """One of the actor's own calendars. Raises NotFound."""
    row = db.get(OwnCalendar, calendar_id)
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise NotFound
    return row


def person_of(db: Session, *, actor: Actor) -> Person:
    """The acting person. Raises NotFound."""
    person = db.scalars(
        select(Person).where(Person.id == actor.person_id).options(joinedload(Person.place))
    ).first()
    if person is None:
        raise NotFound
    return person


def account_of(db: Session, *, person_id: int) -> Account | None:
    """The account to write to about a person's calendars."""
    return db.scalars(select(Account).where(Account.person_id == person_id, Account.is_active)).first()


def due(db: Session, *, now: datetime, limit: int) -> Sequence[int]:
    """Ids of the calendars that are to be read now, those that have waited longest first."""
    return db.scalars(
        select(OwnCalendar.id)
        .where(OwnCalendar.due_at <= now)
        .order_by(OwnCalendar.due_at, OwnCalendar.id)
        .limit(limit)
    ).all()


def how_many(db: Session, *, person_id: int) -> int:
    return db.scalar(select(func.count()).where(OwnCalendar.person_id == person_id)) or 0


def order_for(
    db: Session,
    *,
    person: Person,
    rule: str,
    hours: int,
    today: date,
    agent: str = "",
    own_host: str = "",
    loopback: bool = False,
) -> Order:
    """What the reader is told of a person's file: where they live, what is theirs, and what is ours."""
    account = account_of(db, person_id=person.id)
    mailboxes = {person.email, account.email if account else None}
    return Order(
        zone=person.place.timezone,
        rule=rule,
        hours=hours,
        first=today - timedelta(days=1),
        last=today + timedelta(days=DAYS_AHEAD),
        agent=agent,
        own_host=own_host,
        own_uids=db.scalars(select(WorkshopSession.uid)).all(),
        mailboxes=sorted(address.lower() for address in mailboxes if address),
        loopback=loopback,
    )


def address_of(calendar: OwnCalendar, *, seal: Seal) -> str | None:
    return seal.open(calendar.address_sealed)
