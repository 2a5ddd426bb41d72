"""Where a request stands once it is approved: its round, and what was published of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.network.models import Venue
from app.planning.models import PlanningRound, RoundEntry
from app.schedule.models import WorkshopSession
from app.schedule.queries import latest_version
from app.workshops.announced import provide
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Standing:
    """A request's round, the number of the version in force there (`None`: none yet), its session in
    force, and the names of the rules for which that version leaves it out."""

    planning_round: PlanningRound
    version: int | None
    session: WorkshopSession | None
    left_out_by: tuple[str, ...]


def standing_of(db: Session, *, workshop: Workshop) -> Standing | None:
    """Where a request stands; `None` while it is in no round."""
    planning_round = db.scalars(
        select(PlanningRound).join(PlanningRound.entries).where(RoundEntry.workshop_id == workshop.id)
    ).first()
    if planning_round is None:
        return None
    version = latest_version(db, round_id=planning_round.id)
    return Standing(
        planning_round,
        version.number if version else None,
        session_in_force(db, workshop_id=workshop.id),
        _left_out_by(version.schedule_document, workshop.code) if version else (),
    )


def session_in_force(db: Session, *, workshop_id: int) -> WorkshopSession | None:
    """The session that people have been told of, unless they have also been told that it is off."""
    return db.scalars(
        select(WorkshopSession)
        .where(WorkshopSession.workshop_id == workshop_id, WorkshopSession.state == "confirmed")
        .options(joinedload(WorkshopSession.venue).joinedload(Venue.place))
    ).first()


def _left_out_by(schedule_document: dict[str, Any], code: str) -> tuple[str, ...]:
    left_out = next((each for each in schedule_document["unscheduled"] if each["workshop"] == code), None)
    return tuple(dict.fromkeys(reason["rule"] for reason in left_out["reasons"])) if left_out else ()


provide(lambda db, workshop_id: session_in_force(db, workshop_id=workshop_id) is not None)
