"""Compile ahead: `python -m solver.engine.kernels`, so that no planning run has to wait for it."""

from __future__ import annotations

from solver.engine.kernels.ahead import compile_all

compile_all()
