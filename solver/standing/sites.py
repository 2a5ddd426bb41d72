"""One venue, or online: the starts that a session could have there, and whom they suit.

A start is a day number in person, a slot online. Everything is a set of starts, by the atom that forbids
them; what a person brings at a start is a whole number of hundredths of a point.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from solver import derived
from solver.round import Person, Place, Round, Workshop
from solver.standing.atoms import Atom
from solver.standing.bits import ahead, span_bits
from solver.standing.calendar import PAD, SLOT_MINUTES, SLOTS_PER_DAY
from solver.standing.rest import Rest, Stay

Blocked = list[tuple[Atom, int]]


class Site(Protocol):
    """What `InPerson` and `Online` have in common."""

    venue: str | None
    starts: int
    """Every start inside the horizon."""

    def by_window(self) -> int:
        """The starts inside the workshop's window."""

    def between(self, first: int, last: int, *, of_end: bool) -> int:
        """The starts whose first day, or last day, lies between two day numbers."""

    def blocked(self) -> Blocked:
        """The starts that the site itself forbids."""

    def stays(self, person: Person) -> Blocked:
        """The starts at which a person cannot be there, in team or seats."""

    def engaged(self, person: Person, stay: Stay) -> int:
        """The starts at which a person cannot be there for the sake of another session."""

    def days_away(self, person: Person) -> int: ...

    def trip(self, person: Person) -> int:
        """Money for the journey."""

    def fee(self, person: Person) -> int: ...

    def rent(self) -> int: ...

    def liked(self, person: Person, start: int) -> int:
        """Days that a team member prefers."""

    def reluctant(self, person: Person, start: int) -> int:
        """Days on which somebody comes if need be."""

    def abroad(self, person: Person) -> int:
        """Days in a country that somebody would rather not go to."""

    def hours(self, person: Person) -> bytes | None:
        """Hours outside office hours, by start; `None` where there are none."""

    def number(self, start: date | datetime) -> int | None:
        """The number of a start; `None` where it is none of this site's."""

    def start(self, number: int) -> date | datetime: ...


def _others(stays: Iterable[Stay], workshop: str) -> list[Stay]:
    return [stay for stay in stays if stay.workshop != workshop]


class InPerson:
    """A venue."""

    def __init__(self, rest: Rest, workshop: Workshop, venue: str) -> None:
        self._rest, self._workshop, self._calendar = rest, workshop, rest.calendar
        self._round: Round = rest.round
        self.venue: str | None = venue
        self._hall = self._round.venues[venue]
        self.place: Place = self._round.places[self._hall.place]
        self.starts = span_bits(PAD, PAD + self._calendar.days - workshop.days)
        self._journeys: dict[str, tuple[int, int]] = {}

    def by_window(self) -> int:
        window, day = self._workshop.window, self._calendar.day
        return span_bits(day(window.first), day(window.last) - self._workshop.days + 1)

    def between(self, first: int, last: int, *, of_end: bool) -> int:
        earlier = self._workshop.days - 1 if of_end else 0
        return span_bits(first - earlier, last - earlier)

    def blocked(self) -> Blocked:
        days, calendar = self._workshop.days, self._calendar
        found: Blocked = [
            (Atom("working_days", "place", self.place.id), ahead(calendar.off(self.place), days)),
            (Atom("venue", "closed", self._hall.id), ahead(calendar.bits(self._hall.closed), days)),
        ]
        for other, taken in self._rest.bookings.get(self._hall.id, ()):
            if other != self._workshop.id:
                found.append((Atom("venue", "taken", other), ahead(taken, days)))
        return found

    def _journey(self, person: Person) -> tuple[int, int]:
        """Travel days one way, and money for both ways and the days away."""
        known = self._journeys.get(person.home)
        if known is None:
            home = self._round.places[person.home]
            money = derived.trip_cost(self._round.rules, home, self.place, self._workshop.days)
            known = self._journeys[person.home] = derived.travel_days(home, self.place), money
        return known

    def stays(self, person: Person) -> Blocked:
        found: Blocked = []
        travel = self._journey(person)[0]
        length = self._workshop.days + 2 * travel
        if person.online_only and person.home != self.place.id:
            found.append((Atom("available", "person", person.id), self.starts))
        elif person.unavailable:
            away = ahead(self._rest.away(person), length) << travel
            found.append((Atom("available", "person", person.id), away))
        if person.not_before is not None:
            too_soon = span_bits(0, self._calendar.day(person.not_before) - 1 + travel)
            found.append((Atom("notice", "person", person.id), self.starts & too_soon))
        country = self._country_entered(person)
        if country is not None and country in person.entry:
            opens = person.entry[country]
            barred = self.starts
            if opens is not None:
                barred &= span_bits(0, self._calendar.day(opens) - 1 + travel)
            found.append((Atom("entry", "person", person.id), barred))
        engaged = 0
        for stay in _others(self._rest.stays.get(person.id, ()), self._workshop.id):
            engaged |= stay.days
        if engaged:
            atom = Atom("one_place_at_a_time", "person", person.id)
            found.append((atom, ahead(engaged, length) << travel))
        return found

    def engaged(self, person: Person, stay: Stay) -> int:
        travel = self._journey(person)[0]
        return ahead(stay.days, self._workshop.days + 2 * travel) << travel

    def days_away(self, person: Person) -> int:
        if person.home == self.place.id:
            return 0
        return self._workshop.days + 2 * self._journey(person)[0]

    def trip(self, person: Person) -> int:
        return self._journey(person)[1]

    def fee(self, person: Person) -> int:
        return self._workshop.days * person.fee_per_day

    def rent(self) -> int:
        return self._workshop.days * self._hall.cost_per_day

    def liked(self, person: Person, start: int) -> int:
        if not person.preferred:
            return 0
        days = span_bits(start, start + self._workshop.days - 1)
        return (self._rest.liked(person) & days).bit_count()

    def reluctant(self, person: Person, start: int) -> int:
        days = span_bits(start, start + self._workshop.days - 1)
        return (self._rest.reluctant(person) & days).bit_count()

    def abroad(self, person: Person) -> int:
        return self._workshop.days if self._country_entered(person) in person.rather_not else 0

    def _country_entered(self, person: Person) -> str | None:
        return derived.country_entered(self._round.places[person.home], self.place)

    def hours(self, person: Person) -> bytes | None:
        return None

    def number(self, start: date | datetime) -> int | None:
        return None if isinstance(start, datetime) else self._calendar.day(start)

    def start(self, number: int) -> date | datetime:
        return self._calendar.date(number)


