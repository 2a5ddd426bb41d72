"""Prices of what workshops compete for: the multipliers of the rules between them.

All are at least 0, in hundredths of a point per unit. With the rules between workshops relaxed at these
prices, every workshop can be looked at alone (`bound`); with them subtracted, a greedy insertion leaves
people to those who need them more (`construct`, `improve`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from solver.engine.arrays import Arrays, Floats
from solver.engine.options import Options


@dataclass(frozen=True, slots=True)
class Prices:
    """P people, T topics, G organisations, W workshops, F funds.

    facilitate: [P] of one session facilitated (`load`, with `balance`)
    seat: [P] of one seat (`load`); topic: [P, T] of one seat in a topic (`seating`)
    reach: [G, T] what a seat of an organisation in a topic earns from the bonus for reach
    graduate: [W] arrays [team candidates], for facilitating as a graduate; earned by the seat it needs
    held: [W] what a follower pays to the workshop it follows
    fund: [F] and budget: [W] of one unit of money
    away: [P] of one day away from home for a session facilitated (`load`)
    """

    facilitate: Floats
    seat: Floats
    topic: Floats
    reach: Floats
    graduate: tuple[Floats, ...]
    held: Floats
    fund: Floats
    budget: Floats
    away: Floats

    @staticmethod
    def none(arrays: Arrays, sets: list[Options]) -> Prices:
        people, topics = len(arrays.person_ids), len(arrays.topic_number)
        return Prices(
            np.zeros(people),
            np.zeros(people),
            np.zeros((people, topics)),
            np.zeros((len(arrays.organisation_number), topics)),
            tuple(np.zeros(options.team.people.size) for options in sets),
            np.zeros(len(sets)),
            np.zeros(len(arrays.round.funds)),
            np.zeros(len(sets)),
            np.zeros(people),
        )

    def scaled(self, factor: float) -> Prices | None:
        """The prices of people's time times a factor; `None` for 0."""
        if not factor:
            return None
        return replace(
            self,
            facilitate=self.facilitate * factor,
            seat=self.seat * factor,
            topic=self.topic * factor,
        )

    def suits(self, arrays: Arrays) -> bool:
        """Whether these are prices of such people and topics; they may come from another machine."""
        people, topics = len(arrays.person_ids), len(arrays.topic_number)
        shapes = self.facilitate.shape, self.seat.shape, self.topic.shape
        return shapes == ((people,), (people,), (people, topics))

    def of_team(self, options: Options) -> Floats:
        """Of each team candidate's time, [N]."""
        found: Floats = self.facilitate[options.team.people]
        return found

    def of_seats(self, options: Options) -> Floats:
        """Of each seat candidate's seat, [N]."""
        people = options.seats.people
        found: Floats = self.seat[people] + self.topic[people, options.topic]
        return found
