"""What happens to initiatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class InitiativeFact(Fact):
    subject: ClassVar[str] = "initiative"


@dataclass(frozen=True, slots=True)
class InitiativeBegun(InitiativeFact):
    """An organisation set up an initiative."""


@dataclass(frozen=True, slots=True)
class InitiativeChanged(InitiativeFact):
    """What an initiative is, its period or its state was changed."""


@dataclass(frozen=True, slots=True)
class FundPromised(InitiativeFact):
    """A part of a fund was promised to an initiative, another part than before, or none any more."""

    fund_id: int


@dataclass(frozen=True, slots=True)
class InitiativesImported(InitiativeFact):
    """An initiative was begun or changed by a spreadsheet."""
