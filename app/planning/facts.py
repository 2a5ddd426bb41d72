"""What happens to rounds and their drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class RoundFact(Fact):
    """Base of what happens to a round; `subject_id` is the round's."""

    subject: ClassVar[str] = "round"


@dataclass(frozen=True, slots=True)
class RoundOpened(RoundFact):
    """A round was opened: from now on it gathers requests."""


@dataclass(frozen=True, slots=True)
class RoundChanged(RoundFact):
    """Its horizon, prices or weights were changed."""


@dataclass(frozen=True, slots=True)
class RoundClosed(RoundFact):
    """It gathers and plans no more."""


@dataclass(frozen=True, slots=True)
class RoundReopened(RoundFact):
    """A closed round gathers and plans again."""


@dataclass(frozen=True, slots=True)
class RoundOpenedToPublic(RoundFact):
    """What the round publishes may be read by everybody, or not any more; `is_public` says which."""

    is_public: bool


@dataclass(frozen=True, slots=True)
class RequestsTakenIn(RoundFact):
    """Approved requests were taken into the round."""

    workshop_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RequestTakenOut(RoundFact):
    """A request was taken out of the round and waits for another."""

    workshop_id: int


@dataclass(frozen=True, slots=True)
class PlanningStarted(RoundFact):
    """The planner was set to work."""

    job_id: int
    seconds: int


@dataclass(frozen=True, slots=True)
class PlanningStopped(RoundFact):
    """Somebody asked the planner to end with the best it has."""

    job_id: int


@dataclass(frozen=True, slots=True)
class DraftSaved(Fact):
    """The planner gave a schedule; `subject_id` is the draft's."""

    subject: ClassVar[str] = "draft"

    round_id: int
    job_id: int


@dataclass(frozen=True, slots=True)
class DraftDiscarded(Fact):
    """A draft was thrown away."""

    subject: ClassVar[str] = "draft"

    round_id: int


@dataclass(frozen=True, slots=True)
class DraftChosen(Fact):
    """Of the drafts of a round this one is to be published; the others are kept."""

    subject: ClassVar[str] = "draft"

    round_id: int


@dataclass(frozen=True, slots=True)
class RepairAsked(RoundFact):
    """Something happened to what had been announced, and repairs were asked for."""

    question_id: int


@dataclass(frozen=True, slots=True)
class RepairTaken(RoundFact):
    """One of the repairs became a draft, and what happened was noted down."""

    draft_id: int
    variant: str


@dataclass(frozen=True, slots=True)
class WhyAsked(Fact):
    """Somebody asked why a workshop is held as it is in a draft, or why it is left out of it."""

    subject: ClassVar[str] = "draft"

    workshop: str


@dataclass(frozen=True, slots=True)
class LetIn(Fact):
    """A change of its request or its money that lets a workshop in was made, and planning went on."""

    subject: ClassVar[str] = "draft"

    workshop: str
    change: str


@dataclass(frozen=True, slots=True)
class DocumentPlanned(Fact):
    """The planner was set to work on a round that a program sent; `subject_id` is the job's."""

    subject: ClassVar[str] = "job"

    workshops: int
    seconds: int


@dataclass(frozen=True, slots=True)
class DocumentPlanningStopped(Fact):
    """Whoever sent the document had the planner stop."""

    subject: ClassVar[str] = "job"
