"""What happens to schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class SchedulePublished(Fact):
    """A version was published; `subject_id` is the version's."""

    subject: ClassVar[str] = "version"

    round_id: int


@dataclass(frozen=True, slots=True)
class ProgrammeOpened(Fact):
    """What is published of a round may be seen by whoever asks; `subject_id` is the round's."""

    subject: ClassVar[str] = "round"


@dataclass(frozen=True, slots=True)
class ProgrammeClosed(Fact):
    """It may not any more."""

    subject: ClassVar[str] = "round"
