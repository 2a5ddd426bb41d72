"""Groups: all staff see them; of their people, those whom the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
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


def group(db: Session, code: str) -> Group:
    """One group with its organisation and co-chairs. Raises NotFound."""
    found = db.scalars(
        select(Group)
        .where(Group.code == code)
        .options(joinedload(Group.organisation), selectinload(Group.chairs))
    ).first()
    if found is None:
        raise NotFound
    return found


def members(db: Session, *, actor: Actor, group: Group) -> GroupMembers:
    """Who is in a group."""
    seen = db.scalars(
        select(Person)
        .join(group_person, group_person.c.person_id == Person.id)
        .where(group_person.c.group_id == group.id, people_seen_by(actor))
        .options(joinedload(Person.organisation))
        .order_by(Person.name)
    ).all()
    total = db.scalar(
        select(func.count()).select_from(group_person).where(group_person.c.group_id == group.id)
    )
    return GroupMembers(seen, frozenset(chair.person_id for chair in group.chairs), total or 0)
