"""What happens to seats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class SeatFact(Fact):
    """Base of what happens to the seats of a session; `subject_id` is the session's."""

    subject: ClassVar[str] = "session"

    person_id: int


@dataclass(frozen=True, slots=True)
class SeatGivenUp(SeatFact):
    """Somebody gave their seat back, or it was given back for them."""


@dataclass(frozen=True, slots=True)
class SeatOffered(SeatFact):
    """A seat that is free was offered to the next in order."""


@dataclass(frozen=True, slots=True)
class SeatAccepted(SeatFact):
    """Somebody took the seat that they were offered."""


@dataclass(frozen=True, slots=True)
class SeatDeclined(SeatFact):
    """Somebody did not want the seat that they were offered."""


@dataclass(frozen=True, slots=True)
class SeatLapsed(SeatFact):
    """Somebody did not answer in time: the offer goes on to the next."""
