"""Groups: staff see them all, everybody those they are in; of their people, those whom the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from app.access import Actor
from app.errors import NotFound
from app.network.models import Group, GroupChair, Person, group_person
from app.network.queries.scope import people_seen_by


@dataclass(frozen=True, slots=True)
class GroupMembers:
    """The people of a group whom the actor may see, with the ids of its co-chairs, and how many there are."""

    people: Sequence[Person]
    chair_ids: frozenset[int]
    total: int


def member(db: Session, *, group: Group, code: str) -> Person:
    """One of the people of a group. Raises NotFound."""
    found = db.scalars(
        select(Person)
        .join(group_person, group_person.c.person_id == Person.id)
        .where(group_person.c.group_id == group.id, Person.code == code)
    ).first()
    if found is None:
        raise NotFound
    return found


def groups_of(db: Session, *, person_id: int | None) -> Sequence[Group]:
    """The groups that somebody is in or co-chairs."""
    if person_id is None:
        return ()
    inside = select(group_person.c.group_id).where(group_person.c.person_id == person_id)
    chaired = select(GroupChair.group_id).where(GroupChair.person_id == person_id)
    return db.scalars(
        select(Group).where(or_(Group.id.in_(inside), Group.id.in_(chaired))).order_by(Group.code)
    ).all()


def groups(db: Session) -> Sequence[Group]:
    """All groups with their organisations."""
    return db.scalars(select(Group).options(joinedload(Group.organisation)).order_by(Group.code)).all()


def groups_chaired(db: Session, person_id: int | None) -> frozenset[int]:
    """The groups that somebody co-chairs."""
    if person_id is None:
        return frozenset()
    return frozenset(db.scalars(select(GroupChair.group_id).where(GroupChair.person_id == person_id)))


def member_counts(db: Session) -> dict[int, int]:
    """How many people each group has, by group id; empty groups are left out."""
    counted = select(group_person.c.group_id, func.count()).group_by(group_person.c.group_id)
    return dict(db.execute(counted).all())


def group(db: Session, *, actor: Actor, code: str) -> Group:
    """One group with its organisation and co-chairs, for staff and for who is in it. Raises NotFound."""
    mine = select(group_person.c.group_id).where(group_person.c.person_id == actor.person_id)
    allowed = true() if actor.is_staff else or_(Group.id.in_(mine), Group.id.in_(actor.group_ids))
    found = db.scalars(
        select(Group)
        .where(Group.code == code, allowed)
        .options(joinedload(Group.organisation), selectinload(Group.chairs))
    ).first()
    if found is None:
        raise NotFound
    return found


def members(db: Session, *, actor: Actor, group: Group) -> GroupMembers:
    """Who is in a group: all of them for its co-chairs, for the others whom they may see."""
    visible = true() if actor.chairs(group.id) else people_seen_by(actor)
    seen = db.scalars(
        select(Person)
        .join(group_person, group_person.c.person_id == Person.id)
        .where(group_person.c.group_id == group.id, visible)
        .options(joinedload(Person.organisation))
        .order_by(Person.name)
    ).all()
    total = db.scalar(
        select(func.count()).select_from(group_person).where(group_person.c.group_id == group.id)
    )
    return GroupMembers(seen, frozenset(chair.person_id for chair in group.chairs), total or 0)
