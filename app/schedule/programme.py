"""The programme for whoever asks: what is published of the rounds that are open to the public, without names.

Neither who teaches nor who sits there stands in it, and of a place the town alone: the programme tells of the
network's work, and must not help anybody to find its people. As in the public calendar, title and town are
those of workshops marked as public; of others it says when and in which country, of sensitive ones nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.db import LocalText
from app.network.models import Organisation, Venue
from app.planning.models import PlanningRound
from app.schedule.models import Version, WorkshopSession
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as the programme shows it: nothing but this leaves the query.

    `titles`, `topic`, `town` and `asked_by` are empty where the workshop is not marked as public; `country`
    is empty online.
    """

    session: WorkshopSession
    titles: LocalText
    topic: LocalText
    languages: Sequence[str]
    town: str
    country: str
    asked_by: str
    region: str

    @property
    def day(self) -> date:
        return self.session.day


def programme(db: Session, *, region: str | None = None, today: date) -> list[Listed]:
    """The sessions to come of opened rounds, in order of time; of one region or of all."""
    query = (
        select(WorkshopSession)
        .join(WorkshopSession.version)
        .join(Version.planning_round)
        .join(WorkshopSession.workshop)
        .join(Workshop.requested_by)
        .where(
            PlanningRound.is_public,
            Workshop.visibility != "sensitive",
            WorkshopSession.state == "confirmed",
        )
        .options(
            joinedload(WorkshopSession.workshop).joinedload(Workshop.topic),
            joinedload(WorkshopSession.workshop).joinedload(Workshop.requested_by),
            joinedload(WorkshopSession.venue).joinedload(Venue.place),
        )
    )
    if region is not None:
        query = query.where(Organisation.region == region)
    found = [_listed(session) for session in db.scalars(query) if session.last >= today]
    return sorted(found, key=lambda each: (each.day, each.session.id))


def public_regions(db: Session, *, today: date) -> list[str]:
    """The regions that the programme has something of."""
    return sorted({each.region for each in programme(db, today=today) if each.region})


def slug(region: str) -> str:
    """'West Africa (ECOWAS)' -> 'west-africa-ecowas', for an address."""
    plain = unicodedata.normalize("NFKD", region).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "region"


def _listed(session: WorkshopSession) -> Listed:
    workshop, venue = session.workshop, session.venue
    is_public = workshop.visibility == "public"
    return Listed(
        session=session,
        titles=workshop.titles if is_public else {},
        topic=workshop.topic.titles if is_public else {},
        languages=workshop.languages,
        town=venue.place.name if venue and is_public else "",
        country=venue.place.country if venue else "",
        asked_by=workshop.requested_by.name if is_public else "",
        region=workshop.requested_by.region,
    )
