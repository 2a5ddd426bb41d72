"""What people do with the outbox; that a letter was queued or sent, its own row tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class LetterRetried(Fact):
    """Somebody had a refused letter tried again; `subject_id` is the letter's."""

    subject: ClassVar[str] = "letter"
