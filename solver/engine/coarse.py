"""The round with the calendar left out: one option per workshop and place, in which everybody can be who
can be in any option there.

A relaxation of the strong model, small enough for an interior-point method up to hundreds of workshops,
and above all a source of good prices for the Lagrangian bound, which has the calendar.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.engine.arrays import Arrays, Floats, Ints
from solver.engine.board import Board
from solver.engine.candidates import Candidates
from solver.engine.options import Options
from solver.engine.prices import Prices
from solver.engine.strong_model import StrongModel
from solver.engine.strong_variables import Part


def coarse_options(arrays: Arrays, options: Options) -> Options:
    """One option per place (online: one), each as good as the best of those it stands for."""
    columns = np.unique(options.cost_column)
    venues = np.array([v.seats for v in arrays.round.venues.values()], dtype=np.int64)
    chosen: list[int] = []
    for k in columns:
        here = np.flatnonzero(options.cost_column == k)
        chosen.append(int(here[0] if options.online else here[np.argmax(venues[options.venue[here]])]))
    rows = np.array(chosen, dtype=np.int64)

    def best(values: Floats) -> Floats:
        return np.array([values[options.cost_column == k].max() for k in columns])

    def part(candidates: Candidates) -> Candidates:
        worth = np.where(candidates.ok, candidates.worth(), -np.inf)
        value = np.full((candidates.people.size, columns.size), -np.inf)
        for n, k in enumerate(columns):
            value[:, n] = worth[:, options.cost_column == k].max(axis=1, initial=-np.inf)
        return replace(
            candidates,
            ok=value > -np.inf,
            value=np.where(value > -np.inf, value, 0.0),
            value_column=np.arange(columns.size),
            first=candidates.first[:, rows],
            last=candidates.last[:, rows],
        )

    return replace(
        options,
        venue=options.venue[rows],
        start=options.start[rows],
        first=options.first[rows],
        last=options.last[rows],
        value=best(options.value),
        cost=-best(-options.cost.astype(float)).astype(np.int64),
        cost_column=options.cost_column[rows],
        team=part(options.team),
        seats=part(options.seats),
    )


class CoarseModel(StrongModel):
    """The strong model on coarse options: no dates, no venue days."""

    def venue(self) -> None:
        """Left out: an option stands for many days."""

    def follow_dates(self, part: Part, parent: Part, min_days: int, max_days: int) -> None:
        """Only: held if the other is."""
        del min_days, max_days
        columns = [*part.x, *parent.x]
        row = self.model.at_most(columns, [*np.ones(part.x.size), *-np.ones(parent.x.size)], 0.0)
        self.named["held", part.options.w, 0] = row


def coarse_model(board: Board) -> CoarseModel:
    """The coarse model of the whole round of a board."""
    sets = [coarse_options(board.arrays, options) if len(options) else options for options in board.sets]
    return CoarseModel(Board(board.arrays, sets), range(len(sets)))


def prices_from(model: StrongModel, duals: Floats, arrays: Arrays, sets: list[Options]) -> Prices:
    """The duals of the named rows as prices."""
    prices = Prices.none(arrays, sets)
    rows_of: dict[int, dict[int, int]] = {}
    for (rule, who, what), row in model.named.items():
        y = float(duals[row])
        match rule:
            case "balance":  # an equality: what a session facilitated costs its facilitator
                prices.facilitate[who] += y
            case "load":
                prices.facilitate[who] += y
            case "seats":
                prices.seat[who] = max(0.0, y)
            case "topic":
                prices.topic[who, what] = max(0.0, y)
            case "reach":
                prices.reach[who, what] = max(0.0, y)
            case "held":
                prices.held[who] = max(0.0, y)
            case "fund":
                prices.fund[who] = max(0.0, y)
            case "budget":
                prices.budget[who] = max(0.0, y)
            case "graduate":
                if who not in rows_of:
                    rows_of[who] = _row_of(sets[who].team.people)
                prices.graduate[who][rows_of[who][what]] = max(0.0, y)
    np.maximum(prices.facilitate, 0.0, out=prices.facilitate)
    return prices


def _row_of(people: Ints) -> dict[int, int]:
    return {int(p): row for row, p in enumerate(people.tolist())}
