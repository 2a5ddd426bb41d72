"""What a no means for planning: nobody is planned again into the days that they said no to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.confirmations.models import AskedPerson, ProposedPlace
from app.network.models import Person
from app.planning.commitments import Commitments, Days, provide
from app.planning.models import PlanningRound
from app.schedule.commitments import published_commitments


def commitments_with_refusals(db: Session, planning_round: PlanningRound) -> Commitments:
    """The sessions in force, and the days that people of this round have declined; one query more."""
    found = published_commitments(db, planning_round)
    busy: dict[int, list[Days]] = defaultdict(list)
    for person, days in _refused(db, planning_round.id):
        busy[person.id].append(days)
    taken = {
        person_id: tuple(sorted({*found.busy_people.get(person_id, ()), *days}))
        for person_id, days in busy.items()
    }
    return replace(found, busy_people={**found.busy_people, **taken})


def _refused(db: Session, round_id: int) -> list[tuple[Person, Days]]:
    places = db.scalars(
        select(ProposedPlace)
        .join(ProposedPlace.asked)
        .where(
            AskedPerson.round_id == round_id, ProposedPlace.part == "team", ProposedPlace.answer == "declined"
        )
        .options(joinedload(ProposedPlace.asked).joinedload(AskedPerson.person).joinedload(Person.place))
    )
    return [(place.asked.person, _days(place.agreed, place.asked.person)) for place in places]


def _days(terms: dict[str, str], person: Person) -> Days:
    if terms["first_day"]:
        return date.fromisoformat(terms["first_day"]), date.fromisoformat(terms["last_day"])
    home = ZoneInfo(person.place.timezone)
    starts, ends = (datetime.fromisoformat(terms[name]).astimezone(UTC) for name in ("starts_at", "ends_at"))
    return starts.astimezone(home).date(), ends.astimezone(home).date()


provide(commitments_with_refusals)
