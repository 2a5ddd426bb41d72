"""The best schedule so far, and the best bound: whatever becomes of the search, these are right."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from solver.constraints import violations
from solver.derived import total_cost
from solver.objective import objective
from solver.round import Round
from solver.schedule import Schedule, Session


@dataclass(slots=True)
class Incumbent:
    """Accepts sessions only if every rule holds and they are better than what it has.

    `bound` is the lowest of the proven upper bounds offered, in hundredths of a point.
    """

    round: Round
    schedule: Schedule | None = None
    bound: int | None = None
    rejected: list[str] = field(default_factory=list)

    def offer(self, sessions: tuple[Session, ...]) -> bool:
        """Whether the sessions are right and better; they are the best so far then."""
        schedule = Schedule(self.round.id, sessions)
        reached = objective(self.round, schedule)
        if self.schedule is not None and reached <= self.schedule.objective:
            return False
        if not self.is_right(schedule):
            return False
        self.schedule = replace(schedule, objective=reached, cost=total_cost(self.round, schedule))
        return True

    def worth(self, sessions: tuple[Session, ...]) -> int | None:
        """The objective of sessions that may be no better; `None` where they break a rule."""
        if self.schedule is not None and sessions == self.schedule.sessions:
            return self.schedule.objective
        schedule = Schedule(self.round.id, sessions)
        return objective(self.round, schedule) if self.is_right(schedule) else None

    def is_right(self, schedule: Schedule) -> bool:
        """Whether every rule holds; the first that does not is noted."""
        broken = next(violations(self.round, schedule), None)
        if broken is not None:
            self.rejected.append(f"{broken.rule} {broken.breach} {broken.workshop}")
        return broken is None

    def limit(self, bound: int) -> bool:
        """Take note of a proven bound; whether it is better than what was known."""
        if self.bound is not None and bound >= self.bound:
            return False
        self.bound = bound
        return True

    @property
    def proven(self) -> bool:
        """Whether no schedule can be better."""
        return self.schedule is not None and self.bound is not None and self.bound <= self.schedule.objective
