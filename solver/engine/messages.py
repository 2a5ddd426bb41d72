"""What the workers of a planning run tell its coordinator, and are told; plain values that pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.round import Pin, Round
from solver.schedule import Reason, Session

if TYPE_CHECKING:
    from solver.engine.prices import Prices


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is to do.

    `deadline` is on the machine's monotonic clock; `prove` says whether to bound and `improve`
    whether to look for schedules. `begin_with` are sessions to begin from, right or not. `steps`
    is how many turns the search takes at most, so that what it finds does not hang on the clock
    (`None`: as many as the time allows). `region` is (k, n): as long as it hears of others, the worker looks
    mostly at the k-th of n parts of the round. `accompanied`: another worker of this run bounds it and
    compiles the kernels where nobody has yet.
    """

    round: Round
    seed: int
    began: float
    deadline: float
    improve: bool
    prove: bool
    begin_with: tuple[Session, ...] = ()
    steps: int | None = None
    region: tuple[int, int] = (0, 1)
    accompanied: bool = False


# -- from a worker ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Phase:
    """What the worker turns to now, in plain words."""

    words: str


@dataclass(frozen=True, slots=True)
class Found:
    """A schedule, by its own reckoning better than all this worker has met."""

    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Bounded:
    """No schedule has a higher objective than this."""

    bound: int


@dataclass(frozen=True, slots=True)
class Priced:
    """What people's time is worth to others; passed on to the other workers."""

    prices: Prices


@dataclass(frozen=True, slots=True)
class Clashing:
    """No schedule satisfies these pins."""

    pins: tuple[Pin, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """Why workshops are not held, by id."""

    reasons: Mapping[str, tuple[Reason, ...]]


@dataclass(frozen=True, slots=True)
class Finished:
    """The worker has nothing left to do."""


# -- to a worker ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Adopt:
    """Another worker's schedule, right and worth `objective`: better than yours, or better somewhere."""

    sessions: tuple[Session, ...]
    objective: int


@dataclass(frozen=True, slots=True)
class Explain:
    """Stop, and explain what these sessions leave out, within some seconds."""

    sessions: tuple[Session, ...]
    seconds: float


FromWorker = Phase | Found | Bounded | Priced | Clashing | Explained | Finished
ToWorker = Adopt | Priced | Explain
