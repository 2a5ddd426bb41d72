"""What one person is asked, as their letter and their page both show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.confirmations.models import AskedPerson, ProposedPlace
from app.confirmations.proposals import Proposal, digest
from app.confirmations.standing import standing_of
from app.network.models import Person
from app.planning.costs import fee_for
from app.planning.travel import days_away
from app.workshops.models import Workshop

CHANGING = ("first_day", "last_day", "starts_at", "ends_at", "venue", "role")


@dataclass(frozen=True, slots=True)
class Item:
    """One session of the conversation.

    `proposal` is what it is now, `None` where the plan goes without it or without the person. `before` is
    what they knew of it, if that was something else. `others` are those who would be in the team with them,
    `travel` the days away from home with the journey, `fee` what they are paid (in `currency`).
    """

    place: ProposedPlace
    workshop: Workshop
    proposal: Proposal | None
    terms: Mapping[str, Any] | None
    before: Mapping[str, Any] | None
    others: Sequence[Person]
    travel: tuple[date, date] | None
    fee: int
    currency: str
    is_over: bool

    @property
    def awaits_answer(self) -> bool:
        """Whether it is for the person to say something: nothing said yet, or to something else."""
        if self.terms is None or self.is_over or self.place.replaced_by_id is not None:
            return False
        return self.place.answer in {"", "unsure"} or (
            self.place.answer == "accepted" and self.place.agreed != self.terms
        )

    @property
    def is_news(self) -> bool:
        """Whether it is otherwise than they know, or they know nothing of it."""
        if self.terms is None:
            return "role" in self.place.told and self.place.answer != "declined"
        return self.place.told != self.terms

    @property
    def changed(self) -> frozenset[str]:
        """What is another now: 'when', 'where', 'role'."""
        if self.before is None or self.terms is None:
            return frozenset()
        names = {name for name in CHANGING if self.before.get(name) != self.terms.get(name)}
        when = {"when"} if names - {"venue", "role"} else set()
        return frozenset(when | ({"where"} if "venue" in names else set()) | (names & {"role"}))

    @property
    def days_before(self) -> tuple[date, date] | None:
        """The days that they knew of it, in person."""
        if self.before is None or not self.before.get("first_day"):
            return None
        return date.fromisoformat(self.before["first_day"]), date.fromisoformat(self.before["last_day"])

    @property
    def start_before(self) -> datetime | None:
        """The start that they knew of it, online."""
        if self.before is None or not self.before.get("starts_at"):
            return None
        return datetime.fromisoformat(self.before["starts_at"])

    @property
    def standing(self) -> str:
        """One of `app.confirmations.standing.STANDINGS`."""
        return standing_of(self.place, self.terms)

    @property
    def seen(self) -> str:
        return digest(self.terms) if self.terms is not None else ""


def items_of(db: Session, *, asked: AskedPerson, proposed: Mapping[str, Proposal], today: date) -> list[Item]:
    """What somebody is asked, and what else became of it, in order of time; one query."""
    found = [(place, proposed.get(place.workshop.code)) for place in asked.places]
    codes = {code for _, proposal in found if proposal is not None for code in proposal.team}
    people = {
        person.code: person
        for person in db.scalars(
            select(Person).where(Person.code.in_(codes)).options(joinedload(Person.organisation))
        )
    }
    items = [_item(asked, place, proposal, people, today) for place, proposal in found]
    return sorted(items, key=lambda item: (item.proposal is None, _begins(item), item.place.id))


def conversation(db: Session, *, asked_id: int) -> AskedPerson | None:
    """One conversation with what its pages show."""
    return db.scalars(select(AskedPerson).where(AskedPerson.id == asked_id).options(*with_places())).first()


def with_places() -> Iterable[Any]:
    """What is loaded with conversations."""
    return (
        joinedload(AskedPerson.planning_round, innerjoin=True),
        joinedload(AskedPerson.asking),
        joinedload(AskedPerson.person, innerjoin=True).joinedload(Person.place, innerjoin=True),
        selectinload(AskedPerson.places).joinedload(ProposedPlace.workshop, innerjoin=True),
        selectinload(AskedPerson.places).selectinload(ProposedPlace.answers),
    )


def _item(
    asked: AskedPerson,
    place: ProposedPlace,
    proposal: Proposal | None,
    people: Mapping[str, Person],
    today: date,
) -> Item:
    person, workshop = asked.person, place.workshop
    terms = proposal.terms_for(place, person.code) if proposal is not None else None
    if terms is None:
        proposal = None
    known = next((each for each in (place.told, place.agreed) if "role" in each and each != terms), None)
    travel = None
    if place.part == "team" and proposal and proposal.venue and proposal.first_day and proposal.last_day:
        travel = days_away(person.place, proposal.venue.place, proposal.first_day, proposal.last_day)
    return Item(
        place=place,
        workshop=workshop,
        proposal=proposal,
        terms=terms,
        before=known,
        others=[people[code] for code in proposal.team if code != person.code and code in people]
        if proposal
        else [],
        travel=travel if travel and proposal and travel != (proposal.first_day, proposal.last_day) else None,
        fee=fee_for(person.fee_per_day, days=workshop.days, minutes=workshop.minutes)
        if place.part == "team"
        else 0,
        currency=asked.planning_round.currency,
        is_over=proposal is not None and proposal.last < today,
    )


def _begins(item: Item) -> str:
    return item.proposal.begins_at.isoformat() if item.proposal is not None else ""
