"""Thematic and working groups: kept by who acts for the organisation they are at, and by their co-chairs.

Co-chairs change the name, add people of any organisation by their address, and let people go. Who is a
co-chair the organisation decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.db import LocalText
from app.facts import record
from app.i18n import in_language
from app.network.facts import GroupAdded, GroupChanged, PersonJoinedGroup, PersonLeftGroup
from app.network.models import Group, GroupChair, Organisation, Person
from app.network.queries.scope import looks_after
from app.network.services.rows import free_code, put, require_title


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDetails:
    """Titles by language, and the organisation that the group is at."""

    titles: LocalText
    organisation: Organisation


def add_group(db: Session, *, actor: Actor, details: GroupDetails, now: datetime) -> Group:
    """Raises Forbidden, Invalid("title_en", "no_title")."""
    require(actor.acts_for(details.organisation.id))
    require_title(details.titles)
    group = Group(code=free_code(db, Group, in_language(details.titles, "en"), "group"), created_at=now)
    put(group, details)
    db.add(group)
    db.flush()
    record(db, actor=actor, fact=GroupAdded(group.id), now=now, after=as_told(group))
    return group


def change_group(db: Session, *, actor: Actor, group: Group, details: GroupDetails, now: datetime) -> Group:
    """Raises Forbidden, Invalid("title_en", "no_title"). Co-chairs leave it where it is."""
    require(keeps(actor, group))
    moves = details.organisation.id != group.organisation_id
    require(not moves or (actor.acts_for(group.organisation_id) and actor.acts_for(details.organisation.id)))
    require_title(details.titles)
    before = as_told(group)
    put(group, details)
    db.flush()
    record(db, actor=actor, fact=GroupChanged(group.id), now=now, before=before, after=as_told(group))
    return group


def add_to_group(
    db: Session, *, actor: Actor, group: Group, person: Person, as_chair: bool, now: datetime
) -> Group:
    """Have a person in a group, as co-chair or not; also for one who is in it and is to be the other.

    Raises Forbidden, also for a person whom the actor does not look after.
    """
    require(actor.acts_for(group.organisation_id) and looks_after(actor, person))
    return _add(db, actor, group, person, as_chair, now)


def add_by_address(db: Session, *, actor: Actor, group: Group, address: str, now: datetime) -> Person | None:
    """Have the person with this e-mail address in a group; `None` when there is nobody.

    Whoever keeps the group may do so for people of any organisation: who knows the address knows the person.

    Raises Forbidden.
    """
    require(keeps(actor, group))
    person = db.scalars(
        select(Person).where(Person.email == address.strip().lower(), Person.left_on.is_(None))
    ).first()
    if person is not None and person not in group.people:
        _add(db, actor, group, person, False, now)
    return person


def keeps(actor: Actor, group: Group) -> bool:
    """May change a group and who is in it."""
    return actor.acts_for(group.organisation_id) or actor.chairs(group.id)


def _add(db: Session, actor: Actor, group: Group, person: Person, as_chair: bool, now: datetime) -> Group:
    if person not in group.people:
        group.people.append(person)
    _set_chair(group, person, as_chair)
    db.flush()
    record(db, actor=actor, fact=PersonJoinedGroup(group.id, person.id, as_chair), now=now)
    return group


def remove_from_group(db: Session, *, actor: Actor, group: Group, person: Person, now: datetime) -> Group:
    """Have a person in a group no more. Raises Forbidden, also to co-chairs about one another."""
    chairs = {chair.person_id for chair in group.chairs}
    of_theirs = actor.acts_for(group.organisation_id) and looks_after(actor, person)
    require(of_theirs or (actor.chairs(group.id) and person.id not in chairs))
    if person in group.people:
        group.people.remove(person)
    _set_chair(group, person, False)
    db.flush()
    record(db, actor=actor, fact=PersonLeftGroup(group.id, person.id), now=now)
    return group


def _set_chair(group: Group, person: Person, as_chair: bool) -> None:
    held = [chair for chair in group.chairs if chair.person_id == person.id]
    if as_chair and not held:
        group.chairs.append(GroupChair(person_id=person.id))
    elif not as_chair:
        for chair in held:
            group.chairs.remove(chair)


def as_told(group: Group) -> dict[str, Any]:
    """A group as the audit trail keeps it."""
    return {"code": group.code, "titles": dict(group.titles), "organisation": group.organisation.code}
