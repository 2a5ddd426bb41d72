"""What happens while a plan is being confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class AskingFact(Fact):
    """Base of what happens to an asking; `subject_id` is the asking's."""

    subject: ClassVar[str] = "asking"


@dataclass(frozen=True, slots=True)
class AskingOpened(AskingFact):
    """A draft was put to so many facilitators and hosts; their letters are due."""

    round_id: int
    draft_id: int
    people: int


@dataclass(frozen=True, slots=True)
class AskingMoved(AskingFact):
    """The asking is about another draft now; so many people have something new to hear."""

    draft_id: int
    people: int


@dataclass(frozen=True, slots=True)
class AskingClosed(AskingFact):
    """Nobody is reminded any more, and silence means nothing."""


@dataclass(frozen=True, slots=True)
class ConfirmationsReminded(AskingFact):
    """Somebody had so many people reminded at once."""

    people: int


@dataclass(frozen=True, slots=True)
class PlaceFact(Fact):
    """Base of what is said about a place; `subject_id` is the place's. What was written stays out of it."""

    subject: ClassVar[str] = "place"

    workshop_id: int
    person_id: int
    via: str


@dataclass(frozen=True, slots=True)
class PlaceAccepted(PlaceFact):
    """Somebody will be in the team, or has the room."""


@dataclass(frozen=True, slots=True)
class PlaceDeclined(PlaceFact):
    """Somebody will not, or not any more: a substitute is needed."""


@dataclass(frozen=True, slots=True)
class PlaceLeftOpen(PlaceFact):
    """Somebody does not know yet."""


@dataclass(frozen=True, slots=True)
class SubstituteAsked(Fact):
    """Somebody is asked to take the place of another, in a draft made for it; `subject_id`: the place."""

    subject: ClassVar[str] = "place"

    workshop_id: int
    person_id: int
    draft_id: int
