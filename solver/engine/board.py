"""What is placed now, and who and what is taken by it.

A `Board` is the working state of construction and improvement: place a session, take one out,
both in time proportional to the people in it. It keeps the objective to the unit (as a float,
exact to 2^53) and trusts its callers with the rules; `solver.check` has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from solver.engine.arrays import Arrays, Ints
from solver.engine.options import NOWHERE, Options
from solver.round import MAY_LEAD
from solver.schedule import Session, TeamMember


@dataclass(frozen=True, slots=True)
class Placement:
    """A workshop held in option `option`; `team` and `seats` are rows of its candidates."""

    w: int
    option: int
    team: tuple[int, ...]
    seats: tuple[int, ...]
    cost: int


class Board:
    """The sessions placed, with what they take.

    Attributes (P people, D days, V venues, T topics, G organisations):
        in_block, calls_on: [P, D] blocks and online sessions of a person on a day
        calls: per person, the (first, end) slots of its online sessions
        venue_taken: [V, D]
        facilitates, days_away, seated: [P] how much of the person's load is used
        topic_seat: [P, T]; reached: [G, T] seats of an organisation in a topic
        spent: [funds]
    """

    def __init__(self, arrays: Arrays, sets: list[Options]) -> None:
        self.arrays, self.sets = arrays, sets
        people, days = len(arrays.person_ids), arrays.days
        self.placed: list[Placement | None] = [None] * len(sets)
        self.in_block = np.zeros((people, days), dtype=np.int8)
        self.calls_on = np.zeros((people, days), dtype=np.int8)
        self.calls: dict[int, list[tuple[int, int]]] = {}
        self.venue_taken = np.zeros((len(arrays.venue_ids), days), dtype=np.bool_)
        self.facilitates = np.zeros(people, dtype=np.int64)
        self.days_away = np.zeros(people, dtype=np.int64)
        self.seated = np.zeros(people, dtype=np.int64)
        self.topic_seat = np.zeros((people, len(arrays.topic_number)), dtype=np.bool_)
        self.reached = np.zeros((len(arrays.organisation_number), len(arrays.topic_number)), dtype=np.int64)
        funds = list(arrays.round.funds.values())
        self.funds_of: list[list[int]] = [[] for _ in sets]
        for f, fund in enumerate(funds):
            for id in fund.workshops:
                self.funds_of[arrays.workshop_number[id]].append(f)
        self.amount = [fund.amount for fund in funds]
        self.spent = [0] * len(funds)
        self.children: list[list[int]] = [[] for _ in sets]
        self.parent = [NOWHERE] * len(sets)
        for options in sets:
            if options.workshop.follows:
                parent = arrays.workshop_number[options.workshop.follows.workshop]
                self.parent[options.w] = parent
                self.children[parent].append(options.w)
        published = arrays.round.published or ()
        self.objective = -100.0 * arrays.weights.cancel * len(published)

    def depth(self, w: int) -> int:
        """How many workshops `w` follows, one after the other."""
        return 0 if self.parent[w] == NOWHERE else 1 + self.depth(self.parent[w])

    # -- moves --------------------------------------------------------------

    def place(self, placement: Placement) -> None:
        """Put a session on the board; its workshop must not be on it."""
        self.placed[placement.w] = placement
        self._mark(placement, +1)

    def take_out(self, w: int) -> Placement:
        """Take a session off the board and give it back."""
        placement = self.placed[w]
        assert placement is not None, "only a workshop that is placed can be taken out"  # noqa: S101
        self.placed[w] = None
        self._mark(placement, -1)
        return placement

    def with_followers(self, w: int) -> list[int]:
        """`w` and every placed workshop that follows it, directly or not; followers last."""
        found = [w]
        for each in found:
            found.extend(child for child in self.children[each] if self.placed[child] is not None)
        return found

    def _mark(self, placement: Placement, sign: int) -> None:
        options, o = self.sets[placement.w], placement.option
        weights = self.arrays.weights
        gain = options.held_value + float(options.value[o])
        if options.online:
            call = (int(options.start[o]), int(options.start[o]) + options.slots)
        else:
            self.venue_taken[options.venue[o], options.first[o] : options.last[o] + 1] = sign > 0
        for part, rows in ((options.team, placement.team), (options.seats, placement.seats)):
            column = part.value_column[o]
            for row in rows:
                p, first, last = int(part.people[row]), int(part.first[row, o]), int(part.last[row, o])
                gain += float(part.value[row, column])
                if options.online:
                    self.calls_on[p, first] += sign
                    self._ring(p, call, sign)
                else:
                    self.in_block[p, first : last + 1] += sign
                    if part is options.team and first != options.first[o]:
                        self.days_away[p] += sign * (last - first + 1)
        team, seats = options.team.people[list(placement.team)], options.seats.people[list(placement.seats)]
        if sign < 0:
            self.facilitates[team] -= 1
        gain -= 100.0 * weights.balance * float(self.facilitates[team].sum())
        if sign > 0:
            self.facilitates[team] += 1
        self.seated[seats] += sign
        self.topic_seat[seats, options.topic] = sign > 0
        for group in self.arrays.organisation[seats].tolist():
            self.reached[group, options.topic] += sign
            if self.reached[group, options.topic] == (sign > 0):
                gain += 100.0 * weights.reach
        for f in self.funds_of[placement.w]:
            self.spent[f] += sign * placement.cost
        self.objective += sign * gain

    def _ring(self, p: int, call: tuple[int, int], sign: int) -> None:
        if sign > 0:
            self.calls.setdefault(p, []).append(call)
        else:
            self.calls[p].remove(call)
            if not self.calls[p]:
                del self.calls[p]

    # -- what a workshop may still use --------------------------------------

    def money_left(self, w: int) -> int | None:
        """The most that workshop `w` may cost now: its budget and what its funds have left."""
        limits = [self.amount[f] - self.spent[f] for f in self.funds_of[w]]
        budget = self.sets[w].workshop.budget
        if budget is not None:
            limits.append(budget)
        return min(limits) if limits else None

    def graduates(self, w: int) -> Ints:
        """People seated in the workshop that `w` follows; empty when it follows none."""
        parent = self.parent[w]
        placement = self.placed[parent] if parent != NOWHERE else None
        if placement is None:
            return np.zeros(0, dtype=np.int64)
        return self.sets[parent].seats.people[list(placement.seats)]

    # -- in and out ---------------------------------------------------------

    def sessions(self) -> tuple[Session, ...]:
        """The sessions on the board, in document order."""
        return tuple(self.session(placement) for placement in self.placed if placement)

    def session(self, placement: Placement) -> Session:
        """One placement in the words of the format; as many leads as the workshop asks for."""
        options, arrays = self.sets[placement.w], self.arrays
        o = placement.option
        start: date | datetime
        start = arrays.instant(options.start[o]) if options.online else arrays.date(options.start[o])
        by_level = sorted(placement.team, key=lambda row: -int(options.team.level[row]))
        leads = set(by_level[: options.workshop.team.leads])
        team = tuple(
            TeamMember(
                arrays.person_ids[options.team.people[row]],
                "lead" if row in leads and options.team.level[row] >= MAY_LEAD else "facilitator",
            )
            for row in placement.team
        )
        seats = tuple(arrays.person_ids[options.seats.people[row]] for row in placement.seats)
        venue = None if options.online else arrays.venue_ids[options.venue[o]]
        return Session(arrays.workshop_ids[placement.w], venue, start, team, seats)

    def placements(self) -> list[Placement | None]:
        """A copy of what is placed, to come back to with `restore`."""
        return list(self.placed)

    def restore(self, placements: list[Placement | None]) -> None:
        """Make the board what it was when `placements` was copied."""
        changed = [w for w, now in enumerate(self.placed) if now is not placements[w]]
        for w in changed:
            if self.placed[w] is not None:
                self.take_out(w)
        for w in changed:
            before = placements[w]
            if before is not None:
                self.place(before)
