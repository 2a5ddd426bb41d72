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
