"""The best team and the best seats of one start (rules 5 to 9 and 13), in plain Python.

What `engine.teaming` and `engine.seating` do over arrays; the planning room needs them without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import NamedTuple

BRANCHES = 2_000  # of the search for a team, before dynamic programming takes over


class Member(NamedTuple):
    """Somebody who can be in the team at the start in question; `words` are working languages, as bits."""

    id: str
    value: int
    lead: bool
    graduate: bool
    words: int


class Guest(NamedTuple):
    """Somebody who can be seated at the start in question."""

    id: str
    value: int
    organisation: str


@dataclass(frozen=True, slots=True)
class TeamNeeds:
    """Between `least` and `most` members, `leads` who may lead, `graduates`, all `words`, `named` in."""

    least: int
    most: int
    leads: int
    graduates: int
    words: int
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SeatNeeds:
    """Between `least` and `most` seats, at most `each` of an organisation, `organisations` at least."""

    least: int
    most: int
    each: int
    organisations: int


def best_team(members: Collection[Member], needs: TeamNeeds) -> list[Member] | None:
    """The team with the largest sum of values; `None` if there is none.

    Those who are named come first; of the others who fulfil the same only the best `most` can be wanted.
    Depth first in falling order of value, with the sum of the next best as bound; where that takes too
    many branches, by dynamic programming over what a team fulfils. Exact both ways.
    """
    named = [m for m in members if m.id in needs.named]
    if len(named) < len(needs.named) or len(named) > needs.most:
        return None
    ranked = sorted((m for m in members if m.id not in needs.named), key=lambda m: -m.value)
    seen: dict[tuple[bool, bool, int], int] = {}
    kept: list[Member] = []
    for m in ranked:
        kind = (m.lead, m.graduate and needs.graduates > 0, m.words if needs.words & (needs.words - 1) else 0)
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= needs.most:
            kept.append(m)
    search = _TeamSearch(kept, needs)
    search.begin(named)
    return _by_states(named, kept, needs) if search.branches > BRANCHES else search.best


def _by_states(named: list[Member], members: Sequence[Member], needs: TeamNeeds) -> list[Member] | None:
    """The best team by (size, leads, graduates, words), as far as they are needed."""

    def joined(state: tuple[int, int, int, int], m: Member) -> tuple[int, int, int, int]:
        size, leads, graduates, words = state
        return (
            size + 1,
            min(needs.leads, leads + m.lead),
            min(needs.graduates, graduates + m.graduate),
            words | (m.words & needs.words),
        )

    first = (0, 0, 0, 0)
    for m in named:
        first = joined(first, m)
    best: dict[tuple[int, int, int, int], tuple[int, tuple[Member, ...]]] = {first: (0, tuple(named))}
    for m in members:
        for state, (worth, team) in list(best.items()):
            if state[0] < needs.most:
                after = joined(state, m)
                if after not in best or best[after][0] < worth + m.value:
                    best[after] = worth + m.value, (*team, m)
    right = [
        found
        for (size, leads, graduates, words), found in best.items()
        if size >= needs.least
        and leads == needs.leads
        and graduates == needs.graduates
        and words == needs.words
    ]
    return list(max(right, key=lambda found: found[0])[1]) if right else None


class _TeamSearch:
    def __init__(self, members: Sequence[Member], needs: TeamNeeds) -> None:
        self.members, self.needs = members, needs
        self.best: list[Member] | None = None
        self.worth = 0
        self.branches = 0
        self._sums = [0, *accumulate(m.value for m in members)]  # of the first so many; they fall in value
        self._gain = sum(m.value > 0 for m in members)

    def begin(self, team: list[Member]) -> None:
        """Try every completion of a team."""
        words = reduce(or_, (m.words for m in team), 0)
        worth, leads = sum(m.value for m in team), sum(m.lead for m in team)
        self.extend(0, team, worth, words, leads, sum(m.graduate for m in team))

    def extend(self, at: int, team: list[Member], worth: int, words: int, leads: int, graduates: int) -> None:
        """Try every completion of a team by members from `at` on; the rest is what the team has by now."""
        needs = self.needs
        missing = max(needs.leads - leads, needs.graduates - graduates, 0)
        unspoken = needs.words & ~words
        complete = len(team) >= needs.least and not missing and not unspoken
        if complete and (self.best is None or worth > self.worth):
            self.best, self.worth = list(team), worth
        room = needs.most - len(team)
        if room < max(1, missing):
            return
        for i in range(at, len(self.members)):
            m = self.members[i]
            if complete and m.value <= 0:
                return  # nothing is missing, and nobody left is worth it
            if self.best is not None and self._reach(i, len(team), worth, room) <= self.worth:
                return
            if room == 1 and not (
                leads + m.lead >= needs.leads
                and graduates + m.graduate >= needs.graduates
                and not unspoken & ~m.words
            ):
                continue
            self.branches += 1
            if self.branches > BRANCHES:
                return
            self.extend(
                i + 1,
                [*team, m],
                worth + m.value,
                words | m.words,
                leads + m.lead,
                graduates + m.graduate,
            )

    def _reach(self, i: int, size: int, worth: int, room: int) -> int:
        """The most that members from `i` on can make of a team of this size and worth."""
        sure = max(self.needs.least - size, 1)
        end = min(i + room, len(self.members), max(i + sure, self._gain))
        return worth + self._sums[end] - self._sums[i]


def best_seats(
    guests: Collection[Guest], needs: SeatNeeds, *, reach: dict[str, int], named: Collection[str] = ()
) -> list[Guest] | None:
    """The seats with the largest sum of values and of `reach` (once per organisation), if there are any.

    For a number n of seats, what is allowed is independent in a matroid, the union of one seat per
    organisation and of n - `organisations` more ones: so the greedy choice is exact (Edmonds 1971), over the
    numbers from `least` to `most`. The bonus belongs to the best of an organisation, who comes first anyway.
    """
    wanted = set(named)
    chosen = [g for g in guests if g.id in wanted]
    search = _SeatSearch(chosen, needs)
    if len(chosen) < len(wanted) or len(chosen) > needs.most or search.crowded:
        return None
    search.rank((g for g in guests if g.id not in wanted), reach)
    plain = search.greedy(needs.least, needs.most, len(guests))
    if plain is not None:
        return plain[1]
    least = max(needs.least, needs.organisations, len(chosen))
    exact = (search.greedy(n, n, n - needs.organisations) for n in range(least, needs.most + 1))
    return max((found for found in exact if found), key=lambda found: found[0], default=(0, None))[1]


class _SeatSearch:
    def __init__(self, chosen: list[Guest], needs: SeatNeeds) -> None:
        self.chosen, self.needs = chosen, needs
        self.counts: dict[str, int] = {}
        for g in chosen:
            self.counts[g.organisation] = self.counts.get(g.organisation, 0) + 1
        self.crowded = any(count > needs.each for count in self.counts.values())
        self.ranked: list[tuple[int, Guest]] = []

    def rank(self, guests: Iterable[Guest], reach: dict[str, int]) -> None:
        """Sort guests by what they bring, the first of each organisation with its bonus."""
        met = set(self.counts)
        for g in sorted(guests, key=lambda g: -g.value):
            bonus = 0 if g.organisation in met else reach.get(g.organisation, 0)
            met.add(g.organisation)
            self.ranked.append((g.value + bonus, g))
        self.ranked.sort(key=lambda each: -each[0])

    def greedy(self, least: int, most: int, excess: int) -> tuple[int, list[Guest]] | None:
        """The best seats of which at most `excess` are not the first of their organisation."""
        seats, counts, worth = list(self.chosen), dict(self.counts), 0
        over = len(seats) - len(counts)
        if over > excess:
            return None
        for value, g in self.ranked:
            if len(seats) >= most or (len(seats) >= least and value <= 0):
                break
            count = counts.get(g.organisation, 0)
            if count >= self.needs.each or (count and over >= excess):
                continue
            over += 1 if count else 0
            counts[g.organisation] = count + 1
            seats.append(g)
            worth += value
        if len(seats) < least or len(counts) < self.needs.organisations:
            return None
        return worth, seats
