"""Reading initiatives, each by what the acting person may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor
from app.errors import NotFound
from app.network.models import Organisation, Topic
from app.workshops import life
from app.workshops.accounts import FundAccount, Pot, accounts_of
from app.workshops.models import Fund, FundPromise, Initiative, Workshop, initiative_partner

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class InitiativeFilter:
    """Which initiatives to list; what is empty does not filter."""

    state: str = ""
    area_id: int | None = None
    region: str = ""
    fund_id: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An initiative as a list shows it: how many workshops it has, and how many of them were held."""

    initiative: Initiative
    workshops: int
    held: int

    @property
    def promised(self) -> Mapping[str, int]:
        """What is promised to it, by currency."""
        return promised_by_currency([self.initiative])


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a list, counted from 1, and what is promised to all that fit."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int
    promised: Mapping[str, int]


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The initiatives that exist for an actor: coordinators all; others those of organisations that they
    act for, led or joined, and those to which a fund of theirs is promised."""
    if actor.is_coordinator:
        return true()
    if not actor.organisation_ids:
        return false()
    joined = select(initiative_partner.c.initiative_id).where(
        initiative_partner.c.organisation_id.in_(actor.organisation_ids)
    )
    paid = (
        select(FundPromise.initiative_id)
        .join(FundPromise.fund)
        .where(Fund.organisation_id.in_(actor.organisation_ids))
    )
    return or_(
        Initiative.organisation_id.in_(actor.organisation_ids),
        Initiative.id.in_(joined),
        Initiative.id.in_(paid),
    )


def initiatives(
    db: Session, *, actor: Actor, wanted: InitiativeFilter, now: datetime, page: int = 1
) -> Found:
    """A page of the initiatives that the actor sees and that fit; running ones first, then by period."""
    fitting = [seen_by(actor)]
    if wanted.state:
        fitting.append(Initiative.state == wanted.state)
    if wanted.area_id:
        fitting.append(Initiative.area_id == wanted.area_id)
    if wanted.region:
        fitting.append(Initiative.organisation.has(Organisation.region == wanted.region))
    if wanted.fund_id:
        fitting.append(Initiative.promises.any(FundPromise.fund_id == wanted.fund_id))
    total = db.scalar(select(func.count(Initiative.id)).where(*fitting)) or 0
    pages = max(1, ceil(total / PER_PAGE))
    page = min(max(1, page), pages)
    found = db.scalars(
        select(Initiative)
        .where(*fitting)
        .options(
            joinedload(Initiative.organisation),
            joinedload(Initiative.area),
            selectinload(Initiative.partners),
            selectinload(Initiative.promises).joinedload(FundPromise.fund),
        )
        .order_by(case((Initiative.state == "running", 0), else_=1), Initiative.first_day, Initiative.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    counts = _workshops_of(db, [each.id for each in found], now)
    promised = db.execute(
        select(Fund.currency, func.sum(FundPromise.amount))
        .join(Fund, Fund.id == FundPromise.fund_id)
        .where(FundPromise.initiative_id.in_(select(Initiative.id).where(*fitting)))
        .group_by(Fund.currency)
        .order_by(Fund.currency)
    ).all()
    return Found(
        [Row(each, *counts.get(each.id, (0, 0))) for each in found],
        page,
        pages,
        total,
        dict(promised),
    )


def _workshops_of(db: Session, ids: Sequence[int], now: datetime) -> dict[int, tuple[int, int]]:
    held = or_(life.standing("held", now=now), life.standing("reported", now=now))
    rows = db.execute(
        select(Workshop.initiative_id, func.count(Workshop.id), func.count(case((held, 1))))
        .where(Workshop.initiative_id.in_(ids), Workshop.state != "withdrawn")
        .group_by(Workshop.initiative_id)
    )
    return {initiative_id: (count, held_) for initiative_id, count, held_ in rows if initiative_id}


def promised_by_currency(initiatives: Collection[Initiative]) -> dict[str, int]:
    """What is promised to these, by currency."""
    found: dict[str, int] = {}
    for initiative in initiatives:
        for promise in initiative.promises:
            found[promise.fund.currency] = found.get(promise.fund.currency, 0) + promise.amount
    return found


def initiative_for(db: Session, *, actor: Actor, initiative_id: int) -> Initiative:
    """An initiative that the actor sees, with all that its page shows. Raises `NotFound`."""
    found = db.scalars(
        select(Initiative)
        .where(Initiative.id == initiative_id, seen_by(actor))
        .options(
            joinedload(Initiative.organisation),
            joinedload(Initiative.area),
            selectinload(Initiative.partners),
            selectinload(Initiative.promises).joinedload(FundPromise.fund).joinedload(Fund.organisation),
            selectinload(Initiative.workshops).joinedload(Workshop.requested_by),
            selectinload(Initiative.workshops).joinedload(Workshop.report),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def seen_among(db: Session, *, actor: Actor, ids: Collection[int]) -> frozenset[int]:
    """Those of these initiatives that the actor sees."""
    if not ids:
        return frozenset()
    return frozenset(db.scalars(select(Initiative.id).where(Initiative.id.in_(ids), seen_by(actor))))


def pots_of(db: Session, initiative: Initiative) -> list[tuple[FundAccount, Pot]]:
    """What is promised to an initiative, fund by fund, with what its workshops take of it."""
    accounts = accounts_of(db, [promise.fund for promise in initiative.promises])
    found = []
    for promise in initiative.promises:
        account = accounts[promise.fund_id]
        if (pot := account.pot_of(initiative.id)) is not None:
            found.append((account, pot))
    return found


def may_change(actor: Actor, initiative: Initiative) -> bool:
    """Who acts for the organisation that leads it."""
    return actor.acts_for(initiative.organisation_id)


def to_belong_to(actor: Actor) -> Select[Initiative]:
    """The initiatives that are not over and of which the actor may say that a workshop belongs to them."""
    query = select(Initiative).where(Initiative.state.in_(("proposed", "running")))
    if actor.is_coordinator:
        return query
    joined = select(initiative_partner.c.initiative_id).where(
        initiative_partner.c.organisation_id.in_(actor.organisation_ids)
    )
    mine = or_(Initiative.organisation_id.in_(actor.organisation_ids), Initiative.id.in_(joined))
    return query.where(mine if actor.organisation_ids else false())


def offered(db: Session, *, actor: Actor) -> Sequence[Initiative]:
    """`to_belong_to` in the order of a form."""
    query = to_belong_to(actor).options(joinedload(Initiative.organisation)).order_by(Initiative.code)
    return db.scalars(query).all()


def funds_promised_to(db: Session, initiative_id: int | None) -> frozenset[int]:
    """The funds of which a part is promised to an initiative."""
    promised = select(FundPromise.fund_id).where(FundPromise.initiative_id == initiative_id)
    return frozenset(db.scalars(promised)) if initiative_id is not None else frozenset()


# -- What forms and filters offer


def areas(db: Session) -> Sequence[Topic]:
    """The priority areas: topics that are in no other."""
    return db.scalars(select(Topic).where(Topic.area_id.is_(None)).order_by(Topic.code)).all()


def leads(db: Session, *, actor: Actor) -> Sequence[Organisation]:
    """The organisations in whose name the actor may begin an initiative."""
    query = select(Organisation).where(Organisation.kind != "member").order_by(Organisation.name)
    if not actor.is_coordinator:
        query = query.where(Organisation.id.in_(actor.organisation_ids))
    return db.scalars(query).all()


def possible_partners(db: Session) -> Sequence[Organisation]:
    """Who may join in: coalitions and platforms, by region and name."""
    return db.scalars(
        select(Organisation)
        .where(Organisation.kind != "member")
        .order_by(Organisation.region, Organisation.name)
    ).all()


def regions(db: Session, *, actor: Actor) -> Sequence[str]:
    """The regions of the organisations that lead the initiatives which the actor sees."""
    return db.scalars(
        select(Organisation.region)
        .where(
            Organisation.id.in_(select(Initiative.organisation_id).where(seen_by(actor))),
            Organisation.region != "",
        )
        .distinct()
        .order_by(Organisation.region)
    ).all()
