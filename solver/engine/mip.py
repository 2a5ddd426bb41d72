"""Linear and mixed-integer models, solved by HiGHS inside OR-Tools (MathOpt), and bounds proven from duals.

Models here are built block by block from numpy arrays and always stated as *maximise value*; they are
handed to HiGHS as minimisation, because its interior-point method without crossover reports wrong dual
signs when maximising (ortools 9.15).

HiGHS cannot be interrupted through MathOpt. It releases the GIL, so a solve runs in a thread while the
caller goes on listening (`meanwhile`), and ends with its process at the latest.
"""

from __future__ import annotations

import contextlib
import threading
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from itertools import repeat

import numpy as np
from numpy.typing import ArrayLike
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from solver.engine.arrays import Floats, Ints

Columns = Sequence[int] | Ints
Coefficients = float | Sequence[float] | Floats

LISTEN_EVERY = 0.05  # seconds


class Status(Enum):
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Answer:
    """What a solve found. `bound` is HiGHS' own dual bound, in floating point."""

    status: Status
    values: Floats | None = None
    objective: float = -np.inf
    bound: float = np.inf
    duals: Floats | None = None


@dataclass(slots=True)
class LinearModel:
    """maximise value·x with lower <= x <= upper, low <= A x <= high, some x whole."""

    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    whole: list[Floats] = field(default_factory=list)
    low: array[float] = field(default_factory=lambda: array("d"))
    high: array[float] = field(default_factory=lambda: array("d"))
    length: array[int] = field(default_factory=lambda: array("q"))  # entries of each row
    entry_column: array[int] = field(default_factory=lambda: array("q"))
    entry: array[float] = field(default_factory=lambda: array("d"))
    columns: int = 0
    rows: int = 0

    def variables(
        self,
        count: int,
        value: ArrayLike = 0.0,
        upper: ArrayLike = 1.0,
        *,
        lower: ArrayLike = 0.0,
        whole: bool = True,
    ) -> Ints:
        """Add variables; their column numbers."""
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=float), count).copy())
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=float), count).copy())
        self.value.append(np.broadcast_to(np.asarray(value, dtype=float), count).copy())
        self.whole.append(np.full(count, float(whole)))
        self.columns += count
        return np.arange(self.columns - count, self.columns)

    def row(self, columns: Columns, coefficients: Coefficients, low: float, high: float) -> int:
        """Add one row low <= coefficients·x[columns] <= high; its number."""
        where = columns.tolist() if isinstance(columns, np.ndarray) else columns
        self.entry_column.extend(where)
        if isinstance(coefficients, float):
            self.entry.extend(repeat(coefficients, len(where)))
        else:
            self.entry.extend(coefficients)
        self.length.append(len(where))
        self.low.append(low)
        self.high.append(high)
        self.rows += 1
        return self.rows - 1

    def at_most(self, columns: Columns, coefficients: Coefficients, high: float) -> int:
        return self.row(columns, coefficients, -np.inf, high)

    def rows_at_most(self, columns: Ints, coefficients: Sequence[float], high: float) -> None:
        """Add rows of equal length: columns [R, n], coefficients [n], one right-hand side."""
        count, length = columns.shape
        self.entry_column.extend(columns.ravel().tolist())
        self.entry.extend(np.broadcast_to(coefficients, columns.shape).ravel().tolist())
        self.length.extend(repeat(length, count))
        self.low.extend(repeat(-np.inf, count))
        self.high.extend(repeat(high, count))
        self.rows += count

    # -- solving ------------------------------------------------------------

    def solve(
        self,
        seconds: float,
        *,
        relaxed: bool = False,
        gap: float = 0.0,
        seed: int = 0,
        meanwhile: Callable[[], bool] | None = None,
    ) -> Answer:
        """Solve as a mixed-integer model, or `relaxed` to the linear one by interior point with duals.

        `gap` is the relative gap to stop at. While HiGHS works, `meanwhile` is called; once it returns
        true the answer is UNKNOWN at once (HiGHS ends by itself at its time limit, unheard).
        """
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=max(0.01, seconds)))
        options = parameters.highs
        options.int_options["threads"] = 1
        options.int_options["random_seed"] = seed
        if relaxed:
            options.string_options["solver"] = "ipm"
            options.string_options["run_crossover"] = "off"
        else:
            options.double_options["mip_rel_gap"] = gap
            options.double_options["mip_abs_gap"] = 0.4  # objectives are whole
        return self._run(mathopt.SolverType.HIGHS, parameters, relaxed=relaxed, meanwhile=meanwhile)

    def approximate(
        self, seconds: float, accuracy: float, *, meanwhile: Callable[[], bool] | None = None
    ) -> Answer:
        """Duals of the relaxation to some relative accuracy, by PDLP (Applegate et al. 2021).

        A first-order method: ten times faster than interior points to one part in a hundred, which is
        enough where any duals prove a bound.
        """
        parameters = mathopt.SolveParameters(time_limit=timedelta(seconds=max(0.01, seconds)))
        parameters.pdlp.num_threads = 1
        criteria = parameters.pdlp.termination_criteria.simple_optimality_criteria
        criteria.eps_optimal_relative = criteria.eps_optimal_absolute = accuracy
        return self._run(mathopt.SolverType.PDLP, parameters, relaxed=True, meanwhile=meanwhile)

    def _run(
        self,
        solver: mathopt.SolverType,
        parameters: mathopt.SolveParameters,
        *,
        relaxed: bool,
        meanwhile: Callable[[], bool] | None,
    ) -> Answer:
        model = mathopt.Model.from_model_proto(self._proto(relaxed=relaxed))
        box: list[mathopt.SolveResult] = []

        def run() -> None:
            with contextlib.suppress(Exception):  # MathOpt raises what it likes; no result says it all
                box.append(mathopt.solve(model, solver, params=parameters))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(LISTEN_EVERY)
            if meanwhile is not None and thread.is_alive() and meanwhile():
                return Answer(Status.UNKNOWN)
        return self._answer(box[0], relaxed=relaxed) if box else Answer(Status.UNKNOWN)

    def _answer(self, result: mathopt.SolveResult, *, relaxed: bool) -> Answer:
        reason = result.termination.reason
        if reason == mathopt.TerminationReason.INFEASIBLE:
            return Answer(Status.INFEASIBLE)
        answer = Answer(Status.UNKNOWN, bound=-result.termination.objective_bounds.dual_bound)
        if result.has_primal_feasible_solution():
            values = result.variable_values()
            answer.values = np.fromiter(
                (v for _, v in sorted((k.id, v) for k, v in values.items())), dtype=float
            )
            answer.objective = -result.objective_value()
            optimal = reason == mathopt.TerminationReason.OPTIMAL
            answer.status = Status.OPTIMAL if optimal else Status.FEASIBLE
        if relaxed and result.solutions and result.solutions[0].dual_solution is not None:
            duals = result.solutions[0].dual_solution.dual_values
            # Of the maximisation: the shadow price of a row's right-hand side.
            answer.duals = -np.fromiter(
                (v for _, v in sorted((k.id, v) for k, v in duals.items())), dtype=float
            )
        return answer

    def _proto(self, *, relaxed: bool) -> model_pb2.ModelProto:
        proto = model_pb2.ModelProto()
        variables, rows = proto.variables, proto.linear_constraints
        variables.ids.extend(range(self.columns))
        variables.lower_bounds.extend(np.concatenate(self.lower))
        variables.upper_bounds.extend(np.concatenate(self.upper))
        whole = np.concatenate(self.whole) > 0
        variables.integers.extend([False] * self.columns if relaxed else whole.tolist())
        value = np.concatenate(self.value)
        used = np.flatnonzero(value)
        proto.objective.linear_coefficients.ids.extend(used)
        proto.objective.linear_coefficients.values.extend(-value[used])
        rows.ids.extend(range(self.rows))
        rows.lower_bounds.extend(self.low)
        rows.upper_bounds.extend(self.high)
        at, column, entry = self._matrix()
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend(at)
        matrix.column_ids.extend(column)
        matrix.coefficients.extend(entry)
        return proto

    def _matrix(self) -> tuple[Ints, Ints, Floats]:
        """Entries by row and column, those of one place added up."""
        row = np.repeat(np.arange(self.rows), np.array(self.length, dtype=np.int64))
        key = row * self.columns + np.array(self.entry_column, dtype=np.int64)
        places, inverse = np.unique(key, return_inverse=True)
        entry = np.bincount(inverse, weights=np.array(self.entry), minlength=places.size).astype(np.float64)
        return places // self.columns, places % self.columns, entry

    def reduced(self, duals: Floats) -> Floats:
        """What each column is worth beyond what it uses of the rows at these prices: value - A^T y."""
        at, column, entry = self._matrix()
        used = np.bincount(column, weights=entry * duals[at], minlength=self.columns)
        return np.concatenate(self.value) - used.astype(np.float64)

    def proven_bound(self, duals: Floats) -> float:
        """An upper bound on the relaxation from any duals (Neumaier and Shcherbina 2004).

        With y the duals, wrong signs clipped, and r = value - A^T y: value·x = y·Ax + r·x, of which
        every term is largest at an end of its row's or its variable's range. Valid whatever y is.
        """
        low, high = np.array(self.low), np.array(self.high)
        y = np.where(np.isinf(high), np.minimum(duals, 0.0), duals)
        y = np.where(np.isinf(low), np.maximum(y, 0.0), y)
        reduced = self.reduced(y)
        lower, upper = np.concatenate(self.lower), np.concatenate(self.upper)
        best = np.where(reduced > 0, reduced * upper, reduced * lower)
        sides = np.where(
            y > 0, y * np.where(y > 0, high, 0.0), np.where(y < 0, y * np.where(y < 0, low, 0.0), 0.0)
        )
        return float(best.sum() + sides.sum())
