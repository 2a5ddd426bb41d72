"""What happens in the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class OrganisationAdded(Fact):
    subject: ClassVar[str] = "organisation"


@dataclass(frozen=True, slots=True)
class OrganisationChanged(Fact):
    subject: ClassVar[str] = "organisation"


@dataclass(frozen=True, slots=True)
class PersonAdded(Fact):
    subject: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True)
class PersonChanged(Fact):
    subject: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True)
class GenderSaid(Fact):
    """Somebody said as whom a person is to be counted, or took it back; what stays out of the trail."""

    subject: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True)
class PlaceAdded(Fact):
    subject: ClassVar[str] = "place"


@dataclass(frozen=True, slots=True)
class PlaceChanged(Fact):
    subject: ClassVar[str] = "place"


@dataclass(frozen=True, slots=True)
class VenueAdded(Fact):
    subject: ClassVar[str] = "venue"


@dataclass(frozen=True, slots=True)
class VenueChanged(Fact):
    subject: ClassVar[str] = "venue"


@dataclass(frozen=True, slots=True)
class VenueClosed(Fact):
    """Days were added on which the venue cannot be used."""

    subject: ClassVar[str] = "venue"


@dataclass(frozen=True, slots=True)
class VenueReopened(Fact):
    """Such days were taken away."""

    subject: ClassVar[str] = "venue"


@dataclass(frozen=True, slots=True)
class TopicAdded(Fact):
    subject: ClassVar[str] = "topic"


@dataclass(frozen=True, slots=True)
class TopicChanged(Fact):
    subject: ClassVar[str] = "topic"


@dataclass(frozen=True, slots=True)
class GroupAdded(Fact):
    subject: ClassVar[str] = "group"


@dataclass(frozen=True, slots=True)
class GroupChanged(Fact):
    subject: ClassVar[str] = "group"


@dataclass(frozen=True, slots=True)
class PersonJoinedGroup(Fact):
    """A person is in the group now, or has become a co-chair or ceased to be one."""

    subject: ClassVar[str] = "group"

    person_id: int
    as_chair: bool


@dataclass(frozen=True, slots=True)
class PersonLeftGroup(Fact):
    subject: ClassVar[str] = "group"

    person_id: int


@dataclass(frozen=True, slots=True)
class DaysKeptFree(Fact):
    """The network keeps days free, everywhere or in one country; or these have been changed."""

    subject: ClassVar[str] = "closure"


@dataclass(frozen=True, slots=True)
class DaysReleased(Fact):
    subject: ClassVar[str] = "closure"
