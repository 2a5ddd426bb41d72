"""Lists of published things, page by page: what pages of people read whole, programs read in parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from app.access import Actor
from app.errors import NotFound
from app.network.models import Organisation, Topic, Venue
from app.planning.models import PlanningRound
from app.planning.queries import RoundSummary, rounds
from app.schedule.models import Seat, TeamPlace, Version, WorkshopSession
from app.schedule.queries import known_to
from app.workshops.models import Workshop


def round_summary(db: Session, *, actor: Actor, round_id: int) -> RoundSummary:
    """One round with its counts. Raises NotFound."""
    found = next((each for each in rounds(db, actor=actor) if each.planning_round.id == round_id), None)
    if found is None:
        raise NotFound
    return found


def versions(db: Session, *, round_id: int | None, before_id: int | None, limit: int) -> Sequence[Version]:
    """Published versions without their documents, the newest first."""
    query = (
        select(Version)
        .order_by(Version.id.desc())
        .limit(limit)
        .options(
            defer(Version.round_document),
            defer(Version.schedule_document),
            joinedload(Version.planning_round).load_only(PlanningRound.title),
        )
    )
    if round_id is not None:
        query = query.where(Version.round_id == round_id)
    if before_id is not None:
        query = query.where(Version.id < before_id)
    return db.scalars(query).all()


def sessions(
    db: Session,
    *,
    actor: Actor,
    region: str = "",
    topic: str = "",
    first: date | None = None,
    last: date | None = None,
    mine: bool = False,
    after_id: int | None,
    limit: int,
) -> Sequence[WorkshopSession]:
    """Sessions that have been published, those called off among them, with all that is said of them."""
    query = (
        select(WorkshopSession)
        .join(WorkshopSession.workshop)
        .join(Workshop.requested_by)
        .join(Workshop.topic)
        .where(known_to(actor))
        .order_by(WorkshopSession.id)
        .limit(limit)
        .options(
            joinedload(WorkshopSession.workshop).joinedload(Workshop.topic),
            joinedload(WorkshopSession.workshop).joinedload(Workshop.requested_by),
            joinedload(WorkshopSession.venue).joinedload(Venue.place),
            selectinload(WorkshopSession.team).joinedload(TeamPlace.person),
        )
    )
    if after_id is not None:
        query = query.where(WorkshopSession.id > after_id)
    if region:
        query = query.where(Organisation.region == region)
    if topic:
        query = query.where(Topic.code == topic)
    if first is not None:
        query = query.where(
            or_(WorkshopSession.last_day >= first, WorkshopSession.ends_at >= _midnight(first))
        )
    if last is not None:
        query = query.where(
            or_(
                WorkshopSession.first_day <= last,
                WorkshopSession.starts_at <= datetime.combine(last, time(23, 59), tzinfo=UTC),
            )
        )
    if mine:
        query = query.where(
            or_(
                WorkshopSession.team.any(TeamPlace.person_id == actor.person_id),
                WorkshopSession.ledger.any((Seat.person_id == actor.person_id) & (Seat.state == "held")),
            )
        )
    return db.scalars(query).unique().all()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
