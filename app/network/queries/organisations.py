"""Organisations: all staff see them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from app.network.models import Organisation
from app.network.queries.folding import has_words
from app.network.queries.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """What a list is narrowed to; empty means all."""

    name: str = ""
    kind: str = ""
    region: str = ""
    country: str = ""


def organisations(db: Session, *, wanted: OrganisationFilter, page: int = 1) -> Page[Organisation]:
    """One page of organisations by name, with their places."""
    statement = (
        select(Organisation)
        .options(joinedload(Organisation.place))
        .order_by(Organisation.name, Organisation.id)
    )
    if wanted.name.strip():
        statement = statement.where(has_words(Organisation.name + " " + Organisation.acronym, wanted.name))
    for column, value in (
        (Organisation.kind, wanted.kind),
        (Organisation.region, wanted.region),
        (Organisation.country, wanted.country),
    ):
        if value:
            statement = statement.where(column == value)
    return page_of(db, statement, page)


def organisation(db: Session, code: str) -> Organisation:
    """One organisation with its place, bodies and members. Raises NotFound."""
    found = db.scalars(
        select(Organisation)
        .where(Organisation.code == code)
        .options(
            joinedload(Organisation.place),
            selectinload(Organisation.bodies),
            selectinload(Organisation.members),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def bodies_to_choose(db: Session) -> Sequence[Organisation]:
    """What an organisation can belong to: everything but members, coalitions first."""
    rank = {"secretariat": 0, "coalition": 1, "platform": 2}
    found = db.scalars(
        select(Organisation).where(Organisation.kind != "member").order_by(Organisation.name)
    ).all()
    return sorted(found, key=lambda body: rank[body.kind])


def organisations_acted_for(db: Session, acting_for: frozenset[int] | None) -> Sequence[Organisation]:
    """Organisations by name: those of the given ids, all for `None`."""
    statement = select(Organisation).order_by(Organisation.name)
    if acting_for is not None:
        statement = statement.where(Organisation.id.in_(acting_for))
    return db.scalars(statement).all()


def regions(db: Session) -> Sequence[str]:
    """The regions in use."""
    return db.scalars(
        select(Organisation.region).where(Organisation.region != "").distinct().order_by(Organisation.region)
    ).all()


def countries(db: Session) -> Sequence[str]:
    """The countries that have an organisation."""
    return db.scalars(
        select(Organisation.country)
        .where(Organisation.country != "")
        .distinct()
        .order_by(Organisation.country)
    ).all()
