"""What is proposed: groups of platforms, each with its topic, language, host and team; and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["optimal", "feasible"]


@dataclass(frozen=True, slots=True)
class Proposition:
    """One concrete offer.

    `needs` are the lines that it answers, one for each platform that travels to learn; `givers` the
    platforms, and `facilitators` the people, that teach; `missing` how many of the team are yet to be
    found.
    """

    kind: str
    topic: str
    language: str
    host: str
    needs: tuple[str, ...]
    givers: tuple[str, ...] = ()
    facilitators: tuple[str, ...] = ()
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: a stable code and the figures of it."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Propositions:
    """The chosen set; `reasons[i]` belong to `chosen[i]`, `unserved` says of each need left why.

    `bound`: no set whatever answers more points. `least_cost`: none that answers as much is cheaper than
    this; the set's own `cost` equals it where that is proven too.
    """

    call: str
    chosen: tuple[Proposition, ...]
    reasons: tuple[tuple[Reason, ...], ...]
    unserved: Mapping[str, tuple[Reason, ...]]
    points: int
    bound: int
    cost: int
    least_cost: int

    @property
    def status(self) -> Status:
        """`optimal`: proven that none answers more."""
        return "optimal" if self.points == self.bound else "feasible"
