"""Whole solutions of a part of a linear model with whole data: by CP-SAT where it is small, else by HiGHS.

Measured on the cores that `choose` makes: up to a thousand columns or two, CP-SAT with one worker and the
linear relaxation takes half the time of HiGHS (with a portfolio of workers it takes ten times as long), and
it computes in whole numbers throughout. Beyond, where money is no object and hosts are as good as one
another, HiGHS ends first.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from ortools.sat.python import cp_model

from solver.engine.arrays import Bools, Floats
from solver.engine.mip import LinearModel, Status

UNLIMITED = 10**15

WHOLE = 1e-5
"""How far from a whole number a bound in floating point may lie and still mean it."""

SMALL = 1_500
"""Columns up to which CP-SAT is asked."""


@dataclass(frozen=True, slots=True)
class Found:
    """Values of all columns with their objective, if any were found, and what none exceeds."""

    values: Floats | None
    objective: int
    bound: int


def solve_whole(linear: LinearModel, used: Bools, *, seconds: float, hint: Floats | None = None) -> Found:
    """The best whole values of the columns `used`; the others are 0."""
    if np.count_nonzero(used) > SMALL:
        return _by_highs(linear, used, seconds)
    return _by_cp_sat(linear, used, seconds, hint)


def _by_highs(linear: LinearModel, used: Bools, seconds: float) -> Found:
    upper = linear.upper
    linear.upper = [np.where(used, np.concatenate(upper), 0.0)]
    try:
        answer = linear.solve(seconds)
    finally:
        linear.upper = upper
    if answer.status is Status.INFEASIBLE:
        return Found(None, -UNLIMITED, -UNLIMITED)
    bound = int(np.floor(answer.bound + WHOLE)) if answer.bound < inf else UNLIMITED
    if answer.values is None:
        return Found(None, -UNLIMITED, bound)
    return Found(np.round(answer.values), round(answer.objective), bound)


def _by_cp_sat(linear: LinearModel, used: Bools, seconds: float, hint: Floats | None) -> Found:
    model = cp_model.CpModel()
    upper = np.where(used, np.concatenate(linear.upper), 0.0).astype(np.int64)
    lower = np.concatenate(linear.lower).astype(np.int64)
    columns = np.flatnonzero(upper > 0).tolist()
    variables = {column: model.new_int_var(lower[column], upper[column], "") for column in columns}
    _state_rows(model, linear, variables)
    value = np.concatenate(linear.value).astype(np.int64)
    model.maximize(_sum(variables, columns, value[columns].tolist()))
    if hint is not None:
        for column in columns:
            model.add_hint(variables[column], round(float(hint[column])))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = max(0.01, seconds)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Found(None, -UNLIMITED, -UNLIMITED)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Found(None, -UNLIMITED, UNLIMITED)
    values = np.zeros(linear.columns)
    values[columns] = [solver.value(variables[column]) for column in columns]
    return Found(values, round(solver.objective_value), round(solver.best_objective_bound))


def _sum(
    variables: dict[int, cp_model.IntVar], columns: list[int], coefficients: list[int]
) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.weighted_sum([variables[column] for column in columns], coefficients)


def _state_rows(model: cp_model.CpModel, linear: LinearModel, variables: dict[int, cp_model.IntVar]) -> None:
    """Every row of what is left of its columns; one of which nothing is left, if it could break."""
    begins = 0
    for row in range(linear.rows):
        ends = begins + linear.length[row]
        entries = zip(linear.entry_column[begins:ends], linear.entry[begins:ends], strict=True)
        left = [(column, int(entry)) for column, entry in entries if column in variables]
        begins = ends
        low = int(linear.low[row]) if linear.low[row] > -inf else -UNLIMITED
        high = int(linear.high[row]) if linear.high[row] < inf else UNLIMITED
        if left or low > 0 or high < 0:
            columns, coefficients = [column for column, _ in left], [entry for _, entry in left]
            model.add_linear_constraint(_sum(variables, columns, coefficients), low, high)
