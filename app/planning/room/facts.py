"""What people do to drafts by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class DraftFact(Fact):
    """Base of what happens to a draft; `subject_id` is the draft's, `number` that of its edit."""

    subject: ClassVar[str] = "draft"

    number: int
    kind: str
    workshop: str


@dataclass(frozen=True, slots=True)
class DraftEdited(DraftFact):
    """A workshop of it was changed by hand."""


@dataclass(frozen=True, slots=True)
class DraftEditUndone(DraftFact):
    """A change by hand was taken back."""


@dataclass(frozen=True, slots=True)
class DraftEditRedone(DraftFact):
    """A change that had been taken back was made again."""
