"""What people do about calendars of their own, and what becomes of a reading.

A calendar is its owner's alone: nobody else may connect one for them, see it or take it away, whoever
looks after them. What those see is the days, as days on which the person is not available.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.access import Actor, require, system
from app.availability.busy import replace_busy
from app.errors import Conflict, Invalid
from app.facts import record
from app.network.models import Person
from app.own_calendars import queries
from app.own_calendars.facts import (
    CalendarConnected,
    CalendarForgotten,
    CalendarNotReadable,
    CalendarReadAgain,
    CalendarRuleChanged,
)
from app.own_calendars.models import LABEL_LENGTH, OwnCalendar
from app.own_calendars.reading import NotRead, Outcome, Unchanged, WasRead
from app.own_calendars.sealing import Seal
from busy_times import Refused
from busy_times.addresses import read_address

MOST = 5
"""So many calendars one person may connect."""

EVERY = timedelta(hours=6)
"""How often a calendar that can be read is read."""

WHOLE_EVERY = timedelta(days=7)
"""How often it is read even where its server says that nothing has changed: days go by, and with them the
days that are far enough ahead to be read."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 4 * 60, 12 * 60, 24 * 60))
"""After the first, second, … reading in a row that failed; the last holds for all that follow."""

TELL_AFTER = timedelta(hours=16)
"""When the owner is written to: a night's outage of some server is no reason."""

STOP_AFTER = timedelta(days=30)
"""When a calendar that cannot be read is not asked for any more."""

ASK_AGAIN_AFTER = timedelta(minutes=2)


def connect_address(
    db: Session,
    *,
    actor: Actor,
    person: Person,
    address: str,
    label: str,
    rule: str,
    hours: int,
    seal: Seal,
    own_host: str,
    loopback: bool = False,
    now: datetime,
) -> OwnCalendar:
    """Have the calendar at an address read, now and from now on.

    Raises Forbidden, Conflict("too_many_calendars"), Invalid(address).
    """
    require(actor.person_id == person.id)
    try:
        target = read_address(address, loopback=loopback)
    except Refused as refused:
        raise Invalid("address", refused.reason) from None
    if target.host == own_host and not loopback:
        raise Invalid("address", "our_own")
    db.refresh(person, with_for_update=True)
    others = queries.calendars_of(db, actor=actor)
    if len(others) >= MOST:
        raise Conflict("too_many_calendars")
    if any(queries.address_of(other, seal=seal) == target.url for other in others if other.address_sealed):
        raise Invalid("address", "there_already")
    calendar = OwnCalendar(
        person_id=person.id,
        kind="address",
        label=(label or target.host)[:LABEL_LENGTH],
        server=target.host,
        address_sealed=seal.close(target.url),
        rule=rule,
        hours=hours,
        created_at=now,
        due_at=now,
    )
    db.add(calendar)
    db.flush()
    record(
        db,
        actor=actor,
        fact=CalendarConnected(person.id, calendar.id),
        now=now,
        after={"kind": "address", "rule": rule, "hours": hours},
    )
    return calendar


def keep_file(
    db: Session,
    *,
    actor: Actor,
    person: Person,
    label: str,
    rule: str,
    hours: int,
    was_read: WasRead,
    now: datetime,
) -> OwnCalendar:
    """Keep the days that were read from a file; the file itself is gone.

    Raises Forbidden, Conflict("too_many_calendars").
    """
    require(actor.person_id == person.id)
    db.refresh(person, with_for_update=True)
    if queries.how_many(db, person_id=person.id) >= MOST:
        raise Conflict("too_many_calendars")
    calendar = OwnCalendar(
        person_id=person.id,
        kind="file",
        label=label[:LABEL_LENGTH],
        rule=rule,
        hours=hours,
        created_at=now,
        tried_at=now,
    )
    db.add(calendar)
    db.flush()
    _keep(db, calendar, was_read, now)
    record(
        db,
        actor=actor,
        fact=CalendarConnected(person.id, calendar.id),
        now=now,
        after={"kind": "file", "rule": rule, "hours": hours},
    )
    return calendar


