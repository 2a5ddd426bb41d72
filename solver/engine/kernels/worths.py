"""Compiled: what each option, and each candidate in it, could bring at most at prices.

`oracle` finds the best session of each workshop; here every candidate in turn is one that must be in it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from solver.engine.arrays import Floats
from solver.engine.field import Field
from solver.engine.kernels.oracle import (
    CLASSES,
    NOTHING,
    Rates,
    Tops,
    _best_seats,
    _best_team,
    _must_speak,
    _seat_worths,
    _speaking_worth,
    _team_worths,
)
from solver.engine.kernels.teams import TABLE

MUST = 1e9  # hundredths of a point: what makes the best of all include somebody


@njit(cache=True)
def all_worths(field: Field, rates: Rates, option: Floats, team: Floats, seat: Floats) -> None:
    """What the best session is worth in each option, into [O]; with each candidate in the team, or with a
    seat, into [like field.ok]. NOTHING where there is none."""
    teams, seats, places = 1, 1, 1
    for here in field.workshops:
        teams, seats = max(teams, here.team_max), max(seats, here.seats_max)
        places = max(places, here.teams, here.seats)
    top, sums = np.empty((CLASSES, teams)), np.empty((CLASSES, teams + 1))
    sizes, found = np.zeros(CLASSES, np.int64), np.zeros(CLASSES, np.int64)
    tops, table = Tops(np.empty(seats), np.empty(seats), np.empty(seats)), np.empty(TABLE)
    member, guest = np.empty(places), np.empty(places)
    for w in range(len(field.workshops)):
        here = field.workshops[w]
        must_speak = _must_speak(here)
        for o in range(here.option, here.option + here.options):
            room = min(here.seats_max, field.options[o].room)
            _team_worths(field, rates, w, o, member)
            _seat_worths(field, rates, w, o, guest)
            if must_speak:
                of_team = _speaking_worth(field, w, member, table)
            else:
                of_team = _best_team(field, w, member, top, sizes, sums, found)
            of_seats = _best_seats(field, w, room, guest, tops)
            option[o] = rates.session[o] + of_team + of_seats
            if option[o] == NOTHING:
                continue  # `team` and `seat` say so already
            for n in range(here.teams):
                if member[n] > NOTHING:
                    member[n] += MUST
                    if must_speak:
                        value = _speaking_worth(field, w, member, table)
                    else:
                        value = _best_team(field, w, member, top, sizes, sums, found)
                    value -= MUST
                    team[field.options[o].team + n] = rates.session[o] + value + of_seats
                    member[n] -= MUST
            for n in range(here.seats):
                if guest[n] > NOTHING:
                    guest[n] += MUST
                    value = _best_seats(field, w, room, guest, tops) - MUST
                    seat[field.options[o].seat + n] = rates.session[o] + of_team + value
                    guest[n] -= MUST


__all__ = ["all_worths"]
