"""Reading requests and funds, each by what the acting person may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.access import Actor, office
from app.errors import NotFound
from app.facts import AuditEntry
from app.network.models import Group, Organisation, Person, Place, Topic, Venue
from app.network.queries import organisations_below
from app.workshops import life
from app.workshops.accounts import FundAccount, accounts_of
from app.workshops.answers import Answers
from app.workshops.models import Fund, FundPromise, Workshop, fund_workshop, workshop_invited
from app.workshops.rules import Problem, Surroundings, problems_of

PER_PAGE = 30

OPEN_TO_CHANGE = ("drafted", "returned")
"""States in which those who ask may change their request."""


# -- Requests


@dataclass(frozen=True, slots=True)
class WorkshopFilter:
    """Which requests to list; what is empty does not filter. `stand` is one of `life.LIFE`."""

    stand: str = ""
    requested_by_id: int | None = None
    kind: str = ""
    topic_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class WorkshopPage:
    """One page of a list, counted from 1; `stands` says by id where each request stands."""

    items: Sequence[Workshop]
    stands: Mapping[int, str]
    page: int
    pages: int
    total: int


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The requests that exist for an actor, as a condition.

    A coordinator sees all; others those asked for by an organisation they act for or by a group
    they co-chair; a focal point also the approved ones that invite an organisation they act for.
    """
    if actor.is_coordinator:
        return true()
    own = or_(
        Workshop.requested_by_id.in_(actor.organisation_ids) if actor.organisation_ids else false(),
        Workshop.group_id.in_(actor.group_ids) if actor.group_ids else false(),
    )
    if not actor.has_role("focal_point"):
        return own
    inviting = select(workshop_invited.c.workshop_id).where(
        workshop_invited.c.organisation_id.in_(actor.organisation_ids)
    )
    return or_(own, and_(Workshop.state == "approved", Workshop.id.in_(inviting)))