def change_rule(
    db: Session, *, actor: Actor, calendar: OwnCalendar, rule: str, hours: int, label: str, now: datetime
) -> None:
    """Have other events of a calendar count; it is read anew.

    Raises Forbidden, Conflict("file_is_gone") where only a new file could be read.
    """
    require(actor.person_id == calendar.person_id)
    calendar.label = label[:LABEL_LENGTH] or calendar.label
    before = {"rule": calendar.rule, "hours": calendar.hours}
    if before == {"rule": rule, "hours": hours}:
        return
    if calendar.kind == "file":
        raise Conflict("file_is_gone")
    calendar.rule, calendar.hours = rule, hours
    _read_anew(calendar, now)
    db.flush()
    record(
        db,
        actor=actor,
        fact=CalendarRuleChanged(calendar.person_id, calendar.id),
        now=now,
        before=before,
        after={"rule": rule, "hours": hours},
    )


def read_again(db: Session, *, actor: Actor, calendar: OwnCalendar, now: datetime) -> None:
    """Have a calendar read at once. Raises Forbidden, Conflict("file_is_gone" | "just_read")."""
    require(actor.person_id == calendar.person_id)
    if calendar.kind == "file":
        raise Conflict("file_is_gone")
    if calendar.tried_at is not None and calendar.tried_at > now - ASK_AGAIN_AFTER:
        raise Conflict("just_read")
    _read_anew(calendar, now)
    db.flush()
    record(db, actor=actor, fact=CalendarReadAgain(calendar.person_id, calendar.id), now=now)


def forget(db: Session, *, actor: Actor, calendar: OwnCalendar, now: datetime) -> None:
    """Take a calendar away: its address and every day that came from it, at once. Raises Forbidden."""
    require(actor.person_id == calendar.person_id)
    person_id, calendar_id = calendar.person_id, calendar.id
    replace_busy(db, person_id=person_id, source=calendar.source, spans=())
    db.delete(calendar)
    db.flush()
    record(db, actor=actor, fact=CalendarForgotten(person_id, calendar_id), now=now)


def hold(db: Session, *, calendar: OwnCalendar, now: datetime) -> None:
    """A reading begins: nobody else is to begin one before it can be over."""
    calendar.tried_at, calendar.due_at = now, now + WAITS[0]
    db.flush()


def settle(
    db: Session, *, calendar_id: int, revision: int, outcome: Outcome, now: datetime
) -> OwnCalendar | None:
    """Keep what became of a reading; returns the calendar when its owner is to be told that it is not read.

    A calendar that was taken away meanwhile, or is to be read by another rule, is left as it is.
    """
    calendar = db.get(OwnCalendar, calendar_id, with_for_update=True)
    if calendar is None or calendar.revision != revision:
        return None
    if isinstance(outcome, NotRead):
        return _settle_failure(db, calendar, outcome, now)
    if isinstance(outcome, WasRead):
        _keep(db, calendar, outcome, now)
    elif isinstance(outcome, Unchanged):
        calendar.state, calendar.problem, calendar.read_at = "read", "", now
    calendar.failures, calendar.failing_since, calendar.told_at = 0, None, None
    calendar.due_at = now + EVERY
    db.flush()
    return None


def _settle_failure(
    db: Session, calendar: OwnCalendar, failure: NotRead, now: datetime
) -> OwnCalendar | None:
    calendar.problem, calendar.state = failure.problem, "failing"
    calendar.failures += 1
    calendar.failing_since = calendar.failing_since or now
    wait = WAITS[min(calendar.failures, len(WAITS)) - 1]
    calendar.due_at = now + max(wait, timedelta(seconds=failure.wait))
    if now - calendar.failing_since >= STOP_AFTER:
        calendar.state, calendar.due_at = "stopped", None
    to_be_told = calendar.told_at is None and now - calendar.failing_since >= TELL_AFTER
    if to_be_told:
        calendar.told_at = now
        record(
            db,
            actor=system("calendars"),
            fact=CalendarNotReadable(calendar.person_id, calendar.id, failure.problem),
            now=now,
        )
    db.flush()
    return calendar if to_be_told else None


def _keep(db: Session, calendar: OwnCalendar, read: WasRead, now: datetime) -> None:
    replace_busy(db, person_id=calendar.person_id, source=calendar.source, spans=read.spans)
    calendar.state, calendar.problem = "read", ""
    calendar.events, calendar.counted, calendar.skipped = read.events, read.counted, read.skipped
    calendar.etag, calendar.last_modified = read.etag, read.last_modified
    calendar.read_at = calendar.read_whole_at = now
    db.flush()


def _read_anew(calendar: OwnCalendar, now: datetime) -> None:
    """Have it read at once and whole, whatever its server has answered so far."""
    calendar.revision += 1
    calendar.etag = calendar.last_modified = ""
    calendar.due_at = now
    if calendar.state == "stopped":
        calendar.state, calendar.failures, calendar.failing_since = "failing", 0, None
