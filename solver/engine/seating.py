"""The best seats for one session: number and mix (rules 8, 9), with the bonus for reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.engine.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Seating:
    """How many seats, how many of one organisation, and of how many organisations at least."""

    least: int
    most: int
    per_organisation: int
    organisations: int


def choose_seats(worth: Floats, reach: Floats, groups: Ints, seating: Seating) -> list[int] | None:
    """Rows of the seats with the largest sum of `worth` [N] and `reach` [N]; `None` if there are none.

    `groups` [N] is the organisation, `reach` the bonus for its first seat, equal within one organisation;
    -inf is who cannot be seated. Within an organisation the better come first, so that the bonus belongs
    to its best candidate and the choice is a greedy one over a partition matroid, which is exact (Edmonds
    1971); then organisations are exchanged in until there are enough of them.
    """
    order = np.argsort(-worth, kind="stable")
    order = order[worth[order] > -np.inf]
    taken: dict[int, int] = {}
    ranked: list[tuple[float, int, int, bool]] = []  # worth with bonus, row, organisation, first of it
    for row in order.tolist():
        group = int(groups[row])
        rank = taken.get(group, 0)
        if rank < seating.per_organisation:
            taken[group] = rank + 1
            ranked.append((float(worth[row] + (reach[row] if rank == 0 else 0.0)), row, group, rank == 0))
    ranked.sort(key=lambda entry: -entry[0])
    chosen: list[tuple[float, int, int, bool]] = []
    firsts = [entry for entry in ranked if entry[3]][: seating.organisations]
    if len(firsts) < seating.organisations:
        return None
    # Greedy without regard to the number of organisations; exact where it has enough of them.
    for entry in ranked:
        if len(chosen) >= seating.most or (len(chosen) >= seating.least and entry[0] <= 0):
            break
        chosen.append(entry)
    if sum(entry[3] for entry in chosen) < seating.organisations:
        chosen = list(firsts)
        present = {entry[2] for entry in firsts}
        rest = [entry for entry in ranked if not (entry[3] and entry[2] in present)]
        for entry in rest:
            if len(chosen) >= seating.most or (len(chosen) >= seating.least and entry[0] <= 0):
                break
            chosen.append(entry)
    if not seating.least <= len(chosen) <= seating.most:
        return None
    return [entry[1] for entry in chosen]
