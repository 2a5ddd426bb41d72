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
