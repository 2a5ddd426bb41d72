"""`one_place_at_a_time` as rows of the strong model, added for pairs of workshops that break it.

For two workshops a, b and everybody whose days in their options are the same (same travel, same clock), a
literal m says that somebody of them is in both:

    a_p + b_p <= 1 + m                                   for each such person p
    sum_{o of a on day d} x_ao + sum_{o of b on day d} x_bo + m <= 2     for each day d

and likewise for each half hour where both are online. Measured: on the linear relaxation these rows add
nothing, so that leaving them out until they are broken costs nothing but a second solve.
"""

from __future__ import annotations

import numpy as np

from solver.engine.arrays import Bools, Ints
from solver.engine.board import Board, Placement
from solver.engine.strong_model import StrongModel
from solver.engine.strong_variables import Part


def clashing_pairs(board: Board, placements: list[Placement]) -> list[tuple[int, int]]:
    """Pairs of workshops among the placements that want somebody in two places at a time."""
    stays: dict[int, list[tuple[int, int, tuple[int, int] | None, int]]] = {}
    for placement in placements:
        options, o = board.sets[placement.w], placement.option
        call = None
        if options.online:
            call = (int(options.start[o]), int(options.start[o]) + options.slots)
        for part, rows in ((options.team, placement.team), (options.seats, placement.seats)):
            for row in rows:
                stay = (int(part.first[row, o]), int(part.last[row, o]), call, placement.w)
                stays.setdefault(int(part.people[row]), []).append(stay)
    pairs: set[tuple[int, int]] = set()
    for mine in stays.values():
        for i, (first, last, call, w) in enumerate(mine):
            for other_first, other_last, other_call, other in mine[:i]:
                if call is not None and other_call is not None:
                    clash = call[0] < other_call[1] and other_call[0] < call[1]
                else:
                    clash = first <= other_last and other_first <= last
                if clash:
                    pairs.add((min(w, other), max(w, other)))
    return sorted(pairs)


def separate(strong: StrongModel, a: int, b: int) -> None:
    """Add the rows of one pair of workshops to a strong model."""
    one, two = strong.parts[a], strong.parts[b]
    classes: dict[bytes, list[int]] = {}
    spans: dict[bytes, tuple[Ints, Ints, Ints, Ints]] = {}
    for person in np.intersect1d(_people(one), _people(two)).tolist():
        first_a, last_a = _days(one, person)
        first_b, last_b = _days(two, person)
        key = b"".join(days.tobytes() for days in (first_a, last_a, first_b, last_b))
        classes.setdefault(key, []).append(person)
        spans[key] = (first_a, last_a, first_b, last_b)
    if one.options.online and two.options.online:
        begins = [part.options.start[part.option] for part in (one, two)]
        everybody = [person for people in classes.values() for person in people]
        ends = (begins[0] + one.options.slots - 1, begins[1] + two.options.slots - 1)
        _meet(strong, one, two, everybody, (begins[0], ends[0], begins[1], ends[1]))
        return
    for key, people in classes.items():
        _meet(strong, one, two, people, spans[key])


def _people(part: Part) -> Ints:
    return np.concatenate([part.team.person, part.seats.person])


def _days(part: Part, person: int) -> tuple[Ints, Ints]:
    """The days that each option takes of a person."""
    for role in (part.team, part.seats):
        mine = role.row[role.person == person]
        if mine.size:
            return role.part.first[mine[0], part.option], role.part.last[mine[0], part.option]
    raise KeyError(person)


def _meet(
    strong: StrongModel, one: Part, two: Part, people: list[int], spans: tuple[Ints, Ints, Ints, Ints]
) -> None:
    first_a, last_a, first_b, last_b = spans
    moments = [
        (on_a, on_b)
        for moment in np.unique(np.concatenate([first_a, first_b]))
        if (on_a := (first_a <= moment) & (moment <= last_a)).any()
        and (on_b := (first_b <= moment) & (moment <= last_b)).any()
    ]
    if not moments:
        return
    model = strong.model
    both = int(model.variables(1)[0])
    for person in people:
        mine = [
            column
            for part in (one, two)
            for role in (part.team, part.seats)
            for column in role.column[role.person == person].tolist()
        ]
        model.at_most([*mine, both], [*np.ones(len(mine)), -1.0], 1.0)
    for on_a, on_b in moments:
        _row(strong, one, on_a, two, on_b, both)


def _row(strong: StrongModel, one: Part, on_a: Bools, two: Part, on_b: Bools, both: int) -> None:
    columns = [*one.x[on_a], *two.x[on_b], both]
    strong.model.at_most(columns, 1.0, 2.0)
