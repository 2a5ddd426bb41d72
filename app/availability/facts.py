"""What people say about their time. The subject is the person; notes stay out of the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class AvailabilityFact(Fact):
    subject: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True)
class SpanAdded(AvailabilityFact):
    """Somebody said that they cannot, or would rather, on some days."""


@dataclass(frozen=True, slots=True)
class SpanChanged(AvailabilityFact):
    """What was said of some days was put differently."""


@dataclass(frozen=True, slots=True)
class SpanRemoved(AvailabilityFact):
    """What was said of some days was taken back."""


@dataclass(frozen=True, slots=True)
class HolidayOffered(AvailabilityFact):
    """Somebody can work or travel on a holiday of their country."""

    day: date


@dataclass(frozen=True, slots=True)
class HolidayKeptFree(AvailabilityFact):
    """Somebody keeps a holiday free that they had offered."""

    day: date


@dataclass(frozen=True, slots=True)
class DaysPainted(AvailabilityFact):
    """Somebody painted days of the year: before and after are runs of days and what was said of them."""


@dataclass(frozen=True, slots=True)
class LastYearCopied(AvailabilityFact):
    """What was said of one year was said of the next."""

    year: int


@dataclass(frozen=True, slots=True)
class PatternAdded(AvailabilityFact):
    """Somebody said what comes back: certain weekdays, Ramadan, school holidays."""


@dataclass(frozen=True, slots=True)
class PatternRemoved(AvailabilityFact):
    """What comes back was taken back."""


@dataclass(frozen=True, slots=True)
class AskAnswered(AvailabilityFact):
    """Somebody who was asked leaves what had been said, or has nothing to say: "I can always"."""


@dataclass(frozen=True, slots=True)
class AskFact(Fact):
    subject: ClassVar[str] = "availability_ask"


@dataclass(frozen=True, slots=True)
class AskOpened(AskFact):
    """People are asked when they can in a season."""

    people: int


@dataclass(frozen=True, slots=True)
class AskWidened(AskFact):
    """People who joined since are asked too."""

    people: int


@dataclass(frozen=True, slots=True)
class RemindersAsked(AskFact):
    """Somebody had those reminded who had not answered."""

    people: int


@dataclass(frozen=True, slots=True)
class AskClosed(AskFact):
    """No answers are waited for any more."""


@dataclass(frozen=True, slots=True)
class SchoolHolidayKept(Fact):
    """School holidays of a country were entered or put differently."""

    subject: ClassVar[str] = "school_holiday"


@dataclass(frozen=True, slots=True)
class SchoolHolidayDropped(Fact):
    """School holidays of a country were taken out."""

    subject: ClassVar[str] = "school_holiday"
