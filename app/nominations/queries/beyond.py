"""What other stages and letters ask: whom the planner could seat, and who answers for an organisation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Account, RoleGrant
from app.mail.subscriptions import unwilling
from app.network.models import membership
from app.nominations.models import Nomination
from app.nominations.rules import needs_in_order


@dataclass(frozen=True, slots=True)
class ForPlanning:
    """Whom organisations named for one workshop: the ids of those that did, and each nominee's need."""

    organisation_ids: frozenset[int]
    needs: Mapping[int, int]


def named_for_planning(db: Session, *, workshop_ids: Collection[int]) -> dict[int, ForPlanning]:
    """By workshop, in one query; a workshop for which nobody was named is left out.

    An organisation that named substitutes alone has named nobody whom the planner could seat.
    """
    lists: dict[int, dict[int, list[Nomination]]] = {}
    for each in db.scalars(
        select(Nomination)
        .where(
            Nomination.workshop_id.in_(workshop_ids),
            Nomination.state == "nominated",
            Nomination.is_substitute.is_(False),
        )
        .order_by(Nomination.rank, Nomination.id)
    ):
        lists.setdefault(each.workshop_id, {}).setdefault(each.organisation_id, []).append(each)
    return {
        workshop_id: ForPlanning(
            frozenset(by_organisation),
            {
                each.person_id: need
                for named in by_organisation.values()
                for each, need in zip(named, needs_in_order(n.need for n in named), strict=True)
            },
        )
        for workshop_id, by_organisation in lists.items()
    }


def in_charge(db: Session, organisation_ids: Iterable[int]) -> dict[int, list[Account]]:
    """The accounts that are written to for each organisation: those with a role at it, else at the nearest
    body that it belongs to. Coordinators are not: they see it on their page. Two queries."""
    holders: dict[int, list[Account]] = {}
    for grant in db.scalars(
        select(RoleGrant)
        .join(RoleGrant.account)
        .where(Account.is_active, RoleGrant.role.in_(("focal_point", "officer")))
        .options(joinedload(RoleGrant.account))
        .order_by(RoleGrant.id)
    ):
        holders.setdefault(grant.organisation_id, []).append(grant.account)
    bodies: dict[int, list[int]] = {}
    for member, body in db.execute(select(membership.c.member_id, membership.c.body_id)):
        bodies.setdefault(member, []).append(body)
    return {each: _nearest(each, holders, bodies) for each in organisation_ids}


def without_reminders(db: Session, organisation_ids: Iterable[int]) -> frozenset[int]:
    """The organisations of which nobody who is written to wants reminders; three queries."""
    told = in_charge(db, organisation_ids)
    spared = unwilling(
        db,
        kind="names_wanted_reminder",
        addresses=[account.email for accounts in told.values() for account in accounts],
    )
    return frozenset(
        organisation_id
        for organisation_id, accounts in told.items()
        if accounts and all(account.email.casefold() in spared for account in accounts)
    )


def _nearest(
    organisation_id: int, holders: Mapping[int, list[Account]], bodies: Mapping[int, list[int]]
) -> list[Account]:
    near, seen = [organisation_id], set[int]()
    while near:
        found = {account.id: account for each in near for account in holders.get(each, ())}
        if found:
            return list(found.values())
        seen.update(near)
        near = [body for each in near for body in bodies.get(each, ()) if body not in seen]
    return []
