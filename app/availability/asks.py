"""Asking people when they can in a season, and chasing those who have not said it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from app.access import Actor, require
from app.availability.asked import not_asked_yet, those_looked_after
from app.availability.facts import AskClosed, AskOpened, AskWidened, RemindersAsked
from app.availability.models import AvailabilityAsk, AvailabilityAsked
from app.availability.services import YEARS_AHEAD
from app.errors import Conflict, Invalid
from app.facts import record
from app.mail.subscriptions import unwilling
from app.network.models import Person

BETWEEN_LETTERS = timedelta(hours=12)
"""Nobody is written to twice within so much, whoever presses the button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDetails:
    """What an ask says: its season, until when to answer, whom it is for, how often to remind."""

    title: str
    first_day: date
    last_day: date
    closes_on: date
    who: str
    organisation_id: int | None = None
    group_id: int | None = None
    remind_every: int = 5
    message: str = ""


def open_ask(db: Session, *, actor: Actor, details: AskDetails, now: datetime) -> AvailabilityAsk:
    """Ask everybody whom it is for; their letters are due at once.

    Raises Forbidden, Invalid(last_day | closes_on | who).
    """
    require(actor.is_coordinator)
    if details.last_day < details.first_day:
        raise Invalid("last_day", "ends_before_it_starts")
    if details.last_day < now.date():
        raise Invalid("last_day", "already_over")
    if details.last_day.year > now.year + YEARS_AHEAD:
        raise Invalid("last_day", "too_far")
    if details.closes_on < now.date():
        raise Invalid("closes_on", "already_over")
    if details.closes_on > details.last_day:
        raise Invalid("closes_on", "after_the_season")
    ask = AvailabilityAsk(
        opened_at=now,
        title=details.title,
        first_day=details.first_day,
        last_day=details.last_day,
        closes_on=details.closes_on,
        who=details.who,
        organisation_id=details.organisation_id,
        group_id=details.group_id,
        remind_every=details.remind_every,
        message=details.message,
    )
    db.add(ask)
    db.flush()
    people = _ask_those_who_fit(db, ask, now)
    if not people:
        raise Invalid("who", "nobody")
    record(
        db,
        actor=actor,
        fact=AskOpened(ask.id, people),
        now=now,
        after={
            "title": ask.title,
            "first_day": ask.first_day,
            "last_day": ask.last_day,
            "closes_on": ask.closes_on,
        },
    )
    return ask


def widen_ask(db: Session, *, actor: Actor, ask: AvailabilityAsk, now: datetime) -> int:
    """Ask those too whom it is for and who were not there when it was opened; returns how many.

    Raises Forbidden, Conflict("ask_is_closed").
    """
    require(actor.is_coordinator)
    db.refresh(ask, with_for_update=True)
    _require_open(ask, now)
    people = _ask_those_who_fit(db, ask, now)
    if people:
        record(db, actor=actor, fact=AskWidened(ask.id, people), now=now)
    return people


def close_ask(db: Session, *, actor: Actor, ask: AvailabilityAsk, now: datetime) -> None:
    """Wait for no more answers; nobody is reminded any more. Raises Forbidden, Conflict("ask_is_closed")."""
    require(actor.is_coordinator)
    db.refresh(ask, with_for_update=True)
    _require_open(ask, now)
    ask.closed_at = now
    db.flush()
    record(db, actor=actor, fact=AskClosed(ask.id), now=now)


def remind(
    db: Session,
    *,
    actor: Actor,
    ask: AvailabilityAsk,
    now: datetime,
    asked_ids: Collection[int] | None = None,
) -> int:
    """Have those written to who have not answered, as far as the actor looks after them; returns how many.

    With `asked_ids` only these. Who has no address, does not want reminders, or was written to within half a
    day, is left out.
    Raises Forbidden, Conflict("ask_is_closed").
    """
    require(actor.is_staff)
    _require_open(ask, now)
    rows = db.scalars(
        select(AvailabilityAsked)
        .join(AvailabilityAsked.person)
        .where(
            AvailabilityAsked.ask_id == ask.id,
            AvailabilityAsked.answer == "",
            Person.email.is_not(None),
            those_looked_after(actor),
            or_(AvailabilityAsked.written_at.is_(None), AvailabilityAsked.written_at < now - BETWEEN_LETTERS),
        )
        .options(contains_eager(AvailabilityAsked.person))
        .with_for_update(of=AvailabilityAsked)
    ).all()
    spared = unwilling(db, kind="availability_reminder", addresses=[row.person.email for row in rows])
    chosen = [
        row
        for row in rows
        if (asked_ids is None or row.id in asked_ids) and str(row.person.email).casefold() not in spared
    ]
    for row in chosen:
        row.due_at = now
    if chosen:
        db.flush()
        record(db, actor=actor, fact=RemindersAsked(ask.id, len(chosen)), now=now)
    return len(chosen)


def note_letter(asked: AvailabilityAsked, now: datetime, *, goes_out: bool = True) -> None:
    """A letter has been written: count it, and say when the next one is due while the ask is open.

    One that its reader does not want is not counted; the next is due all the same, should they want it then.
    """
    if goes_out:
        asked.letters += 1
        asked.written_at = now
    following = now + timedelta(days=asked.ask.remind_every)
    asked.due_at = following if asked.ask.remind_every and following.date() <= asked.ask.closes_on else None


def _require_open(ask: AvailabilityAsk, now: datetime) -> None:
    if not ask.is_open(now.date()):
        raise Conflict("ask_is_closed")


def _ask_those_who_fit(db: Session, ask: AvailabilityAsk, now: datetime) -> int:
    found = db.execute(not_asked_yet(db, ask)).all()
    db.add_all(
        AvailabilityAsked(ask_id=ask.id, person_id=person_id, due_at=now if email else None)
        for person_id, email in found
    )
    db.flush()
    return len(found)
