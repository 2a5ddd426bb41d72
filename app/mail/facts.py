"""What people do with the outbox; that a letter was queued or sent, its own row tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class LetterRetried(Fact):
    """Somebody had a refused letter tried again; `subject_id` is the letter's."""

    subject: ClassVar[str] = "letter"


@dataclass(frozen=True, slots=True)
class AddressBounced(Fact):
    """A letter came back because its address does not exist; `subject_id` is the letter's."""

    subject: ClassVar[str] = "letter"


@dataclass(frozen=True, slots=True)
class AddressWorks(Fact):
    """Somebody said that an address works again; `subject_id` is that of a letter to it."""

    subject: ClassVar[str] = "letter"


@dataclass(frozen=True, slots=True)
class LettersStopped(Fact):
    """Somebody wants no more letters of a category; `subject_id` is the subscription's."""

    subject: ClassVar[str] = "letter_subscription"

    category: str


@dataclass(frozen=True, slots=True)
class LettersWantedAgain(Fact):
    """Somebody has letters of a category written to them again."""

    subject: ClassVar[str] = "letter_subscription"

    category: str
