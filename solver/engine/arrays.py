"""The round as numpy arrays: people, places and days numbered, look-ups as tables.

Everything the engine computes with is taken from here, so that a formula of
`solver.derived` is evaluated once per pair of places or time zone and never again.

Conventions: `p` a person, `w` a workshop, `v` a venue, `l` a place, `t` a topic, `g` an
organisation, all numbered in document order. Days are numbered from `PAD` days before the
horizon, since journeys and local dates reach beyond it; online, `slot` s starts
`30 * s` minutes after the horizon's first UTC midnight.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from solver import derived
from solver.round import Round, Span
from solver.zones import zone

PAD = 4  # >= two days of travel and one of a local date
NEVER = np.iinfo(np.int16).max  # the number of a day that never comes
SLOT_MINUTES = 30
SLOTS_PER_DAY = 48

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Days = NDArray[np.int16]  # day numbers, in matrices that are large
Floats = NDArray[np.float64]


class Arrays:
    """The numbered round.

    Attributes (shapes in brackets; P people, L places, D days with both pads):
        home, organisation, speaks, fee, max_workshops, max_days_away, max_seats, online_only: [P]
        teaches, wants: [P, topics], level of teaching 0/2/3 and need 0..3
        away_before: [P, D + 1], days before a day on which they cannot come: unavailable, or too soon to
            be asked for (a cumulative sum)
        preferred_before, reluctant_before: likewise for days that they prefer, and for those if need be
        works: [L, D] whether people work there on that day
    """

    def __init__(self, round: Round) -> None:
        self.round = round
        self.weights = round.rules.weights
        self.horizon_days = (round.last_day - round.first_day).days + 1
        self.days = self.horizon_days + 2 * PAD
        self.midnight = datetime.combine(round.first_day, time(), tzinfo=UTC)

        self.person_ids = list(round.people)
        self.workshop_ids = list(round.workshops)
        self.person_number = {id: n for n, id in enumerate(self.person_ids)}
        self.workshop_number = {id: n for n, id in enumerate(self.workshop_ids)}
        self.venue_number = {id: n for n, id in enumerate(round.venues)}
        self.venue_ids = list(round.venues)
        self.place_number = {id: n for n, id in enumerate(round.places)}
        self.place_list = list(round.places.values())
        self.organisation_number = {id: n for n, id in enumerate(round.organisations)}
        topics = {w.topic for w in round.workshops.values()}
        self.topic_number = {topic: n for n, topic in enumerate(sorted(topics))}
        languages = {language for w in round.workshops.values() for language in w.languages}
        self.language_number = {language: n for n, language in enumerate(sorted(languages))}

        self._describe_people()
        self._describe_days()
        self._trips: dict[tuple[int, int], tuple[int, int]] = {}
        self._clocks: dict[tuple[str, int], tuple[Bools, Ints, Ints]] = {}

    # -- people -------------------------------------------------------------

    def _describe_people(self) -> None:
        people = self.people_list = list(self.round.people.values())
        count = len(people)

        def numbers(values: Iterable[int]) -> Ints:
            return np.fromiter(values, dtype=np.int64, count=count)

        self.home = numbers(self.place_number[p.home] for p in people)
        self.organisation = numbers(self.organisation_number[p.organisation] for p in people)
        self.fee = numbers(p.fee_per_day for p in people)
        self.max_workshops = numbers(p.max_workshops for p in people)
        self.max_days_away = numbers(p.max_days_away for p in people)
        self.max_seats = numbers(p.max_seats for p in people)
        self.online_only = np.fromiter((p.online_only for p in people), dtype=np.bool_, count=count)
        minding = (bool(p.entry or p.rather_not) for p in people)
        self.minds_borders = np.fromiter(minding, dtype=np.bool_, count=count)
        self.speaks = np.zeros((count, max(1, len(self.language_number))), dtype=np.bool_)
        self.teaches = np.zeros((count, max(1, len(self.topic_number))), dtype=np.int8)
        self.wants = np.zeros_like(self.teaches)
        for n, person in enumerate(people):
            for language in person.languages:
                if language in self.language_number:
                    self.speaks[n, self.language_number[language]] = True
            for topic, level in person.teaches.items():
                if topic in self.topic_number:
                    self.teaches[n, self.topic_number[topic]] = level
            for topic, need in person.wants.items():
                if topic in self.topic_number:
                    self.wants[n, self.topic_number[topic]] = need

    # -- days ---------------------------------------------------------------

    def day(self, day: date) -> int:
        """The number of a date (may lie outside the arrays)."""
        return (day - self.round.first_day).days + PAD

    def date(self, day: int) -> date:
        return self.round.first_day + timedelta(int(day) - PAD)

    def instant(self, slot: int) -> datetime:
        return self.midnight + timedelta(minutes=SLOT_MINUTES * int(slot))

    def slot(self, instant: datetime) -> int | None:
        """The number of the slot that starts at an instant; `None` off the half-hour grid."""
        minutes, rest = divmod((instant - self.midnight).total_seconds(), SLOT_MINUTES * 60)
        return None if rest else int(minutes)

    def clip(self, span: Span) -> slice:
        """The day numbers of a span, as far as the arrays reach."""
        first, last = max(0, self.day(span.first)), min(self.days - 1, self.day(span.last))
        return slice(first, max(first, last + 1))

    def _describe_days(self) -> None:
        people = list(self.round.people.values())
        away = np.zeros((len(people), self.days + 1), dtype=np.int32)
        preferred, reluctant = np.zeros_like(away), np.zeros_like(away)
        for n, person in enumerate(people):
            if person.not_before is not None:
                away[n, 1 : max(0, self.day(person.not_before)) + 1] = 1
            lists = (
                (person.unavailable, away),
                (person.preferred, preferred),
                (person.if_need_be, reluctant),
            )
            for spans, table in lists:
                for span in spans:
                    days = self.clip(span)
                    table[n, days.start + 1 : days.stop + 1] = 1
        self.away_before = np.cumsum(away, axis=1, dtype=np.int32)
        self.preferred_before = np.cumsum(preferred, axis=1, dtype=np.int32)
        self.reluctant_before = np.cumsum(reluctant, axis=1, dtype=np.int32)
        self.reluctant = np.asarray(reluctant.any(axis=1))

        weekday = np.array([self.date(d).isoweekday() for d in range(self.days)])
        self.works = np.ones((len(self.place_list), self.days), dtype=np.bool_)
        for n, place in enumerate(self.place_list):
            self.works[n, np.isin(weekday, list(place.weekend))] = False
            for holiday in place.holidays:
                if 0 <= self.day(holiday) < self.days:
                    self.works[n, self.day(holiday)] = False

    # -- journeys -----------------------------------------------------------

    def trips(self, homes: Ints, place: int) -> tuple[Ints, Ints]:
        """Travel days one way, and one-way fare, from each home place to one place. Shapes [n], [n]."""
        far, inverse = np.unique(homes, return_inverse=True)
        pairs = [self._trip(int(home), place) for home in far]
        table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return table[inverse, 0], table[inverse, 1]

    def _trip(self, home: int, place: int) -> tuple[int, int]:
        known = self._trips.get((home, place))
        if known is None:
            a, b = self.place_list[home], self.place_list[place]
            known = derived.travel_days(a, b), derived.fare(self.round.rules, a, b)
            self._trips[home, place] = known
        return known

    # -- borders --------------------------------------------------------------

    def borders(self, people: Ints, place: int) -> tuple[Ints, Bools]:
        """From which day number each of some people may be at a place, and who would rather not. [n], [n].

        0 is before everything, `NEVER` after it.
        """
        there = self.place_list[place]
        first, rather_not = np.zeros(len(people), dtype=np.int64), np.zeros(len(people), dtype=np.bool_)
        for n in np.flatnonzero(self.minds_borders[people]).tolist():
            person = self.people_list[people[n]]
            country = derived.country_entered(self.place_list[self.home[people[n]]], there)
            if country is not None:
                if country in person.entry:
                    opens = person.entry[country]
                    first[n] = NEVER if opens is None else min(NEVER, max(0, self.day(opens)))
                rather_not[n] = country in person.rather_not
        return first, rather_not

    # -- clocks -------------------------------------------------------------

    def clock(self, timezone: str, minutes: int) -> tuple[Bools, Ints, Ints]:
        """For every slot of the horizon and one length: awake, local day, hours of discomfort.

        A session inside waking hours touches one local date only, hence one day number.
        Shapes [slots] each; where not awake the other two mean nothing.
        """
        known = self._clocks.get((timezone, minutes))
        if known is None:
            known = self._clocks[timezone, minutes] = self._read_clock(timezone, minutes)
        return known

    def _read_clock(self, timezone: str, minutes: int) -> tuple[Bools, Ints, Ints]:
        slots = self.horizon_days * SLOTS_PER_DAY
        awake = np.zeros(slots, dtype=np.bool_)
        day = np.zeros(slots, dtype=np.int64)
        hours = np.zeros(slots, dtype=np.int64)
        clock = zone(timezone)
        offsets = [
            (self.midnight + timedelta(days=d)).astimezone(clock).utcoffset() or timedelta()
            for d in range(self.horizon_days + 2)
        ]
        # A day whose clock does not change during it or the next is like any other with that offset.
        like: dict[timedelta, int] = {}
        for d in range(self.horizon_days):
            here = slice(d * SLOTS_PER_DAY, (d + 1) * SLOTS_PER_DAY)
            steady = offsets[d] == offsets[d + 1] == offsets[d + 2]
            if steady and offsets[d] in like:
                model = like[offsets[d]]
                there = slice(model * SLOTS_PER_DAY, (model + 1) * SLOTS_PER_DAY)
                awake[here], hours[here] = awake[there], hours[there]
                day[here] = day[there] + (d - model)
                continue
            for s in range(here.start, here.stop):
                start = self.instant(s)
                awake[s] = derived.in_waking_hours(timezone, start, minutes)
                if awake[s]:
                    day[s] = self.day(derived.local_dates(timezone, start, minutes)[0])
                    hours[s] = derived.discomfort_hours(timezone, start, minutes)
            if steady:
                like[offsets[d]] = d
        return awake, day, hours
