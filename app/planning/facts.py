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
