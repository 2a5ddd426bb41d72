"""What happens to nominations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class CallFact(Fact):
    """Base of what happens around a workshop's nominations; `subject_id` is the workshop's."""

    subject: ClassVar[str] = "workshop"


@dataclass(frozen=True, slots=True)
class NominationsOpened(CallFact):
    """The organisations that a workshop invites are asked to name people."""


@dataclass(frozen=True, slots=True)
class ClosingDateMoved(CallFact):
    """They have until another day now."""


@dataclass(frozen=True, slots=True)
class PeopleNominated(CallFact):
    """An organisation named its people, or changed its list."""

    organisation_id: int


@dataclass(frozen=True, slots=True)
class NobodyNominated(CallFact):
    """An organisation said that it names nobody this time."""

    organisation_id: int


@dataclass(frozen=True, slots=True)
class PeopleInvitedForward(CallFact):
    """An organisation wrote to its people that they may put themselves forward."""

    organisation_id: int


@dataclass(frozen=True, slots=True)
class OrganisationsReminded(CallFact):
    """Organisations that have not answered were reminded."""

    organisation_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NominationFact(Fact):
    """Base of what happens to one nomination; `subject_id` is the nomination's."""

    subject: ClassVar[str] = "nomination"

    workshop_id: int


@dataclass(frozen=True, slots=True)
class PutForward(NominationFact):
    """Somebody put themselves forward."""


@dataclass(frozen=True, slots=True)
class PutForwardAnswered(NominationFact):
    """Their organisation said yes or no."""


@dataclass(frozen=True, slots=True)
class NominationWithdrawn(NominationFact):
    """A nomination was taken back, by the person or by the organisation."""
