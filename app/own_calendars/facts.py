"""What people do about calendars of their own. The subject is the person; no address is ever told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class OwnCalendarFact(Fact):
    subject: ClassVar[str] = "person"

    calendar_id: int


@dataclass(frozen=True, slots=True)
class CalendarConnected(OwnCalendarFact):
    """Somebody had the busy times of a calendar of theirs read."""


@dataclass(frozen=True, slots=True)
class CalendarRuleChanged(OwnCalendarFact):
    """Other events of a calendar count from now on."""


@dataclass(frozen=True, slots=True)
class CalendarReadAgain(OwnCalendarFact):
    """Somebody brought a newer file of a calendar, or asked for it to be read at once."""


@dataclass(frozen=True, slots=True)
class CalendarForgotten(OwnCalendarFact):
    """Somebody took a calendar away, with its address and the days that came from it."""


@dataclass(frozen=True, slots=True)
class CalendarNotReadable(OwnCalendarFact):
    """A calendar has not been readable for some time, and its owner was written to."""

    problem: str