def workshops(
    db: Session, *, actor: Actor, wanted: WorkshopFilter, now: datetime, page: int = 1
) -> WorkshopPage:
    """A page of the requests that the actor sees and that fit, by window, with what a list shows."""
    fitting = [seen_by(actor)]
    if wanted.stand:
        fitting.append(life.standing(wanted.stand, now=now))
    if wanted.group_id:
        fitting.append(Workshop.group_id == wanted.group_id)
    if wanted.requested_by_id:
        fitting.append(Workshop.requested_by_id == wanted.requested_by_id)
    if wanted.kind:
        fitting.append(Workshop.kind == wanted.kind)
    if wanted.topic_id:
        fitting.append(Workshop.topic_id == wanted.topic_id)
    total = db.scalar(select(func.count(Workshop.id)).where(*fitting)) or 0
    pages = max(1, ceil(total / PER_PAGE))
    page = min(max(1, page), pages)
    items = db.scalars(
        select(Workshop)
        .where(*fitting)
        .options(joinedload(Workshop.topic), joinedload(Workshop.requested_by), joinedload(Workshop.report))
        .order_by(Workshop.window_first, Workshop.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    return WorkshopPage(items, life.stands(db, items, now=now), page, pages, total)


def counts_by_stand(db: Session, *, wanted: Sequence[ColumnElement[bool]], now: datetime) -> dict[str, int]:
    """How many of the requests that fulfil these conditions stand where; what is nowhere is left out."""
    found = db.execute(
        select(*(func.count(case((life.standing(stand, now=now), 1))) for stand in life.LIFE)).where(*wanted)
    ).one()
    return {stand: number for stand, number in zip(life.LIFE, found, strict=True) if number}


def earlier_requests(db: Session, *, actor: Actor, page: int = 1, per_page: int = PER_PAGE) -> WorkshopPage:
    """What the actor may copy, the latest window first; the page says where none of them stands."""
    mine = [Workshop.state != "drafted", asked_as(actor)]
    total = db.scalar(select(func.count(Workshop.id)).where(*mine)) or 0
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    items = db.scalars(
        select(Workshop)
        .where(*mine)
        .options(joinedload(Workshop.topic), joinedload(Workshop.requested_by))
        .order_by(Workshop.window_first.desc(), Workshop.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()
    return WorkshopPage(items, {}, page, pages, total)


def asked_as(actor: Actor) -> ColumnElement[bool]:
    """`may_ask_as` as a condition."""
    if actor.is_coordinator:
        return true()
    conditions: list[ColumnElement[bool]] = []
    if actor.has_role("officer"):
        conditions.append(Workshop.requested_by_id.in_(actor.organisation_ids))
    if actor.group_ids:
        hosts = select(Group.id).where(Group.organisation_id == Workshop.requested_by_id)
        conditions.append(and_(Workshop.group_id.in_(actor.group_ids), Workshop.group_id.in_(hosts)))
    return or_(false(), *conditions)


def workshop_for(db: Session, *, actor: Actor, workshop_id: int) -> Workshop:
    """A request that the actor sees, with all that its page shows. Raises `NotFound`."""
    workshop = db.scalars(
        select(Workshop)
        .where(Workshop.id == workshop_id, seen_by(actor))
        .options(
            joinedload(Workshop.topic),
            joinedload(Workshop.requested_by),
            joinedload(Workshop.group),
            joinedload(Workshop.initiative),
            joinedload(Workshop.report),
            joinedload(Workshop.follows),
            selectinload(Workshop.followers),
            selectinload(Workshop.venues).joinedload(Venue.place),
            selectinload(Workshop.invited),
            selectinload(Workshop.funds),
        )
    ).first()
    if workshop is None:
        raise NotFound
    return workshop


def seen_among(db: Session, *, actor: Actor, workshops: Iterable[Workshop | None]) -> frozenset[int]:
    """The ids of those of these requests that the actor sees."""
    ids = [workshop.id for workshop in workshops if workshop is not None]
    if not ids:
        return frozenset()
    return frozenset(db.scalars(select(Workshop.id).where(Workshop.id.in_(ids), seen_by(actor))))


def may_change(actor: Actor, workshop: Workshop) -> bool:
    """Who asks may change a request in hand; a coordinator also one handed in or approved."""
    if workshop.state in OPEN_TO_CHANGE:
        return may_ask_as(actor, workshop)
    return actor.is_coordinator and workshop.state != "withdrawn"


def may_ask_as(actor: Actor, workshop: Workshop) -> bool:
    """May write in the name of who asks for it. Its group is loaded.

    Co-chairs do so for what their group asks for through the organisation that it is at; a coalition
    that names a group behind its own request keeps that request to itself.
    """
    if may_request_for(actor, workshop.requested_by_id):
        return True
    group = workshop.group
    return group is not None and may_request_for_group(actor, workshop.requested_by_id, group)


def may_request_for_group(actor: Actor, organisation_id: int, group: Group) -> bool:
    """Co-chairs may ask for workshops of their group in the name of the organisation that it is at."""
    return actor.chairs(group.id) and group.organisation_id == organisation_id


def may_request_for(actor: Actor, organisation_id: int) -> bool:
    """Coordinators, and officers for their coalition and those below it, may ask for workshops."""
    return actor.is_coordinator or (actor.has_role("officer") and actor.acts_for(organisation_id))


def problems_with(db: Session, *, workshop: Workshop, answers: Answers, today: date) -> tuple[Problem, ...]:
    """What stands in the way of a request with these answers."""
    followed = db.get(Workshop, answers.when.follows_id) if answers.when.follows_id else None
    return problems_of(
        answers,
        Surroundings(
            today=today,
            follows_leads_back=followed is not None and workshop.id in _follows_of(db, followed.id),
            follows_is_withdrawn=followed is not None and followed.state == "withdrawn",
        ),
    )


def history_of(db: Session, *, kind: str, subject_id: int) -> Sequence[AuditEntry]:
    """What has happened to a subject, newest first."""
    return db.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == kind, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.happened_at.desc(), AuditEntry.id.desc())
    ).all()


def _follows_of(db: Session, workshop_id: int) -> frozenset[int]:
    """A workshop, the one it follows, the one that follows, and so on."""
    chain = select(Workshop.id, Workshop.follows_id).where(Workshop.id == workshop_id).cte(recursive=True)
    earlier = aliased(Workshop)
    chain = chain.union(select(earlier.id, earlier.follows_id).where(earlier.id == chain.c.follows_id))
    return frozenset(db.scalars(select(chain.c.id)))


def hosts_a_group_of(actor: Actor, organisation_id: int) -> ColumnElement[bool]:
    """Whether a group that the actor co-chairs is at this organisation."""
    return exists().where(Group.id.in_(actor.group_ids), Group.organisation_id == organisation_id)


# -- What the form offers


def requesters(db: Session, *, actor: Actor) -> Sequence[Organisation]:
    """The organisations in whose name the actor may begin a request."""
    at_home: ColumnElement[bool] = Organisation.kind.in_(("secretariat", "coalition"))
    hosts = Organisation.id.in_(select(Group.organisation_id).where(Group.id.in_(actor.group_ids)))
    if not actor.is_coordinator:
        at_home = and_(at_home, Organisation.id.in_(actor.organisations_as("officer")))
    return db.scalars(select(Organisation).where(or_(at_home, hosts)).order_by(Organisation.name)).all()


def requesters_seen(db: Session, *, actor: Actor) -> Sequence[Organisation]:
    """The organisations that asked for any of the requests the actor sees."""
    asked = select(Workshop.requested_by_id).where(seen_by(actor))
    return db.scalars(
        select(Organisation).where(Organisation.id.in_(asked)).order_by(Organisation.name)
    ).all()


def topics_by_area(db: Session) -> Sequence[tuple[Topic, Sequence[Topic]]]:
    """Each area with its topics; an area without topics stands for itself."""
    areas = db.scalars(
        select(Topic).where(Topic.area_id.is_(None)).options(selectinload(Topic.topics)).order_by(Topic.code)
    ).all()
    return [(area, area.topics or [area]) for area in areas]


def groups(db: Session, *, actor: Actor) -> Sequence[Group]:
    """The groups that the actor may name behind a request: the office all, co-chairs their own."""
    query = select(Group).order_by(Group.code)
    return db.scalars(query if office(actor) else query.where(Group.id.in_(actor.group_ids))).all()


def venues_by_place(db: Session) -> Sequence[Place]:
    """The places that have venues, with them, by country and name."""
    return db.scalars(
        select(Place)
        .where(Place.venues.any())
        .options(selectinload(Place.venues))
        .order_by(Place.country, Place.name)
    ).all()


def organisations_to_invite(db: Session) -> Sequence[Organisation]:
    """The organisations that have people, by region and name."""
    return db.scalars(
        select(Organisation)
        .where(Organisation.id.in_(select(Person.organisation_id).where(Person.left_on.is_(None))))
        .order_by(Organisation.region, Organisation.name)
    ).all()


def organisations_at_home(db: Session, *, organisation_id: int) -> Sequence[Organisation]:
    """An organisation and those below it: their countries and languages are near to its requests."""
    below = organisations_below(db, {organisation_id})
    return db.scalars(select(Organisation).where(Organisation.id.in_(below))).all()


def languages_in_use(db: Session) -> frozenset[str]:
    """The languages that any organisation of the network works in."""
    return frozenset(code for codes in db.scalars(select(Organisation.languages)) for code in codes)


def workshops_to_follow(db: Session, *, actor: Actor, workshop: Workshop) -> Sequence[Workshop]:
    """The other requests that the actor sees and that may still be held; the present choice stays."""
    return db.scalars(
        select(Workshop)
        .where(
            Workshop.id != workshop.id,
            or_(
                and_(Workshop.state != "withdrawn", seen_by(actor)),
                Workshop.id == (workshop.follows_id or 0),
            ),
        )
        .order_by(Workshop.window_first, Workshop.id)
    ).all()


def funds_to_charge(db: Session, *, actor: Actor, workshop: Workshop) -> Sequence[Fund]:
    """The funds that the actor may charge a request to: their own, those promised to its initiative, and
    those it is charged to already."""
    query = select(Fund).options(joinedload(Fund.organisation)).order_by(Fund.code)
    if not actor.is_coordinator:
        charged = select(fund_workshop.c.fund_id).where(fund_workshop.c.workshop_id == workshop.id)
        promised = select(FundPromise.fund_id).where(FundPromise.initiative_id == workshop.initiative_id)
        query = query.where(
            or_(Fund.organisation_id.in_(actor.organisation_ids), Fund.id.in_(charged), Fund.id.in_(promised))
        )
    return db.scalars(query).all()


# -- Funds


def funds(db: Session, *, actor: Actor) -> Sequence[FundAccount]:
    """The accounts of the funds that the actor sees, in a constant number of queries."""
    found = db.scalars(
        select(Fund).options(selectinload(Fund.organisation)).where(funds_seen_by(actor)).order_by(Fund.code)
    ).all()
    accounts = accounts_of(db, found)
    return [accounts[fund.id] for fund in found]


def fund_for(db: Session, *, actor: Actor, fund_id: int) -> Fund:
    """A fund that the actor sees, with its workshops. Raises `NotFound`."""
    fund = db.scalars(
        select(Fund)
        .where(Fund.id == fund_id, funds_seen_by(actor))
        .options(
            joinedload(Fund.organisation),
            selectinload(Fund.workshops).joinedload(Workshop.requested_by),
            selectinload(Fund.workshops).joinedload(Workshop.report),
        )
    ).first()
    if fund is None:
        raise NotFound
    return fund


def may_keep_fund(actor: Actor, organisation_id: int) -> bool:
    """Coordinators and the officers of the owner keep a fund."""
    return may_request_for(actor, organisation_id)


def funds_seen_by(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.is_coordinator else Fund.organisation_id.in_(actor.organisation_ids)
