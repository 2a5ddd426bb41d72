"""Letters that are not essential: each reader can stop them by category, and have them again.

Essential is what somebody asked for (a sign-in code, a link), what they are in (invitations, cancellations,
offers of seats, being asked to confirm) and what happened to what is theirs. Everything else can be stopped
from the mail program (RFC 2369, RFC 8058), from the page that the same link opens, and in the account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.db import insert_or_not
from app.facts import record
from app.mail.facts import LettersStopped, LettersWantedAgain
from app.mail.models import CATEGORIES, OutboxLetter, Subscription
from app.personal_links import link_token

LINK = "letters"
"""The purpose of the links that stop letters; each stands for one `Subscription`."""

GOOD_FOR = timedelta(days=2 * 365)
"""How long after its letter a link works: many people clear up their mail long after it came."""

CATEGORIES_OF: Mapping[str, tuple[str, ...]] = {
    "needs_invitation": ("needs",),
    "needs_reminder": ("reminders", "needs"),
    "needs_last_days": ("reminders", "needs"),
    "availability_ask": ("availability",),
    "availability_reminder": ("reminders", "availability"),
    "confirmation_reminder": ("reminders",),
    "names_wanted": ("nominations",),
    "names_wanted_reminder": ("reminders", "nominations"),
    "put_yourself_forward": ("nominations",),
    "nomination_news": ("nominations",),
    "proposition": ("propositions",),
}
"""Kind of letter -> its categories: the first is what its own link stops, any of them keeps it back. A kind
that is not here is essential."""


def is_essential(kind: str) -> bool:
    return kind not in CATEGORIES_OF


def subscription_of(db: Session, *, kind: str, address: str, language: str) -> Subscription:
    """What the link in a letter of this kind, which is not essential, stands for; made at first need."""
    address, category = address.casefold(), CATEGORIES_OF[kind][0]
    insert_or_not(
        db, Subscription, ["address", "category"], address=address, category=category, language=language
    )
    found = db.scalars(
        select(Subscription).where(Subscription.address == address, Subscription.category == category)
    ).one()
    if found.language != language:
        found.language = language
        db.flush()
    return found


def stop_path(db: Session, *, kind: str, address: str, language: str, now: datetime) -> str:
    """The path at which letters of this kind are stopped; empty for essential ones."""
    if is_essential(kind):
        return ""
    subscription = subscription_of(db, kind=kind, address=address, language=language)
    # the same all day, so that a letter which is written twice says the same
    until = datetime.combine(now.astimezone(UTC).date(), time(), UTC) + GOOD_FOR
    return f"/letters/{link_token(LINK, {'subscription': subscription.id}, until)}"


def unwilling(db: Session, *, kind: str, addresses: Collection[str | None]) -> frozenset[str]:
    """Which of these addresses, in small letters, want no letters of this kind; one query."""
    asked = {address.casefold() for address in addresses if address}
    if not asked or is_essential(kind):
        return frozenset()
    return frozenset(
        db.scalars(
            select(Subscription.address).where(
                Subscription.address.in_(asked),
                Subscription.category.in_(CATEGORIES_OF[kind]),
                Subscription.stopped_at.is_not(None),
            )
        )
    )


def is_unwanted(db: Session, *, kind: str, address: str) -> bool:
    """Whether a letter of this kind is kept back from this address."""
    return bool(unwilling(db, kind=kind, addresses=[address]))


def stopped_of(db: Session, *, addresses: Collection[str]) -> frozenset[str]:
    """The categories that are stopped for any of somebody's addresses."""
    mine = {address.casefold() for address in addresses}
    return frozenset(
        db.scalars(
            select(Subscription.category).where(
                Subscription.address.in_(mine), Subscription.stopped_at.is_not(None)
            )
        )
    )


# -- Writes


def stop(db: Session, *, actor: Actor, subscription: Subscription, now: datetime) -> bool:
    """Write no more letters of a category to an address; those that wait do not go out. Whether it is new.

    Raises Forbidden.
    """
    require(actor.came_by(LINK, subscription.id))
    return _set(db, actor, subscription, True, now)


def want_again(db: Session, *, actor: Actor, subscription: Subscription, now: datetime) -> bool:
    """Write them again from now on; whether that is new. Raises Forbidden."""
    require(actor.came_by(LINK, subscription.id))
    return _set(db, actor, subscription, False, now)


def choose(
    db: Session,
    *,
    actor: Actor,
    addresses: Collection[str],
    stopped: Collection[str],
    language: str,
    now: datetime,
) -> None:
    """Have exactly these categories stopped for the actor's own addresses, which the caller vouches for.

    Raises Forbidden.
    """
    require(actor.is_signed_in)
    mine = sorted({address.casefold() for address in addresses})
    known = {
        (each.address, each.category): each
        for each in db.scalars(select(Subscription).where(Subscription.address.in_(mine)).with_for_update())
    }
    for address in mine:
        for category in CATEGORIES:
            row = known.get((address, category))
            if row is None and category in stopped:
                row = Subscription(address=address, category=category, language=language)
                db.add(row)
                db.flush()
            if row is not None:
                _set(db, actor, row, category in stopped, now)


def _set(db: Session, actor: Actor, subscription: Subscription, is_stopped: bool, now: datetime) -> bool:
    db.refresh(subscription, ["stopped_at"], with_for_update=True)
    if subscription.is_stopped == is_stopped:
        return False
    subscription.stopped_at = now if is_stopped else None
    db.flush()
    if is_stopped:
        _keep_back(db, subscription)
    fact = LettersStopped if is_stopped else LettersWantedAgain
    record(db, actor=actor, fact=fact(subscription.id, subscription.category), now=now)
    return True


def _keep_back(db: Session, subscription: Subscription) -> None:
    """Keep back what still waits, in one statement."""
    kinds = [kind for kind, categories in CATEGORIES_OF.items() if subscription.category in categories]
    db.execute(
        update(OutboxLetter)
        .where(
            func.lower(OutboxLetter.to_address) == subscription.address,
            OutboxLetter.kind.in_(kinds),
            OutboxLetter.state == "queued",
        )
        .values(state="unwanted", error="")
        .execution_options(synchronize_session=False)
    )
