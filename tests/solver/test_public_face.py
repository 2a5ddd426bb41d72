"""What `solver` offers, and what importing it costs."""

import subprocess
import sys
from pathlib import Path

import solver

ROOT = Path(__file__).resolve().parents[2]


def test_every_name_offered_is_there():
    assert [name for name in solver.__all__ if not hasattr(solver, name)] == []
    assert solver.__all__ == sorted(solver.__all__)


def test_checking_loads_no_solver_and_no_web_framework():
    code = (
        "import sys, solver, solver.__main__;"
        "print(sorted({name.partition('.')[0] for name in sys.modules} "
        "& {'ortools', 'numpy', 'flask', 'sqlalchemy', 'app'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
