"""Who was asked when they can, and who has answered: as far as the reader looks after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.access import Actor
from app.availability.models import AvailabilityAsk, AvailabilityAsked
from app.errors import NotFound
from app.network.models import Person, Skill, Want, group_person
from app.network.queries import organisations_below
from app.network.queries.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were asked, how many answered, for how many of these somebody else did."""

    asked: int = 0
    answered: int = 0
    on_behalf: int = 0

    @property
    def waiting(self) -> int:
        return self.asked - self.answered


@dataclass(frozen=True, slots=True)
class AskedFilter:
    """What the list of those asked is narrowed to; empty means all."""

    state: str = ""
    organisation_id: int | None = None


def asks(db: Session, *, actor: Actor) -> list[tuple[AvailabilityAsk, Counts]]:
    """The asks that reach people whom the actor looks after, newest first, with counts of those people."""
    counts = _counts(db, actor)
    rows = db.scalars(
        select(AvailabilityAsk)
        .options(joinedload(AvailabilityAsk.organisation), joinedload(AvailabilityAsk.group))
        .order_by(AvailabilityAsk.closes_on.desc(), AvailabilityAsk.id.desc())
    )
    return [(ask, counts.get(ask.id, Counts())) for ask in rows if ask.id in counts or actor.is_coordinator]


def ask_for(db: Session, *, actor: Actor, ask_id: int) -> tuple[AvailabilityAsk, Counts]:
    """One ask, with counts of those whom the actor looks after. Raises NotFound."""
    for ask, counts in asks(db, actor=actor):
        if ask.id == ask_id:
            return ask, counts
    raise NotFound


def people_asked(
    db: Session, *, actor: Actor, ask: AvailabilityAsk, wanted: AskedFilter, page: int = 1
) -> Page[AvailabilityAsked]:
    """One page of those asked whom the actor looks after: who has not answered first."""
    statement = (
        select(AvailabilityAsked)
        .join(AvailabilityAsked.person)
        .where(AvailabilityAsked.ask_id == ask.id, those_looked_after(actor))
        .options(joinedload(AvailabilityAsked.person).joinedload(Person.organisation))
        .order_by(AvailabilityAsked.answered_at.is_not(None), Person.name, Person.id)
    )
    if wanted.state == "waiting":
        statement = statement.where(AvailabilityAsked.answer == "")
    elif wanted.state == "answered":
        statement = statement.where(AvailabilityAsked.answer != "")
    elif wanted.state == "no_address":
        statement = statement.where(AvailabilityAsked.answer == "", Person.email.is_(None))
    if wanted.organisation_id is not None:
        statement = statement.where(
            Person.organisation_id.in_(organisations_below(db, {wanted.organisation_id}))
        )
    return page_of(db, statement, page)


def unanswered(db: Session, *, actor: Actor, today: date) -> Sequence[tuple[AvailabilityAsk, int]]:
    """The open asks that people whom the actor looks after have not answered, with how many they are."""
    return [
        (ask, counts.waiting)
        for ask, counts in asks(db, actor=actor)
        if ask.is_open(today) and counts.waiting
    ]


def newcomers(db: Session, *, ask: AvailabilityAsk) -> int:
    """How many people the ask is for who were not asked."""
    return db.scalar(select(func.count()).select_from(not_asked_yet(db, ask).subquery())) or 0


def not_asked_yet(db: Session, ask: AvailabilityAsk) -> Select[int, str | None]:
    """Those whom an ask is for and who were not asked: id and e-mail address."""
    query = select(Person.id, Person.email).where(
        or_(Person.left_on.is_(None), Person.left_on > ask.first_day),
        ~exists().where(AvailabilityAsked.ask_id == ask.id, AvailabilityAsked.person_id == Person.id),
    )
    if ask.who == "teaching":
        query = query.where(exists().where(Skill.person_id == Person.id))
    elif ask.who == "learning":
        query = query.where(exists().where(Want.person_id == Person.id))
    if ask.organisation_id is not None:
        query = query.where(Person.organisation_id.in_(organisations_below(db, {ask.organisation_id})))
    if ask.group_id is not None:
        query = query.where(
            exists().where(group_person.c.person_id == Person.id, group_person.c.group_id == ask.group_id)
        )
    return query.order_by(Person.id)


def _counts(db: Session, actor: Actor) -> dict[int, Counts]:
    return {
        ask_id: Counts(asked, answered or 0, on_behalf or 0)
        for ask_id, asked, answered, on_behalf in db.execute(
            select(
                AvailabilityAsked.ask_id,
                func.count(),
                func.count(AvailabilityAsked.answered_at),
                func.count().filter(AvailabilityAsked.on_behalf),
            )
            .join(AvailabilityAsked.person)
            .where(those_looked_after(actor))
            .group_by(AvailabilityAsked.ask_id)
        )
    }


def those_looked_after(actor: Actor) -> ColumnElement[bool]:
    """The condition that only those fulfil for whom the actor may answer."""
    return true() if actor.is_coordinator else Person.organisation_id.in_(actor.organisation_ids)
