"""Who sees whom: every query that lists people filters by it.

Organisations, places, topics and groups are for all staff to see. People are seen by those who look after
them: coordinators all, officers and focal points those of their organisations; and everybody sees themselves.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from app.access import Actor
from app.network.models import Person, membership


def organisations_below(db: Session, organisation_ids: Collection[int]) -> frozenset[int]:
    """These organisations and all that belong to them, directly or through others."""
    if not organisation_ids:
        return frozenset()
    reach = (
        select(membership.c.member_id.label("id"))
        .where(membership.c.body_id.in_(organisation_ids))
        .cte("reach", recursive=True)
    )
    reach = reach.union(select(membership.c.member_id).join(reach, membership.c.body_id == reach.c.id))
    return frozenset(organisation_ids) | frozenset(db.scalars(select(reach.c.id)))


def people_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Person` that only those whom the actor may see fulfil."""
    if actor.is_coordinator:
        return true()
    return or_(
        Person.organisation_id.in_(actor.organisation_ids) if actor.organisation_ids else false(),
        Person.id == actor.person_id if actor.person_id is not None else false(),
    )


def looks_after(actor: Actor, person: Person) -> bool:
    """Whether the actor may see all about this person, and change it."""
    return actor.acts_for(person.organisation_id)


def sees_person(actor: Actor, person: Person) -> bool:
    """Whether the actor may see this person: `people_seen_by` for one."""
    return looks_after(actor, person) or (actor.person_id is not None and actor.person_id == person.id)
