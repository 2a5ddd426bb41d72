"""Days and half hours of a round as numbers, off days of its places, and the clocks of its homes.

Days are numbered from `PAD` days before the horizon, since journeys and local dates reach beyond it; slot s
starts 30 s minutes after the horizon's first UTC midnight.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from solver import derived
from solver.round import Place, Round, Span
from solver.standing.bits import numbers, span_bits
from solver.zones import zone

PAD = 4
SLOT_MINUTES = 30
SLOTS_PER_DAY = 48
_BYTES = SLOTS_PER_DAY // 8


@dataclass(frozen=True, slots=True)
class Day:
    """The 48 slots of one UTC day: those awake, those touching each local date (by distance), hours."""

    awake: bytes
    on: dict[int, int]
    hours: bytes


class Clock:
    """What the slots of the horizon are for sessions of one length in one time zone.

    `awake` are the slots in waking hours, `hours` those of discomfort, by slot.
    """

    def __init__(self, days: list[Day]) -> None:
        self._days = days
        self.awake = int.from_bytes(b"".join(day.awake for day in days), "little")
        self.hours = b"".join(day.hours for day in days)
        self._touching: dict[int, int] = {}  # many people share their days

    def touching(self, days: int) -> int:
        """The slots whose session touches one of these local dates."""
        known = self._touching.get(days)
        if known is None:
            known = self._touching[days] = self._slots_of(days)
        return known

    def _slots_of(self, days: int) -> int:
        found: dict[int, int] = {}
        for number in numbers(days):
            for d in range(max(0, number - PAD - 2), min(len(self._days), number - PAD + 2)):
                slots = self._days[d].on.get(number - d)
                if slots:
                    found[d] = found.get(d, 0) | slots
        if not found:
            return 0
        table = bytearray(_BYTES * (max(found) + 1))
        for d, slots in found.items():
            table[_BYTES * d : _BYTES * (d + 1)] = slots.to_bytes(_BYTES, "little")
        return int.from_bytes(table, "little")


class Calendar:
    """The numbering of one round, with what is worked out once per place and time zone."""

    def __init__(self, round: Round) -> None:
        self._first = round.first_day
        self.days = (round.last_day - round.first_day).days + 1
        self.every_day = span_bits(0, self.days + 2 * PAD - 1)
        self._midnight = datetime.combine(round.first_day, time(), tzinfo=UTC)
        self._off: dict[str, int] = {}
        self._clocks: dict[tuple[str, int], Clock] = {}
        self._offsets: dict[str, list[timedelta]] = {}
        self._alike: dict[tuple[int, timedelta, tuple[int, ...]], Day] = {}

    def day(self, day: date) -> int:
        """The number of a date (may lie outside)."""
        return (day - self._first).days + PAD

    def date(self, day: int) -> date:
        return self._first + timedelta(day - PAD)

    def minute(self, instant: datetime) -> int:
        """Minutes since the horizon's first midnight."""
        return int((instant - self._midnight).total_seconds() // 60)

    def instant(self, slot: int) -> datetime:
        return self._midnight + timedelta(minutes=SLOT_MINUTES * slot)

    def bits(self, spans: Iterable[Span]) -> int:
        """The days of some spans, as far as the calendar reaches."""
        found = 0
        for span in spans:
            found |= span_bits(self.day(span.first), self.day(span.last))
        return found & self.every_day

    def off(self, place: Place) -> int:
        """The weekend days and holidays of a place."""
        known = self._off.get(place.id)
        if known is None:
            known = 0
            week = [day for day in range(7) if self.date(day).isoweekday() in place.weekend]
            for day in range(self.days + 2 * PAD):
                if day % 7 in week:
                    known |= 1 << day
            for holiday in place.holidays:
                number = self.day(holiday)
                known |= 1 << number if 0 <= number < self.days + 2 * PAD else 0
            self._off[place.id] = known
        return known

    def clock(self, timezone: str, minutes: int) -> Clock:
        """The clock of a time zone for sessions of one length."""
        known = self._clocks.get((timezone, minutes))
        if known is None:
            known = self._clocks[timezone, minutes] = self._read_clock(timezone, minutes)
        return known

    def _read_clock(self, timezone: str, minutes: int) -> Clock:
        offsets = self._offsets.get(timezone)
        if offsets is None:
            clock = zone(timezone)
            offsets = self._offsets[timezone] = [
                (self._midnight + timedelta(d)).astimezone(clock).utcoffset() or timedelta()
                for d in range(self.days + 2)
            ]
        days: list[Day] = []
        for d in range(self.days):
            # A day is like any other with the same offsets, whose clocks change at the same moment.
            before, after = offsets[d], offsets[d + 2]
            steady = before == after == offsets[d + 1]
            key = minutes, before, () if steady else self._change(timezone, offsets, d)
            day = self._alike.get(key)
            if day is None:
                day = self._alike[key] = self._read_day(timezone, minutes, d)
            days.append(day)
        return Clock(days)

    def _change(self, timezone: str, offsets: list[timedelta], d: int) -> tuple[int, ...]:
        """The seconds after midnight of day `d` at which the clocks change before the day after next."""
        found: list[int] = []
        clock = zone(timezone)
        for later in (0, 1):
            if offsets[d + later] != offsets[d + later + 1]:
                midnight = self._midnight + timedelta(d + later)
                early, late = 0, 86_400
                while late - early > 1:
                    middle = (early + late) // 2
                    there = (midnight + timedelta(seconds=middle)).astimezone(clock).utcoffset()
                    early, late = (middle, late) if there == offsets[d + later] else (early, middle)
                found += [86_400 * later + late, int(offsets[d + later + 1].total_seconds())]
        return tuple(found)

    def _read_day(self, timezone: str, minutes: int, d: int) -> Day:
        """The slots of one UTC day."""
        awake, on, hours = 0, dict[int, int](), bytearray(SLOTS_PER_DAY)
        for s in range(SLOTS_PER_DAY):
            start = self.instant(SLOTS_PER_DAY * d + s)
            if derived.in_waking_hours(timezone, start, minutes):
                awake |= 1 << s
            for touched in derived.local_dates(timezone, start, minutes):
                later = self.day(touched) - d
                on[later] = on.get(later, 0) | 1 << s
            hours[s] = derived.discomfort_hours(timezone, start, minutes)
        return Day(awake.to_bytes(_BYTES, "little"), on, bytes(hours))
