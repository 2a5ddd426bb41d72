"""What happens to propositions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class SetFact(Fact):
    subject: ClassVar[str] = "proposition_set"


@dataclass(frozen=True, slots=True)
class WorkingOutStarted(SetFact):
    """Propositions are being worked out from a call, within a budget."""

    job_id: int
    budget: int | None


@dataclass(frozen=True, slots=True)
class PropositionsWorkedOut(SetFact):
    """New propositions took the place of those that nobody had touched."""

    propositions: int


@dataclass(frozen=True, slots=True)
class PropositionFact(Fact):
    subject: ClassVar[str] = "proposition"


@dataclass(frozen=True, slots=True)
class PropositionEdited(PropositionFact):
    """The secretariat changed a proposition."""


@dataclass(frozen=True, slots=True)
class PropositionSplit(PropositionFact):
    """Some platforms of a proposition got one of their own."""

    new_id: int


@dataclass(frozen=True, slots=True)
class PropositionsMerged(PropositionFact):
    """A proposition took in the platforms of another, which is dropped."""

    other_id: int


@dataclass(frozen=True, slots=True)
class PropositionDropped(PropositionFact):
    """A proposition is not followed up."""


@dataclass(frozen=True, slots=True)
class PropositionBroughtBack(PropositionFact):
    """A dropped proposition counts again."""


@dataclass(frozen=True, slots=True)
class PlatformsAsked(PropositionFact):
    """The platforms of a proposition were asked whether they are in."""

    asked: int


@dataclass(frozen=True, slots=True)
class PlatformAnswered(PropositionFact):
    """A platform said whether it is in."""

    organisation_id: int
    answer: str


@dataclass(frozen=True, slots=True)
class TurnedIntoRequests(PropositionFact):
    """A proposition became a request, a training of trainers with one for each replication."""

    workshop_id: int
    replications: int
