"""What it would cost to hold a workshop, and what would give way.

The workshop is demanded, and with it what it follows; the sessions that are most in its way may move, be
staffed anew or be left out, those around them are staffed anew, everything else stands. The strong model
says which schedule of these is best (`staffing`), in rings that widen as long as there is time.

The board is a light one: full sets of options only for what may move, the one option that it has for every
session that stands, none for the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from time import monotonic

from solver.check import NOT_WORTH_IT, check
from solver.comparison import compare
from solver.derived import total_cost
from solver.engine.adopt import adopt
from solver.engine.arrays import Arrays
from solver.engine.board import Board
from solver.engine.mip import Status
from solver.engine.options import demanded, options_of
from solver.engine.staffing import best_sessions
from solver.explanation import Offer
from solver.objective import objective
from solver.round import Pin
from solver.schedule import Reason, Schedule, Session, Unscheduled
from solver.standing.case import Case

RINGS = ((0, 12), (3, 12), (8, 30))  # sessions that may move, and that are staffed anew besides
SHARE = 0.5  # of the time left that a ring may take
NAMED = 1_000.0  # the weight of a session that an obstacle names, against one person shared
GAP = 1e-4


class Offers:
    """Offers for the workshops of one schedule; the numbered round is prepared once."""

    def __init__(self, arrays: Arrays, schedule: Schedule) -> None:
        self.arrays, self.schedule = arrays, schedule
        self.round = arrays.round
        self.before = objective(self.round, schedule)
        self.demanded = demanded(arrays)
        self.pins: dict[str, list[Pin]] = {}
        for pin in self.round.pins:
            self.pins.setdefault(pin.workshop, []).append(pin)

    def best(
        self, case: Case, named: Collection[str], seconds: float, *, rings: int = len(RINGS)
    ) -> Offer | None:
        """The best offer found for a workshop that is not held; `named` are known to be in its way."""
        until = monotonic() + seconds
        forced, best = self._forced(case.id), None
        rivals = self._rivals(case, named, forced)
        for moving, staffed in RINGS[:rings]:
            now = monotonic()
            if now >= until:
                break
            free = [*forced, *rivals[:moving]]
            found = self._planned(
                free, rivals[moving : moving + staffed], forced, now + SHARE * (until - now)
            )
            if found is not None and (best is None or found.difference > best.difference):
                best = found
            if len(rivals) <= moving or (best is not None and best.difference >= 0):
                break  # nothing more could give way, or need to
        return best

    def _forced(self, id: str) -> list[str]:
        """The workshop, and what it follows as far as that is not held, the first first."""
        held = {session.workshop for session in self.schedule.sessions}
        chain = [id]
        while True:
            follows = self.round.workshops[chain[0]].follows
            if follows is None or follows.workshop in held:
                return chain
            chain.insert(0, follows.workshop)

    def _rivals(self, case: Case, named: Collection[str], forced: Sequence[str]) -> list[str]:
        """Sessions that are in the way, the most first: named, or with many of the people it could have."""
        score: Counter[str] = Counter({id: int(NAMED) for id in named})
        for session in self.schedule.sessions:
            team = sum(3 for id in session.facilitators if id in case.team)
            seats = sum(1 for id in session.people if id in case.seats)
            venue = 5 if session.venue in case.workshop.venues else 0
            if team + seats + venue:
                score[session.workshop] += team + seats + venue
        follows = self.round.workshops[forced[0]].follows
        if follows:
            score[follows.workshop] += int(NAMED)
        return [id for id, _ in score.most_common() if id not in forced]

    def _planned(
        self, free: Sequence[str], staffed: Sequence[str], forced: Sequence[str], until: float
    ) -> Offer | None:
        board = self._board(free, forced)
        if board is None:
            return None
        number = self.arrays.workshop_number
        loose = {number[id] for id in free if len(board.sets[number[id]])}
        if not all(number[id] in loose for id in forced):
            return None
        kept = {number[id] for id in staffed} - loose
        for w in [*loose, *kept]:
            kept.update(set(board.with_followers(w)) - loose)
        fixed: dict[int, int] = {}
        for w in loose | kept:
            placement = board.placed[w]
            if placement is not None:
                board.take_out(w)
                if w in kept:
                    fixed[w] = placement.option
        found, status = best_sessions(board, loose, fixed, until, gap=GAP, meanwhile=lambda: False)
        for placement in found:
            board.place(placement)
        return self._offer(board.sessions(), free, forced[-1], status) if found else None

    def _board(self, free: Sequence[str], forced: Sequence[str]) -> Board | None:
        """The schedule on a light board; `None` where it cannot be represented."""
        sessions = {session.workshop: session for session in self.schedule.sessions}
        sets = []
        for w, id in enumerate(self.arrays.workshop_ids):
            pins, session = self.pins.get(id, []), sessions.get(id)
            if id not in free:
                pins = [*pins, *self._standing(id, session)]
            must = w in self.demanded or id in forced
            kept = session.start if session else None
            sets.append(options_of(self.arrays, id, pins, must=must, kept=kept))
        board = Board(self.arrays, sets)
        return board if adopt(board, self.schedule.sessions) else None

    @staticmethod
    def _standing(id: str, session: Session | None) -> Iterator[Pin]:
        if session is None:
            yield Pin(id, held=False)
        else:
            yield Pin(id, venue=session.venue, start=session.start)

    def _offer(
        self, sessions: tuple[Session, ...], free: Sequence[str], asked: str, status: Status
    ) -> Offer | None:
        schedule = self.with_sessions(sessions, asked)
        if check(self.round, schedule):
            return None
        return Offer(
            next(session for session in sessions if session.workshop == asked),
            schedule.objective - self.before,
            schedule,
            compare(self.round, self.schedule, schedule),
            tuple(free),
            status is Status.OPTIMAL,
        )

    def with_sessions(self, sessions: tuple[Session, ...], asked: str) -> Schedule:
        """A schedule of these sessions; who had one and has none gave way to the workshop asked for."""
        held = {session.workshop for session in sessions}
        reasons = {each.workshop: each.reasons for each in self.schedule.unscheduled}
        gave_way = (Reason(NOT_WORTH_IT, workshops=(asked,), text=f"It gave way to {asked}."),)
        left = tuple(
            Unscheduled(id, reasons.get(id, gave_way)) for id in self.round.workshops if id not in held
        )
        found = Schedule(self.round.id, sessions, left)
        return replace(found, objective=objective(self.round, found), cost=total_cost(self.round, found))
