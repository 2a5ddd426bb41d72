"""What people say of their travelling, and what coalitions and the secretariat know of visas and borders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.access import Actor, require
from app.errors import Invalid
from app.facts import record
from app.network.models import Person
from app.travel import queries
from app.travel.facts import (
    AccessNeedsSaid,
    AccessNeedsSeen,
    AccessNeedsWithdrawn,
    BorderClosed,
    BorderOpened,
    TravelFactsChanged,
    VisaTimeRemoved,
    VisaTimeSet,
)
from app.travel.models import AccessNeeds, BorderClosure, TravelCountry, TravelFacts, VisaTime


def say_travel_facts(
    db: Session,
    *,
    actor: Actor,
    person: Person,
    notice_days: int,
    passports: Collection[str],
    never: Collection[str],
    rather_not: Collection[str],
    interpreter: str,
    now: datetime,
) -> None:
    """Say what decides whether a person can come; a country in both lists cannot be entered.

    Raises Forbidden.
    """
    require(queries.may_answer_for(actor, person))
    db.refresh(person, with_for_update=True)
    row = queries.travel_facts_of(db, person=person)
    had = queries.countries_of(db, person=person)
    before = {
        "notice": row.notice_days if row else 0,
        "passports": sorted(row.passports) if row else [],
        "interpreter": row.interpreter if row else "",
        "countries": had,
    }
    wanted = {"never": sorted(set(never)), "rather_not": sorted(set(rather_not) - set(never))}
    after = {
        "notice": notice_days,
        "passports": sorted(set(passports)),
        "interpreter": interpreter,
        "countries": wanted,
    }
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return
    if row is None:
        row = TravelFacts(person_id=person.id)
        db.add(row)
    row.notice_days, row.passports, row.interpreter = notice_days, sorted(set(passports)), interpreter
    row.changed_at = now
    if "countries" in changed:
        db.execute(delete(TravelCountry).where(TravelCountry.person_id == person.id))
        db.add_all(
            TravelCountry(person_id=person.id, country=country, answer=answer)
            for answer, countries in wanted.items()
            for country in countries
        )
    db.flush()
    record(db, actor=actor, fact=TravelFactsChanged(person.id, changed), now=now)


def say_access_needs(
    db: Session, *, actor: Actor, person: Person, needs: str, consents: bool, now: datetime
) -> None:
    """Say what one needs oneself in order to take part; nothing means that it is taken back.

    Raises Forbidden, Invalid(consents, "needed") where something would be kept without consent.
    """
    require(queries.is_oneself(actor, person))
    row = db.get(AccessNeeds, person.id)
    if not needs:
        if row is not None:
            db.delete(row)
            db.flush()
            record(db, actor=actor, fact=AccessNeedsWithdrawn(person.id), now=now)
        return
    if not consents:
        raise Invalid("consents", "needed")
    if row is None:
        row = AccessNeeds(person_id=person.id)
        db.add(row)
    elif row.needs == needs:
        return
    row.needs, row.consented_at = needs, now
    db.flush()
    record(db, actor=actor, fact=AccessNeedsSaid(person.id), now=now)


def look_at_access_needs(db: Session, *, actor: Actor, person: Person, now: datetime) -> None:
    """Have it recorded that a coordinator looks at what a person needs; then they may. Raises Forbidden."""
    require(actor.is_coordinator)
    record(db, actor=actor, fact=AccessNeedsSeen(person.id), now=now)


def may_keep_visa_times(actor: Actor) -> bool:
    """Coordinators and officers of coalitions know of visas and borders."""
    return actor.is_coordinator or actor.has_role("officer")


def set_visa_time(
    db: Session, *, actor: Actor, passport: str, destination: str, days: int | None, now: datetime
) -> VisaTime:
    """Write down how many days before entering one has to apply; `None` where one cannot enter.

    Raises Forbidden, Invalid(destination, "same_country").
    """
    require(may_keep_visa_times(actor))
    if passport == destination:
        raise Invalid("destination", "same_country")
    row = db.scalars(
        select(VisaTime)
        .where(VisaTime.passport == passport, VisaTime.destination == destination)
        .with_for_update()
    ).first()
    before = {"days": row.days, "closed": row.is_closed} if row else {}
    if row is None:
        row = VisaTime(code=f"{passport}-{destination}".lower(), passport=passport, destination=destination)
        db.add(row)
    row.days, row.is_closed, row.changed_at = days, days is None, now
    db.flush()
    after = {"days": days, "closed": days is None, "passport": passport, "destination": destination}
    if before != {"days": days, "closed": days is None}:
        record(db, actor=actor, fact=VisaTimeSet(row.id), now=now, before=before, after=after)
    return row


def remove_visa_time(db: Session, *, actor: Actor, visa: VisaTime, now: datetime) -> None:
    """Strike out what was known of a visa. Raises Forbidden."""
    require(may_keep_visa_times(actor))
    visa_id = visa.id
    before = {"passport": visa.passport, "destination": visa.destination, "days": visa.days}
    db.delete(visa)
    db.flush()
    record(db, actor=actor, fact=VisaTimeRemoved(visa_id), now=now, before=before)


# -- Closed borders


def close_border(
    db: Session, *, actor: Actor, country: str, first_day: date, last_day: date, now: datetime
) -> BorderClosure:
    """Write down that nobody gets into a country or out of it from one day to another, both included.

    What is written down already stays one row. Raises Forbidden, Invalid("last_day", "days_not_in_order").
    """
    require(may_keep_visa_times(actor))
    if last_day < first_day:
        raise Invalid("last_day", "days_not_in_order")
    query = select(BorderClosure).where(
        BorderClosure.country == country,
        BorderClosure.first_day == first_day,
        BorderClosure.last_day == last_day,
    )
    if (there := db.scalars(query).first()) is not None:
        return there
    row = BorderClosure(country=country, first_day=first_day, last_day=last_day, changed_at=now)
    db.add(row)
    db.flush()
    record(db, actor=actor, fact=BorderClosed(row.id), now=now, after=_border_as_told(row))
    return row


def open_border(db: Session, *, actor: Actor, closure: BorderClosure, now: datetime) -> None:
    """Strike out days on which a border was closed. Raises Forbidden."""
    require(may_keep_visa_times(actor))
    record(db, actor=actor, fact=BorderOpened(closure.id), now=now, before=_border_as_told(closure))
    db.delete(closure)
    db.flush()


def _border_as_told(row: BorderClosure) -> dict[str, Any]:
    return {"country": row.country, "first_day": row.first_day, "last_day": row.last_day}
