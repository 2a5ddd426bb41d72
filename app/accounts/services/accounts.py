"""The coordinator's care of accounts: opening and closing them, granting and revoking roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import i18n
from app.access import Actor, RoleName, require, system
from app.accounts import facts, queries
from app.accounts.models import Account, RoleGrant
from app.accounts.services.sign_in import end_logins
from app.errors import Conflict, Invalid
from app.facts import record
from app.network.models import Organisation

HELD_AT: Mapping[RoleName, str] = {
    "coordinator": "secretariat",
    "officer": "coalition",
    "focal_point": "platform",
}
"""Role -> the kind of organisation at which it can be held."""


def open_account(
    db: Session, *, actor: Actor, email: str, name: str, language: str, now: datetime
) -> Account | None:
    """Open an account for an address; `None` when the address has one.

    It belongs to the person whom the network knows by this address, if there is one. Raises Forbidden.
    """
    require(actor.is_coordinator)
    if queries.account_by_email(db, email) is not None:
        return None
    return _open(db, actor=actor, email=email, name=name, language=language, now=now)


def _open(db: Session, *, actor: Actor, email: str, name: str, language: str, now: datetime) -> Account:
    email = queries.normal_address(email)
    person = queries.person_without_account(db, email)
    account = Account(
        email=email,
        name=name.strip(),
        language=language,
        timezone=person.place.timezone if person is not None else i18n.DEFAULT_ZONE,
        person=person,
        created_at=now,
    )
    db.add(account)
    db.flush()
    record(db, actor=actor, fact=facts.AccountOpened(account.id), now=now)
    return account


def grant_role(
    db: Session,
    *,
    actor: Actor,
    account: Account,
    role: RoleName,
    organisation: Organisation,
    now: datetime,
) -> RoleGrant:
    """Give an account a role at an organisation; one that it holds already stays as it is.

    Raises Forbidden, Invalid("organisation", "wrong_kind").
    """
    require(actor.is_coordinator)
    if organisation.kind != HELD_AT[role]:
        raise Invalid("organisation", "wrong_kind")
    for held in account.grants:
        if (held.role, held.organisation_id) == (role, organisation.id):
            return held
    grant = RoleGrant(role=role, organisation=organisation, granted_at=now)
    account.grants.append(grant)
    db.flush()
    record(db, actor=actor, fact=facts.RoleGranted(account.id, role, organisation.id), now=now)
    return grant


def revoke_role(db: Session, *, actor: Actor, grant: RoleGrant, now: datetime) -> None:
    """Take a role back.

    Raises Forbidden, Conflict("last_coordinator"): somebody must be left who can give it back.
    """
    require(actor.is_coordinator)
    account = grant.account
    if grant.role == "coordinator":
        _require_another_coordinator(db, account)
    account.grants.remove(grant)
    db.flush()
    record(db, actor=actor, fact=facts.RoleRevoked(account.id, grant.role, grant.organisation_id), now=now)


def deactivate_account(db: Session, *, actor: Actor, account: Account, now: datetime) -> Account:
    """Let nobody in by this account any more, and sign it out wherever it is, at once.

    Raises Forbidden, Conflict("own_account" | "last_coordinator").
    """
    require(actor.is_coordinator)
    if actor.account_id == account.id:
        raise Conflict("own_account")
    if any(grant.role == "coordinator" for grant in account.grants):
        _require_another_coordinator(db, account)
    if not account.is_active:
        return account
    account.is_active = False
    db.flush()
    end_logins(db, account)
    record(
        db,
        actor=actor,
        fact=facts.AccountDeactivated(account.id),
        now=now,
        before={"is_active": True},
        after={"is_active": False},
    )
    return account


def reactivate_account(db: Session, *, actor: Actor, account: Account, now: datetime) -> Account:
    """Let an account in again; its roles are still there. Raises Forbidden."""
    require(actor.is_coordinator)
    if account.is_active:
        return account
    account.is_active = True
    db.flush()
    record(
        db,
        actor=actor,
        fact=facts.AccountReactivated(account.id),
        now=now,
        before={"is_active": False},
        after={"is_active": True},
    )
    return account


def _require_another_coordinator(db: Session, account: Account) -> None:
    others = (
        select(RoleGrant.id)
        .join(Account)
        .where(RoleGrant.role == "coordinator", Account.is_active, Account.id != account.id)
        .limit(1)
    )
    if db.scalar(others) is None:
        raise Conflict("last_coordinator")


def make_coordinator(db: Session, *, email: str, name: str, secretariat_name: str, now: datetime) -> Account:
    """Make sure that this address has an active account that is coordinator at the secretariat.

    For the command line: the first coordinator has nobody to be made one by. Without a secretariat one is
    added."""
    actor = system("command line")
    secretariat = db.scalars(
        select(Organisation).where(Organisation.kind == "secretariat").order_by(Organisation.id).limit(1)
    ).first()
    if secretariat is None:
        secretariat = Organisation(code="secretariat", kind="secretariat", name=secretariat_name)
        db.add(secretariat)
        db.flush()
        record(db, actor=actor, fact=facts.SecretariatAdded(secretariat.id), now=now)
    account = queries.account_by_email(db, email) or _open(
        db, actor=actor, email=email, name=name, language=i18n.DEFAULT_LANGUAGE, now=now
    )
    reactivate_account(db, actor=actor, account=account, now=now)
    grant_role(db, actor=actor, account=account, role="coordinator", organisation=secretariat, now=now)
    return account
