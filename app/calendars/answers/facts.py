"""What happens to answers. No fact holds an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class AnsweredByCalendar(Fact):
    """Somebody's calendar program answered to an invitation; `subject_id` is the session's."""

    subject: ClassVar[str] = "session"

    person_id: int


@dataclass(frozen=True, slots=True)
class AnswerSeen(Fact):
    """A coordinator dealt with a message that had been kept; `subject_id` is the message's."""

    subject: ClassVar[str] = "incoming_answer"
