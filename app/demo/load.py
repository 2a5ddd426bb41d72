"""Loading the demonstration into an empty database, and who signs in to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import ClassVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.access import Actor, RoleName
from app.accounts.models import Account, RoleGrant
from app.demo.availability import load_availability
from app.demo.needs import load_needs
from app.demo.network import Network, load_network, load_working_group
from app.demo.nominations import load_nominations
from app.demo.people import load_people
from app.demo.requests import OPENING, YEAR, load_requests
from app.facts import Fact, record
from app.network.models import Organisation, Person
from app.planning.models import PlanningRound

SEED = 2027

CAST: tuple[tuple[str, RoleName | None, str, str], ...] = (
    ("coordinator", "coordinator", "forus", "secretariat-1"),
    ("officer", "officer", "repaoc", "officer-repaoc"),
    ("focal_point", "focal_point", "fongto-tg", "participant-007"),
    ("facilitator", None, "", "facilitator-03"),
    ("participant", None, "", "participant-001"),
)
"""Whom the printed links sign in: what they stand for, their role and where they hold it, who they are."""


@dataclass(frozen=True, slots=True)
class DemonstrationLoaded(Fact):
    """The sample network was put into an empty database; `subject_id` is the secretariat's."""

    subject: ClassVar[str] = "organisation"


def is_empty(db: Session) -> bool:
    """Whether the database holds no organisation yet."""
    return not db.scalar(select(exists().where(Organisation.id > 0)))


def load_demonstration(db: Session, *, actor: Actor, now: datetime) -> tuple[PlanningRound, PlanningRound]:
    """Fill an empty database with the demonstration; the same rows whenever it is done.

    Returns the small round that opens the year and the year's own.
    """
    random = Random(SEED)  # noqa: S311 - the same demonstration for everybody
    network = load_network(db, random=random, now=now)
    load_people(db, network, random=random)
    load_availability(db, network, now=now)
    load_working_group(network, db, now=now)
    rounds = load_requests(db, network, random=random, now=now)
    load_nominations(db, now=now)
    load_needs(db, network, random=Random(SEED + 1), now=now)  # noqa: S311
    _open_accounts(db, network, now)
    record(db, actor=actor, fact=DemonstrationLoaded(network.organisations["forus"].id), now=now)
    return rounds


def cast(db: Session) -> dict[str, Account]:
    """The demonstration's accounts by what they stand for; empty when it was not loaded."""
    people = {code: name for name, _, _, code in CAST}
    found = db.scalars(select(Account).join(Person).where(Person.code.in_(people)))
    by_name = {people[account.person.code]: account for account in found if account.person}
    return {name: by_name[name] for name, *_ in CAST if name in by_name}


def _open_accounts(db: Session, network: Network, now: datetime) -> None:
    for _, role, organisation, code in CAST:
        person = network.people[code]
        own = next((language for language in person.languages if language in {"en", "fr", "es", "pt"}), "en")
        account = Account(
            email=str(person.email),
            name=person.name,
            language=own,
            timezone=person.place.timezone,
            person=person,
            created_at=now,
        )
        if role is not None:
            account.grants = [
                RoleGrant(role=role, organisation=network.organisations[organisation], granted_at=now)
            ]
        db.add(account)
    db.flush()


__all__ = ["OPENING", "YEAR", "cast", "is_empty", "load_demonstration"]