class Online:
    """No venue."""

    venue: str | None = None

    def __init__(self, rest: Rest, workshop: Workshop, *, wide: bool) -> None:
        self._rest, self._workshop, self._calendar = rest, workshop, rest.calendar
        self._round: Round = rest.round
        self._slots = workshop.minutes // SLOT_MINUTES
        self.starts = span_bits(0, self._calendar.days * SLOTS_PER_DAY - self._slots)
        self._days = self._calendar.every_day
        if not wide:
            self.starts &= self.by_window()
            first, last = self._calendar.day(workshop.window.first), self._calendar.day(workshop.window.last)
            self._days = span_bits(first - 1, last + 2)
        self._nights: dict[str, tuple[int, int]] = {}  # home -> asleep, on days off
        self._liked: dict[str, int] = {}
        self._reluctant: dict[str, int] = {}

    def by_window(self) -> int:
        day, window = self._calendar.day, self._workshop.window
        first, last = day(window.first) - PAD, day(window.last) - PAD
        return span_bits(first * SLOTS_PER_DAY, (last + 1) * SLOTS_PER_DAY - self._slots)

    def between(self, first: int, last: int, *, of_end: bool) -> int:
        earlier = self._slots - 1 if of_end else 0
        begin, end = (first - PAD) * SLOTS_PER_DAY, (last - PAD + 1) * SLOTS_PER_DAY - 1
        return span_bits(begin - earlier, end - earlier)

    def blocked(self) -> Blocked:
        return []

    def stays(self, person: Person) -> Blocked:
        home = self._round.places[person.home]
        clock = self._calendar.clock(home.timezone, self._workshop.minutes)
        known = self._nights.get(home.id)
        if known is None:
            asleep = self.starts & ~clock.awake
            known = self._nights[home.id] = asleep, clock.touching(self._calendar.off(home) & self._days)
        found: Blocked = [
            (Atom("waking_hours", "person", person.id), known[0]),
            (Atom("working_days", "person", person.id), known[1]),
        ]
        away = self._rest.away(person) & self._days
        if away:
            found.append((Atom("available", "person", person.id), clock.touching(away)))
        if person.not_before is not None:
            too_soon = span_bits(0, self._calendar.day(person.not_before) - 1) & self._days
            found.append((Atom("notice", "person", person.id), clock.touching(too_soon)))
        engaged = 0
        for stay in _others(self._rest.stays.get(person.id, ()), self._workshop.id):
            engaged |= self.engaged(person, stay)
        if engaged:
            found.append((Atom("one_place_at_a_time", "person", person.id), engaged))
        return found

    def engaged(self, person: Person, stay: Stay) -> int:
        if stay.begins is None:
            timezone = self._round.places[person.home].timezone
            return self._calendar.clock(timezone, self._workshop.minutes).touching(stay.days & self._days)
        # 30 s < ends and 30 s + minutes > begins
        first = (stay.begins - self._workshop.minutes) // SLOT_MINUTES + 1
        return span_bits(first, -(-stay.ends // SLOT_MINUTES) - 1)

    def days_away(self, person: Person) -> int:
        return 0

    def trip(self, person: Person) -> int:
        return 0

    def fee(self, person: Person) -> int:
        return derived.online_fee_days(self._workshop.minutes) * person.fee_per_day

    def rent(self) -> int:
        return 0

    def liked(self, person: Person, start: int) -> int:
        if not person.preferred:
            return 0
        known = self._liked.get(person.id)
        if known is None:
            clock = self._calendar.clock(self._round.places[person.home].timezone, self._workshop.minutes)
            known = self._liked[person.id] = clock.touching(self._rest.liked(person) & self._days)
        return known >> start & 1

    def reluctant(self, person: Person, start: int) -> int:
        known = self._reluctant.get(person.id)
        if known is None:
            clock = self._calendar.clock(self._round.places[person.home].timezone, self._workshop.minutes)
            known = self._reluctant[person.id] = clock.touching(self._rest.reluctant(person) & self._days)
        return known >> start & 1

    def abroad(self, person: Person) -> int:
        return 0

    def hours(self, person: Person) -> bytes | None:
        timezone = self._round.places[person.home].timezone
        return self._calendar.clock(timezone, self._workshop.minutes).hours

    def number(self, start: date | datetime) -> int | None:
        if not isinstance(start, datetime):
            return None
        slot, off = divmod(self._calendar.minute(start), SLOT_MINUTES)
        return None if off or start.second or start.microsecond else slot

    def start(self, number: int) -> date | datetime:
        return self._calendar.instant(number)


def sites(rest: Rest, workshop: Workshop, *, wide: bool) -> list[Site]:
    """Where a workshop could be held; online with the starts of the whole horizon only if `wide`."""
    if workshop.online:
        return [Online(rest, workshop, wide=wide)]
    return [InPerson(rest, workshop, venue) for venue in workshop.venues]
