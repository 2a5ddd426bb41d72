"""What happens to travel facts. What was said stays out of the trail: only that it was said, or looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class TravelFact(Fact):
    subject: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True)
class TravelFactsChanged(TravelFact):
    """Somebody said what decides whether a person can come; `said` names what changed, not how."""

    said: list[str]


@dataclass(frozen=True, slots=True)
class AccessNeedsSaid(TravelFact):
    """A person said what they need in order to take part, and agreed that coordinators read it."""


@dataclass(frozen=True, slots=True)
class AccessNeedsWithdrawn(TravelFact):
    """A person took back what they had said they need."""


@dataclass(frozen=True, slots=True)
class AccessNeedsSeen(TravelFact):
    """A coordinator looked at what a person needs."""


@dataclass(frozen=True, slots=True)
class BorderFact(Fact):
    subject: ClassVar[str] = "border_closure"


@dataclass(frozen=True, slots=True)
class BorderClosed(BorderFact):
    """Somebody wrote down that nobody gets into a country or out of it on some days."""


@dataclass(frozen=True, slots=True)
class BorderOpened(BorderFact):
    """Somebody struck out such days: one gets in and out again."""


@dataclass(frozen=True, slots=True)
class VisaTimeFact(Fact):
    subject: ClassVar[str] = "visa_time"


@dataclass(frozen=True, slots=True)
class VisaTimeSet(VisaTimeFact):
    """Somebody wrote down how long a visa takes, with one passport for one country."""


@dataclass(frozen=True, slots=True)
class VisaTimeRemoved(VisaTimeFact):
    """Somebody struck out how long a visa takes: nothing is known of it any more."""
