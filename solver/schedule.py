"""The schedule: what the planner gives back, as frozen values (`schedule/1`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Role = Literal["lead", "facilitator"]


@dataclass(frozen=True, slots=True)
class TeamMember:
    person: str
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """A workshop that is held: where (`None` online), from when, by whom, for whom.

    `start` is a date in person, an instant in UTC online.
    """

    workshop: str
    venue: str | None
    start: date | datetime
    team: tuple[TeamMember, ...]
    seats: tuple[str, ...]

    @property
    def facilitators(self) -> tuple[str, ...]:
        """Everyone in the team, leads or not, each once."""
        return tuple(dict.fromkeys(member.person for member in self.team))

    @property
    def people(self) -> tuple[str, ...]:
        """Everyone in team or seats, each once."""
        return tuple(dict.fromkeys((*self.facilitators, *self.seats)))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a workshop is not held: facts, and one English sentence for tools.

    `rule` is a rule's name, "not_worth_it" or "not_found".
    """

    rule: str
    people: tuple[str, ...] = ()
    workshops: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unscheduled:
    workshop: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole schedule with what it claims for itself.

    `objective` is in hundredths of a point; `bound` is a proven upper bound on the
    objective of any schedule of the round (`None`: none proven); `cost` is money.
    """

    round: str
    sessions: tuple[Session, ...]
    unscheduled: tuple[Unscheduled, ...] = field(default=())
    objective: int = 0
    bound: int | None = None
    cost: int = 0
