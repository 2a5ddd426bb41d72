"""The best team for one session: leads, graduates, languages, size (rules 5, 6, 7, 13)."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from solver.engine.arrays import Bools, Floats
from solver.round import TeamSize

NODES = 4_000  # how far the search looks before it takes the best team found


def choose_team(
    worth: Floats, lead: Bools, graduate: Bools, speaks: Bools, size: TeamSize, graduates: int
) -> list[int] | None:
    """Rows of the team with the largest sum of `worth` [N]; `None` if there is none.

    `lead`, `graduate` [N] and `speaks` [N, languages] say what a candidate fulfils; -inf is who cannot.
    Exact by depth-first search in order of worth with the sum of the next best as bound, unless more
    than `NODES` branches are looked at.
    """
    order = np.argsort(-worth, kind="stable")
    order = order[worth[order] > -np.inf]
    languages = speaks.shape[1]
    if languages == 1 and graduates == 0:
        return _plain_team(worth, lead, order, size)
    words = speaks[order] @ (1 << np.arange(languages))
    # Of those who fulfil the same, only the best `size.max` can be wanted.
    kind = (words * 4 + lead[order] * 2 + graduate[order]).tolist()
    kept: list[int] = []
    seen: dict[int, int] = {}
    for i, each in enumerate(kind):
        seen[each] = seen.get(each, 0) + 1
        if seen[each] <= size.max:
            kept.append(i)
    rows = order[kept]
    search = _Search(
        worth[rows].tolist(),
        lead[rows].tolist(),
        graduate[rows].tolist(),
        words[kept].tolist(),
        size,
        graduates,
        (1 << languages) - 1,
    )
    search.extend(0, [], 0.0, 0, 0, 0)
    return None if search.best is None else [int(rows[i]) for i in search.best]


def _plain_team(worth: Floats, lead: Bools, order: np.ndarray, size: TeamSize) -> list[int] | None:
    """Without languages or graduates to mind: the best leads, then the best of the rest."""
    ranked = order.tolist()
    team = [row for row in ranked if lead[row]][: size.leads]
    if len(team) < size.leads:
        return None
    chosen = set(team)
    for row in ranked:
        if len(team) >= size.max or (len(team) >= size.min and worth[row] <= 0):
            break
        if row not in chosen:
            team.append(row)
    return team if len(team) >= size.min else None


class _Search:
    """Depth-first search over candidates in falling order of worth."""

    def __init__(
        self,
        value: list[float],
        lead: list[bool],
        graduate: list[bool],
        words: list[int],
        size: TeamSize,
        graduates: int,
        everybody: int,
    ) -> None:
        self.value, self.lead, self.graduate, self.words = value, lead, graduate, words
        self.size, self.graduates, self.everybody = size, graduates, everybody
        self.total = [0.0, *accumulate(value)]
        self.gain = [0.0, *accumulate(max(v, 0.0) for v in value)]
        self.best: list[int] | None = None
        self.best_worth = float("-inf")
        self.nodes = 0

    def extend(self, at: int, team: list[int], worth: float, leads: int, alumni: int, spoken: int) -> None:
        """Try every completion of `team` by candidates from `at` on."""
        size = self.size
        missing = max(size.leads - leads, self.graduates - alumni, 0)
        if size.min <= len(team) and not missing and spoken == self.everybody and worth > self.best_worth:
            self.best, self.best_worth = list(team), worth
        room = size.max - len(team)
        if room < max(1, missing):
            return
        for i in range(at, len(self.value)):
            if self.nodes >= NODES or self._hopeless(i, len(team), worth, room):
                return
            if room == 1 and not self._completes(i, leads, alumni, spoken):
                continue
            self.nodes += 1
            team.append(i)
            self.extend(
                i + 1,
                team,
                worth + self.value[i],
                leads + self.lead[i],
                alumni + self.graduate[i],
                spoken | self.words[i],
            )
            team.pop()

    def _completes(self, i: int, leads: int, alumni: int, spoken: int) -> bool:
        enough = leads + self.lead[i] >= self.size.leads and alumni + self.graduate[i] >= self.graduates
        return enough and spoken | self.words[i] == self.everybody

    def _hopeless(self, i: int, members: int, worth: float, room: int) -> bool:
        """Whether the best completions from `i` on cannot beat the best team found."""
        need = max(self.size.min - members, 1)
        last = len(self.value)
        sure, room_end = min(i + need, last), min(i + room, last)
        upper = worth + self.total[sure] - self.total[i]
        if room_end > sure:
            upper += self.gain[room_end] - self.gain[sure]
        return upper <= self.best_worth
