"""The programme for whoever asks: what is published of the rounds that a coordinator opened, without names.

Neither who teaches nor who sits there stands in it, and of a place the town alone: the programme tells of the
network's work, and must not help anybody to find its people.
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
from app.schedule.models import PublicProgramme, Version, WorkshopSession
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as the programme shows it: nothing but this leaves the query."""

    session: WorkshopSession
    titles: LocalText
    topic: LocalText
    kind: str
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
        .join(PublicProgramme, PublicProgramme.round_id == Version.round_id)
        .join(WorkshopSession.workshop)
        .join(Workshop.requested_by)
        .where(WorkshopSession.state == "confirmed")
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


def is_open(db: Session, *, round_id: int) -> bool:
    return db.get(PublicProgramme, round_id) is not None


def _listed(session: WorkshopSession) -> Listed:
    workshop, venue = session.workshop, session.venue
    return Listed(
        session=session,
        titles=workshop.titles,
        topic=workshop.topic.titles,
        kind=workshop.kind,
        languages=workshop.languages,
        town=venue.place.name if venue else "",
        country=venue.place.country if venue else "",
        asked_by=workshop.requested_by.name,
        region=workshop.requested_by.region,
    )
