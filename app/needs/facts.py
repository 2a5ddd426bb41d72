"""What happens to calls and answers. What people wrote stays out of the trail: it says which topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class CallFact(Fact):
    subject: ClassVar[str] = "needs_call"


@dataclass(frozen=True, slots=True)
class CallDrafted(CallFact):
    """A needs call was begun."""


@dataclass(frozen=True, slots=True)
class CallChanged(CallFact):
    """What a call asks, whom or until when was changed."""


@dataclass(frozen=True, slots=True)
class CallDropped(CallFact):
    """A call that had not been opened was thrown away."""


@dataclass(frozen=True, slots=True)
class CallOpened(CallFact):
    """Organisations were asked what they need."""

    asked: int


@dataclass(frozen=True, slots=True)
class CallWidened(CallFact):
    """One more organisation was asked, after the call had been opened."""

    organisation_id: int


@dataclass(frozen=True, slots=True)
class CallClosed(CallFact):
    """A call takes no more answers: its day is over, or the secretariat ended it."""


@dataclass(frozen=True, slots=True)
class CallReopened(CallFact):
    """A closed call takes answers again."""


@dataclass(frozen=True, slots=True)
class AnswerFact(Fact):
    subject: ClassVar[str] = "needs_answer"


@dataclass(frozen=True, slots=True)
class AnswerSaved(AnswerFact):
    """An organisation, or somebody for it, said what it needs and could teach, of some topics."""

    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerHandedIn(AnswerFact):
    """An answer was handed in; it can be changed until the call closes."""


@dataclass(frozen=True, slots=True)
class AnswerConfirmed(AnswerFact):
    """A focal point agreed with what somebody else had answered for the organisation."""


@dataclass(frozen=True, slots=True)
class ContactChosen(AnswerFact):
    """Somebody in particular is to answer for an organisation; links given before stop working."""


@dataclass(frozen=True, slots=True)
class LetterSent(AnswerFact):
    """A letter with the personal link went into the outbox."""

    kind: str


@dataclass(frozen=True, slots=True)
class AnswersImported(CallFact):
    """A spreadsheet brought answers."""

    answers: int
