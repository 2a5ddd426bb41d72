"""What may happen after people have been told of a plan, and what it does to a round: as values.

happening = Happening("person", "amina", date(2027, 3, 1), date(2027, 3, 10))
round = happening.apply(round)
data = happening.as_data()            # as a question keeps it

person      somebody is not available on some days
venue       a venue cannot be used on some days
border      nobody gets into a country or out of it on some days
elections   nothing is held in a country on some days, and nobody there works
fund        a fund has another amount
request     a workshop is not wanted any more
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self

from solver import Dropped, FundSet, Unavailable, VenueLost
from solver.changes import with_days
from solver.derived import dates_between
from solver.round import Person, Round, Span

KINDS = ("person", "venue", "border", "elections", "fund", "request")
WITH_DAYS = frozenset({"person", "venue", "border", "elections"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: to whom or what (an id of the round, or a country), and when or how much.

    `amount` is what a fund has less (or, below 0, more) than before.
    """

    kind: str
    subject: str
    first: date | None = None
    last: date | None = None
    amount: int = 0

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """From `as_data`."""
        first, last = (date.fromisoformat(data[each]) if data[each] else None for each in ("first", "last"))
        return cls(data["kind"], data["subject"], first, last, data["amount"])

    def as_data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "subject": self.subject,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "amount": self.amount,
        }

    def apply(self, round: Round) -> Round:
        """The round after it. Raises KeyError for what the round does not have."""
        match self.kind:
            case "person":
                return Unavailable(self.subject, self.days).apply(round)
            case "venue":
                return VenueLost(self.subject, self.days).apply(round)
            case "border":
                return self._closed_border(round)
            case "elections":
                return self._days_off(round)
            case "fund":
                left = max(0, round.funds[self.subject].amount - self.amount)
                return FundSet(self.subject, left).apply(round)
            case _:
                return Dropped(self.subject).apply(round)

    @property
    def days(self) -> Span:
        """The days of a kind that has some."""
        assert self.first is not None  # noqa: S101 - the form asks for days where they matter
        assert self.last is not None  # noqa: S101
        return Span(self.first, self.last)

    def _days_off(self, round: Round) -> Round:
        off = frozenset(dates_between(self.days.first, self.days.last))
        places = {
            place.id: replace(place, holidays=place.holidays | off)
            if place.country == self.subject
            else place
            for place in round.places.values()
        }
        return replace(round, places=places)

    def _closed_border(self, round: Round) -> Round:
        """Nothing is held there in person on those days, and who lives there goes nowhere.

        A round knows the first day on which somebody may be in a country, no days between two others. So who
        lives there enters no other country before the border opens; where it closes later than the round
        begins they are away altogether on those days, online too.
        """
        at_once = self.days.first <= round.first_day
        for venue in round.venues.values():
            if round.places[venue.place].country == self.subject:
                round = VenueLost(venue.id, self.days).apply(round)
        abroad = {place.country for place in round.places.values()} - {self.subject}
        people = dict(round.people)
        for person in round.people.values():
            if round.places[person.home].country == self.subject:
                if at_once:
                    people[person.id] = _kept_in(person, abroad, self.days.last + timedelta(days=1))
                else:
                    people[person.id] = replace(person, unavailable=with_days(person.unavailable, self.days))
        return replace(round, people=people)


def _kept_in(person: Person, abroad: set[str], opens: date) -> Person:
    entry = dict(person.entry)
    for country in abroad:
        before = entry.get(country, date.min)
        entry[country] = None if before is None else max(before, opens)
    return replace(person, entry=entry)
