"""What happens to calendars. No fact holds an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class FeedOpened(Fact):
    """Somebody got an address to subscribe to."""

    subject: ClassVar[str] = "feed"

    kind: str


@dataclass(frozen=True, slots=True)
class FeedChanged(Fact):
    """Somebody chose anew what a feed is called, says and in which language; its address stays."""

    subject: ClassVar[str] = "feed"


@dataclass(frozen=True, slots=True)
class FeedRenewed(Fact):
    """A feed got a new address; the old one is gone."""

    subject: ClassVar[str] = "feed"


@dataclass(frozen=True, slots=True)
class FeedClosed(Fact):
    """A feed was given up; its address is gone."""

    subject: ClassVar[str] = "feed"


@dataclass(frozen=True, slots=True)
class ToldHowToJoin(Fact):
    """Somebody said where a session online takes place; the address itself is kept out of the trail."""

    subject: ClassVar[str] = "session"


@dataclass(frozen=True, slots=True)
class InvitationsAskedForAgain(Fact):
    """Somebody had the letters of a version written that could not be written before."""

    subject: ClassVar[str] = "version"


@dataclass(frozen=True, slots=True)
class InvitationsQueued(Fact):
    """What a publication made due was put into the outbox; `subject_id` is the version's."""

    subject: ClassVar[str] = "version"

    requests: int
    cancellations: int


@dataclass(frozen=True, slots=True)
class LettersHeld(Fact):
    """Somebody kept the letters of a version from going out; `subject_id` is the version's."""

    subject: ClassVar[str] = "version"


@dataclass(frozen=True, slots=True)
class LettersLetGo(Fact):
    """Somebody let the letters of a version go at once."""

    subject: ClassVar[str] = "version"


@dataclass(frozen=True, slots=True)
class InvitationWrittenAgain(Fact):
    """Somebody had an invitation sent once more; `subject_id` is the session's."""

    subject: ClassVar[str] = "session"

    person_id: int
