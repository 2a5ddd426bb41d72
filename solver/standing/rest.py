"""What the sessions of a schedule take: of people's days and loads, of venues, of funds.

Prepared once per schedule. Whoever asks about one workshop leaves its own session out by naming it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from solver import derived
from solver.round import FACILITATES, Person, Round
from solver.schedule import Schedule, Session
from solver.standing.bits import span_bits
from solver.standing.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Stay:
    """What one session takes of one person: days, and online the minutes `[begins, ends)` as well."""

    workshop: str
    days: int
    begins: int | None = None
    ends: int = 0


@dataclass(frozen=True, slots=True)
class Duty:
    """One session that a person facilitates, and the days away for it."""

    workshop: str
    away: int


class Rest:
    """The sessions of a schedule by what they take.

    Attributes:
        session: the (first) session of each workshop held
        cost: what it costs
        stays, duties, seats: by person; `seats` are the workshops where the person is seated
        bookings: venue -> (workshop, days)
        reached: (organisation, topic) -> workshops in which it has a seat
        teachers, wanting: topic -> people
    """

    def __init__(self, round: Round, schedule: Schedule, calendar: Calendar | None = None) -> None:
        self.round = round
        self.calendar = calendar or Calendar(round)
        self.session: dict[str, Session] = {}
        self.cost: dict[str, int] = defaultdict(int)
        self.stays: dict[str, list[Stay]] = defaultdict(list)
        self.duties: dict[str, list[Duty]] = defaultdict(list)
        self.seats: dict[str, list[str]] = defaultdict(list)
        self.bookings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.reached: dict[tuple[str, str], list[str]] = defaultdict(list)
        for session in schedule.sessions:
            self._take(session)
        self.teachers: dict[str, list[Person]] = defaultdict(list)
        self.wanting: dict[str, list[Person]] = defaultdict(list)
        for person in round.people.values():
            for topic, level in person.teaches.items():
                if level >= FACILITATES:
                    self.teachers[topic].append(person)
            for topic in person.wants:
                self.wanting[topic].append(person)
        self._away: dict[str, int] = {}
        self._liked: dict[str, int] = {}
        self._reluctant: dict[str, int] = {}

    def _take(self, session: Session) -> None:
        round, calendar = self.round, self.calendar
        workshop = round.workshops[session.workshop]
        self.session.setdefault(workshop.id, session)
        self.cost[workshop.id] += derived.session_cost(round, session)
        place = derived.place_of(round, session)
        if session.venue is not None and not workshop.online:
            days = derived.days_of(workshop, session.start)
            self.bookings[session.venue].append((workshop.id, calendar.bits([days])))
        taken: dict[str, int] = {}  # home -> days
        for id in session.people:
            home = round.places[round.people[id].home]
            if isinstance(session.start, datetime):
                key = home.timezone
                if key not in taken:
                    days_of_home = derived.local_dates(key, session.start, workshop.minutes)
                    taken[key] = span_bits(calendar.day(days_of_home[0]), calendar.day(days_of_home[-1]))
                begins = calendar.minute(session.start)
                self.stays[id].append(Stay(workshop.id, taken[key], begins, begins + workshop.minutes))
            else:
                key = home.id
                if key not in taken:
                    block = derived.block(home, place or home, session.start, workshop.days)
                    taken[key] = span_bits(calendar.day(block.first), calendar.day(block.last))
                self.stays[id].append(Stay(workshop.id, taken[key]))
        for id in session.facilitators:
            home = round.places[round.people[id].home]
            away = 0 if place is None else derived.days_away(home, place, workshop.days)
            self.duties[id].append(Duty(workshop.id, away))
        for id in dict.fromkeys(session.seats):
            self.seats[id].append(workshop.id)
            self.reached[round.people[id].organisation, workshop.topic].append(workshop.id)

    def wind_clocks(self) -> None:
        """Read the clocks of everybody's home for every length of session online, ahead of need."""
        lengths = {workshop.minutes for workshop in self.round.workshops.values() if workshop.online}
        homes = {person.home for person in self.round.people.values()}
        for timezone in {self.round.places[home].timezone for home in homes}:
            for minutes in lengths:
                self.calendar.clock(timezone, minutes)

    def away(self, person: Person) -> int:
        """The days on which a person is unavailable."""
        known = self._away.get(person.id)
        if known is None:
            known = self._away[person.id] = self.calendar.bits(person.unavailable)
        return known

    def liked(self, person: Person) -> int:
        """The days that a person prefers."""
        known = self._liked.get(person.id)
        if known is None:
            known = self._liked[person.id] = self.calendar.bits(person.preferred)
        return known

    def reluctant(self, person: Person) -> int:
        """The days on which a person comes if need be."""
        known = self._reluctant.get(person.id)
        if known is None:
            known = self._reluctant[person.id] = self.calendar.bits(person.if_need_be)
        return known

    def spent(self, workshops: Iterable[str], but: str) -> int:
        """What the sessions of some workshops cost, without one of them."""
        return sum(self.cost.get(id, 0) for id in workshops if id != but)
