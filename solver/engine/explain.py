"""Everything that can be said of one workshop in one schedule: `Explainer`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

from solver.check import check
from solver.comparison import compare
from solver.derived import days_of
from solver.engine.instead import alternatives
from solver.engine.relax import Relaxer, as_spent, held_too, unpaid
from solver.explanation import Explanation, Obstacle, Offer, Relaxation
from solver.objective import objective
from solver.round import Round
from solver.schedule import Schedule
from solver.standing.atoms import Atom
from solver.standing.bits import numbers
from solver.standing.case import Case, Followed
from solver.standing.compose import Composed, Composer
from solver.standing.conflict import Conflict
from solver.standing.obstacles import obstacle
from solver.standing.rest import Rest

if TYPE_CHECKING:
    from solver.engine.offer import Offers


class Explainer:
    """Explains the workshops of one right schedule; what they share is prepared once.

    OR-Tools is loaded by the first `offer`, and by nothing else.
    """

    def __init__(self, round: Round, schedule: Schedule) -> None:
        self.round, self.schedule = round, schedule
        self.rest = Rest(round, schedule)
        self.rest.wind_clocks()

    def explain(self, workshop: str, *, seconds: float = 5.0) -> Explanation:
        """All of it; `seconds` limit the search for an offer.

        Raises:
            KeyError: the round has no such workshop.
        """
        until = monotonic() + seconds
        case = Case(self.rest, workshop)
        if case.session is not None:
            return Explanation(workshop, True, False, alternatives=alternatives(case))
        alone, obstacles = self.obstacles(workshop)
        if alone:  # no offer is possible: the time is for relaxations
            left = max(0.5, until - monotonic())
            found = self.relaxations(workshop, alone=True, seconds=left)
            return Explanation(workshop, False, True, obstacles, None, found)
        relaxations = self.relaxations(workshop, alone=False) if obstacles else ()
        offer = self.offer(workshop, obstacles, max(0.5, until - monotonic()))
        return Explanation(workshop, False, False, obstacles, offer, relaxations)

    # -- why not ------------------------------------------------------------

    def obstacles(self, workshop: str) -> tuple[bool, tuple[Obstacle, ...]]:
        """A smallest set of facts that forbid a workshop, and whether they do so whatever else is planned.

        Empty where it could be held as the rest stands.
        """
        alone, conflict, atoms = self.conflict(workshop)
        return alone, tuple(obstacle(conflict.case, atom) for atom in atoms)

    def conflict(self, workshop: str) -> tuple[bool, Conflict, tuple[Atom, ...]]:
        """As `obstacles`, the facts as atoms, with the search that found them."""
        alone = Case(self._nothing, workshop, followed=self._followed(workshop), wide=True)
        conflict = Conflict(alone, Composer(alone))
        atoms = conflict.smallest()
        if atoms is not None:
            return True, conflict, atoms
        case = Case(self.rest, workshop, wide=True)
        conflict = Conflict(case, Composer(case))
        return False, conflict, conflict.smallest() or ()

    @cached_property
    def _nothing(self) -> Rest:
        """The rest when nothing else is held."""
        return Rest(self.round, Schedule(self.round.id, ()), self.rest.calendar)

    def _followed(self, workshop: str) -> Followed | None:
        """What the workshop followed could be in some schedule, at the most."""
        follows = self.round.workshops[workshop].follows
        if follows is None:
            return None
        parent = Case(self._nothing, follows.workshop, followed=self._followed(follows.workshop))
        last: list[int] = []
        for site in parent.sites:
            starts = parent.open(site)
            if starts:
                for start in (starts.bit_length() - 1, (starts & -starts).bit_length() - 1):
                    ends = days_of(parent.workshop, site.start(start)).last
                    last.append(self.rest.calendar.day(ends))
        if not last:
            return Followed(frozenset(), 1, 0)
        return Followed(frozenset(parent.seats), min(last), max(last))

    # -- what it would take -------------------------------------------------

    def relaxations(self, workshop: str, *, alone: bool, seconds: float = 1.5) -> tuple[Relaxation, ...]:
        """The cheapest changes of the round that let a workshop in, best first.

        They let it in while the rest stands; only where no schedule at all could hold it and none of them
        does, they are those that would let it in alone, with `seconds` to plan what else gives way.
        """
        case = Case(self.rest, workshop, wide=True)
        found = Relaxer(self.rest, self.schedule, case).found()
        return found if found or not alone else tuple(self._planned(workshop, seconds))

    def _planned(self, workshop: str, seconds: float) -> Iterator[Relaxation]:
        """Changes that let it in alone, where sessions that are in its way give way."""
        from solver.engine.arrays import Arrays
        from solver.engine.offer import Offers

        until = monotonic() + seconds
        case = Case(self._nothing, workshop, followed=self._followed(workshop), wide=True)
        changes = Relaxer(self._nothing, Schedule(self.round.id, ()), case).found(alone=True)
        planned: list[Relaxation] = []
        for n, change in enumerate(changes):
            left = (until - monotonic()) / (len(changes) - n)
            if left <= 0:
                break
            # Money is lifted first, and counted when it is known how much is spent.
            round = unpaid(change.round, workshop) if change.kind == "money" else change.round
            rest = Rest(round, self.schedule, self.rest.calendar)
            offer = Offers(Arrays(round), self.schedule).best(Case(rest, workshop), (), left, rings=2)
            if offer is None:
                continue
            if change.kind == "money":
                change = as_spent(change, self.round, offer.schedule)
            if not check(change.round, offer.schedule):
                planned.append(
                    replace(
                        change,
                        session=offer.session,
                        difference=offer.difference,
                        schedule=offer.schedule,
                        comparison=offer.comparison,
                    )
                )
        yield from sorted(planned, key=lambda each: -each.difference)

    def offer(self, workshop: str, obstacles: tuple[Obstacle, ...], seconds: float) -> Offer | None:
        """The best schedule found in which a workshop is held; `obstacles` as found for it."""
        case = Case(self.rest, workshop)
        beside = None if obstacles else self._beside(case)
        named = dict.fromkeys(each for fact in obstacles for each in fact.workshops)
        found = self._offers.best(case, tuple(named), seconds)
        offers = [each for each in (beside, found) if each is not None]
        return max(offers, key=lambda each: each.difference, default=None)

    @cached_property
    def _offers(self) -> Offers:
        from solver.engine.arrays import Arrays  # OR-Tools and numpy are loaded here, not before
        from solver.engine.offer import Offers as Prepared

        return Prepared(Arrays(self.round), self.schedule)

    def _beside(self, case: Case) -> Offer | None:
        """The best session beside all others."""
        composer, best = Composer(case), None
        for site in case.sites:
            for start in numbers(case.open(site)):
                found: Composed | None = composer.best(site, start)
                if found is not None and (best is None or found.worth > best.worth):
                    best = found
        if best is None:
            return None
        schedule = held_too(self.round, self.schedule, best.session)
        if check(self.round, schedule):
            return None
        difference = schedule.objective - objective(self.round, self.schedule)
        comparison = compare(self.round, self.schedule, schedule)
        return Offer(best.session, difference, schedule, comparison, (case.id,), False)
