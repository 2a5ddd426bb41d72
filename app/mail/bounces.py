"""Addresses that letters come back from: noted, not written to, and cleared once they work again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, require, system
from app.db import insert_or_not
from app.errors import NotFound
from app.facts import record
from app.mail.facts import AddressBounced, AddressWorks
from app.mail.models import BouncingAddress, OutboxLetter

SYSTEM = system("mail")


def note_bounce(db: Session, *, letter: OutboxLetter, reason: str, now: datetime) -> bool:
    """Note that the address of a letter does not exist any more; whether that is news."""
    address = letter.to_address.casefold()
    values = {"since": now, "reason": " ".join(reason.split())[:300] or "5.0.0"}
    if not insert_or_not(db, BouncingAddress, ["address"], address=address, **values):
        return False
    record(db, actor=SYSTEM, fact=AddressBounced(letter.id), now=now)
    return True


def address_works(db: Session, *, actor: Actor, address: str, now: datetime) -> None:
    """Write to an address again. Raises Forbidden, NotFound."""
    require(actor.is_coordinator)
    known = db.get(BouncingAddress, address.casefold())
    if known is None:
        raise NotFound
    letter_id = db.scalar(select(OutboxLetter.id).where(OutboxLetter.to_address == address).limit(1)) or 0
    db.delete(known)
    db.flush()
    record(db, actor=actor, fact=AddressWorks(letter_id), now=now)


def letter_of_report(
    db: Session, *, message_ids: tuple[str, ...], addresses: tuple[str, ...]
) -> OutboxLetter | None:
    """The letter of ours that a report is about: nobody else can know its Message-ID, and it went there."""
    wanted = {address.casefold() for address in addresses}
    for letter in db.scalars(select(OutboxLetter).where(OutboxLetter.message_id.in_(message_ids))):
        if letter.to_address.casefold() in wanted:
            return letter
    return None


def is_bouncing(db: Session, address: str) -> bool:
    return db.get(BouncingAddress, address.casefold()) is not None
