"""Organisations are the secretariat's to add and change: whom they belong to decides who looks after whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Invalid
from app.facts import record
from app.network.facts import OrganisationAdded, OrganisationChanged
from app.network.models import Organisation, Place
from app.network.queries.scope import organisations_below
from app.network.services.rows import free_code, put


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDetails:
    """What is said of an organisation; `bodies` are those that it belongs to."""

    kind: str
    name: str
    acronym: str
    region: str
    country: str
    place: Place | None
    languages: list[str]
    bodies: list[Organisation]
    note: str
    evidence: str
    source: str


def add_organisation(
    db: Session, *, actor: Actor, details: OrganisationDetails, now: datetime
) -> Organisation:
    """Raises Forbidden."""
    require(actor.is_coordinator)
    organisation = Organisation(code=free_code(db, Organisation, details.name, "organisation"))
    put(organisation, details)
    db.add(organisation)
    db.flush()
    record(db, actor=actor, fact=OrganisationAdded(organisation.id), now=now, after=as_told(organisation))
    return organisation


def change_organisation(
    db: Session, *, actor: Actor, organisation: Organisation, details: OrganisationDetails, now: datetime
) -> Organisation:
    """Raises Forbidden, Invalid("bodies", "circle") when it would belong to itself through others."""
    require(actor.is_coordinator)
    below = organisations_below(db, {organisation.id})
    if any(body.id in below for body in details.bodies):
        raise Invalid("bodies", "circle")
    before = as_told(organisation)
    put(organisation, details)
    db.flush()
    record(
        db,
        actor=actor,
        fact=OrganisationChanged(organisation.id),
        now=now,
        before=before,
        after=as_told(organisation),
    )
    return organisation


def as_told(organisation: Organisation) -> dict[str, Any]:
    """An organisation as the audit trail keeps it."""
    return {
        "code": organisation.code,
        "kind": organisation.kind,
        "name": organisation.name,
        "acronym": organisation.acronym,
        "region": organisation.region,
        "country": organisation.country,
        "place": organisation.place.code if organisation.place else None,
        "languages": list(organisation.languages),
        "bodies": sorted(body.code for body in organisation.bodies),
        "note": organisation.note,
        "evidence": organisation.evidence,
        "source": organisation.source,
    }
