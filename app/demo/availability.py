"""Some of each grade, what comes back, school holidays, and an ask that half have answered.

Drawn for each person by themselves, so that the rest of the demonstration is as it would be without.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from app.availability.models import (
    AvailabilityAsk,
    AvailabilityAsked,
    AvailabilityPattern,
    AvailabilitySpan,
    SchoolHoliday,
)
from app.demo.network import Network
from app.network.models import Person

YEAR = (date(2027, 1, 1), date(2027, 12, 31))
SCHOOL = (("SN", date(2027, 7, 26), date(2027, 9, 30)), ("TG", date(2027, 7, 12), date(2027, 9, 12)))
ANSWERS = ("told", "told", "told", "always", "as_it_stands")


def load_availability(db: Session, network: Network, *, now: datetime) -> None:
    """Add what people said besides the days they cannot and would rather, and who has answered."""
    for country, first_day, last_day in SCHOOL:
        db.add(
            SchoolHoliday(
                country=country, first_day=first_day, last_day=last_day, title="Long holidays (sample)"
            )
        )
    ask = AvailabilityAsk(
        title="Season 2027",
        first_day=YEAR[0],
        last_day=YEAR[1],
        closes_on=now.date() + timedelta(days=21),
        who="teaching",
        remind_every=5,
        opened_at=now - timedelta(days=6),
    )
    db.add(ask)
    db.flush()
    for person in network.people.values():
        random = Random(f"{person.code} grades")  # noqa: S311 - the same demonstration for everybody
        if not person.skills:
            continue
        db.add_all(_reluctant(person, random))
        db.add_all(_recurring(person, random))
        db.add(_asked(ask, person, random, now))
    db.flush()


def _reluctant(person: Person, random: Random) -> list[AvailabilitySpan]:
    """Up to three spans on which they can if need be."""
    spans = []
    for _ in range(random.choice((0, 1, 2, 3))):
        first = YEAR[0] + timedelta(days=random.randrange(340))
        spans.append(
            AvailabilitySpan(
                person=person,
                kind="if_need_be",
                first_day=first,
                last_day=first + timedelta(days=random.randrange(3, 12)),
            )
        )
    return spans


def _recurring(person: Person, random: Random) -> list[AvailabilityPattern]:
    """For one in five, a weekday or the school holidays on which they would rather not."""
    drawn = random.random()
    if drawn < 0.12:
        return [
            AvailabilityPattern(
                person=person, kind="weekly", grade="if_need_be", weekdays=random.choice("15")
            )
        ]
    if drawn < 0.2:
        return [AvailabilityPattern(person=person, kind="school_holidays", grade="if_need_be")]
    return []


def _asked(ask: AvailabilityAsk, person: Person, random: Random, now: datetime) -> AvailabilityAsked:
    """That they were asked, and for about half of them the answer; for some somebody else gave it."""
    asked = AvailabilityAsked(ask=ask, person=person, letters=1, written_at=ask.opened_at)
    if random.random() < 0.55:
        asked.answer, asked.answered_at = random.choice(ANSWERS), now - timedelta(days=random.randrange(1, 6))
        asked.on_behalf = random.random() < 0.15
        asked.answered_by = (
            f"Coalition officer, {person.organisation.short_name}" if asked.on_behalf else person.name
        )
    return asked
