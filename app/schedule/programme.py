"""The programme for whoever asks: what is published of the rounds that are open to the public, without names.

It tells no more than the public calendar does (`app.calendars`): when a session is and in which country; the
rest only of workshops that are marked as public; of sensitive ones nothing. Who teaches or sits there never
stands in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.db import LocalText
from app.network.models import Venue
from app.planning.models import PlanningRound
from app.schedule.models import Version, WorkshopSession
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as the programme shows it; what is not public is empty. `country` is empty online."""

    first_day: date
    last_day: date
    starts_at: datetime | None
    ends_at: datetime | None
    country: str
    region: str
    languages: Sequence[str]
    titles: LocalText
    topic: LocalText
    town: str
    asked_by: str


def programme(db: Session, *, region: str | None = None, today: date) -> list[Listed]:
    """The sessions to come, in order of time; of one region or of all."""
    query = (
        select(WorkshopSession)
        .join(WorkshopSession.version)
        .join(Version.planning_round)
        .join(WorkshopSession.workshop)
        .where(
            WorkshopSession.state == "confirmed",
            PlanningRound.is_public,
            Workshop.visibility != "sensitive",
        )
        .options(
            joinedload(WorkshopSession.workshop).joinedload(Workshop.topic),
            joinedload(WorkshopSession.workshop).joinedload(Workshop.requested_by),
            joinedload(WorkshopSession.venue).joinedload(Venue.place),
        )
    )
    sessions = sorted(db.scalars(query), key=lambda session: (session.day, session.id))
    found = [_listed(session) for session in sessions if session.last >= today]
    return [each for each in found if region is None or each.region == region]


def regions_of(listed: Sequence[Listed]) -> list[str]:
    """The regions that a programme has something of."""
    return sorted({each.region for each in listed if each.region})


def slug(region: str) -> str:
    """'West Africa (ECOWAS)' -> 'west-africa-ecowas', for an address."""
    plain = unicodedata.normalize("NFKD", region).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "region"


def _listed(session: WorkshopSession) -> Listed:
    workshop, place = session.workshop, session.venue.place if session.venue else None
    is_public = workshop.visibility == "public"
    return Listed(
        first_day=session.day,
        last_day=session.last,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        country=place.country if place else "",
        region=workshop.requested_by.region,
        languages=workshop.languages if is_public else (),
        titles=workshop.titles if is_public else {},
        topic=workshop.topic.titles if is_public else {},
        town=place.name if is_public and place else "",
        asked_by=workshop.requested_by.name if is_public else "",
    )
