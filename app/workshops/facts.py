"""What happens to requests and funds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class RequestFact(Fact):
    subject: ClassVar[str] = "workshop"


@dataclass(frozen=True, slots=True)
class RequestDrafted(RequestFact):
    """An organisation began a request, perhaps as a copy of an earlier one."""

    copied_from: int | None = None


@dataclass(frozen=True, slots=True)
class RequestChanged(RequestFact):
    """One page of a request was filled in or put differently."""

    step: str


@dataclass(frozen=True, slots=True)
class RequestSubmitted(RequestFact):
    """A request was handed in to the secretariat."""


@dataclass(frozen=True, slots=True)
class RequestReturned(RequestFact):
    """The secretariat gave a request back; `word` says what for."""

    word: str


@dataclass(frozen=True, slots=True)
class RequestApproved(RequestFact):
    """The secretariat accepted a request for planning."""


@dataclass(frozen=True, slots=True)
class RequestWithdrawn(RequestFact):
    """A request was taken back, by who asked or by the secretariat."""


@dataclass(frozen=True, slots=True)
class VisibilityChanged(RequestFact):
    """The secretariat decided who may know a workshop by its title and place."""


@dataclass(frozen=True, slots=True)
class WorkshopReported(RequestFact):
    """Who asked said what happened, or said it better."""


@dataclass(frozen=True, slots=True)
class FundFact(Fact):
    subject: ClassVar[str] = "fund"


@dataclass(frozen=True, slots=True)
class FundAdded(FundFact):
    """Money was set aside for workshops."""


@dataclass(frozen=True, slots=True)
class FundChanged(FundFact):
    """The title, owner or amount of a fund was changed."""
