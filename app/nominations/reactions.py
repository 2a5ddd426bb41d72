"""What nominations do when something has happened: the letters that follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access import system
from app.accounts.models import Account
from app.facts import AuditEntry
from app.nominations import letters, queries
from app.nominations.models import Nomination

SYSTEM = system("nominations")


def ask_organisations(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Nominations were opened: those in charge of the invited organisations are asked for names.

    Those opened in one go are in one letter, whichever of them is looked at first.
    """
    opened = queries.call_for(db, actor=SYSTEM, workshop_id=entry.subject_id)
    together = queries.opened_at(db, moment=opened.opened_at)
    wanted = [(call, call.workshop.invited) for call in together]
    letters.write_names_wanted(db, wanted=wanted, is_reminder=False, now=opened.opened_at)


def tell_nominees(db: Session, entry: AuditEntry, now: datetime) -> None:
    """A list was changed: whoever is on it now and has not been told so is told."""
    for nomination in db.scalars(
        select(Nomination)
        .where(
            Nomination.workshop_id == entry.subject_id,
            Nomination.organisation_id == entry.facts["organisation_id"],
            Nomination.state == "nominated",
        )
        .options(
            joinedload(Nomination.person),
            joinedload(Nomination.organisation),
            joinedload(Nomination.workshop),
        )
    ):
        letters.write_to_nominee(db, nomination=nomination, now=now)


def tell_of_answer(db: Session, entry: AuditEntry, now: datetime) -> None:
    """An organisation answered somebody who put themselves forward: they are told."""
    nomination = queries.nomination_for(db, actor=SYSTEM, nomination_id=entry.subject_id)
    if nomination.state in ("nominated", "declined"):
        letters.write_to_nominee(db, nomination=nomination, now=now)


def tell_organisation(db: Session, entry: AuditEntry, now: datetime) -> None:
    """Somebody put themselves forward: those who answer for their organisation are told."""
    nomination = queries.nomination_for(db, actor=SYSTEM, nomination_id=entry.subject_id)
    if nomination.state == "proposed":
        letters.write_news(db, nomination=nomination, now=now)


def tell_of_withdrawal(db: Session, entry: AuditEntry, now: datetime) -> None:
    """A nomination was taken back: whoever did not do it themselves is told."""
    nomination = queries.nomination_for(db, actor=SYSTEM, nomination_id=entry.subject_id)
    if nomination.state != "withdrawn":
        return
    if _is_by_themselves(db, entry, nomination):
        letters.write_news(db, nomination=nomination, now=now)
    else:
        letters.write_to_nominee(db, nomination=nomination, now=now)


def _is_by_themselves(db: Session, entry: AuditEntry, nomination: Nomination) -> bool:
    """Signed in as who it is about, or without an account: by their own link."""
    if entry.actor_account_id is None:
        return True
    account = db.get(Account, entry.actor_account_id)
    return account is not None and account.person_id == nomination.person_id
