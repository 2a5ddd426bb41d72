"""Compiled: the best session of a workshop against what is placed, placing it, ruin and recreate.

The mathematics is that of `pricing`, `teaming` and `seating`, for one option at a time: the best team by
dynamic programming over languages, leads, graduates and number (`teams`); the best seats greedily over a
partition matroid (`seats`). Options are looked at in falling order of what they could bring on an empty
slate at the same prices (`ranking`), and no further than the first that cannot beat the best session
found: so the best insertion is found without a look at most options (`sessions`).

Functions take `Field` and `State` (`solver.engine.field`) and hundredths of a point; numba infers their
types. Everything random comes from numba's own generator (`ruin.seed`): one seed, one course.

Compiled code is kept in a folder named for the sources that it was made from: in NUMBA_CACHE_DIR where that
is set, else beside the modules, else in the user's own cache. `python -m solver.engine.kernels` makes it
ahead of the first use.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numba

HERE = Path(__file__).parent


def cache_folder() -> Path:
    """The folder for compiled code of these very sources, the first that can be written.

    numba by itself looks at the source of a function only, not at those of the functions that it calls.
    """
    sources = [*sorted(HERE.glob("*.py")), HERE.parent / "field.py"]
    name = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    asked = os.environ.get("NUMBA_CACHE_DIR")
    own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "baraza"
    for base in (Path(asked) if asked else HERE / "__pycache__", own):
        folder = base / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.gettempdir()) / f"baraza-{os.getuid()}-{name}"


def compiled(function: str = "ruin.steps") -> bool:
    """Whether the search, or another function, has been compiled on this machine."""
    return any(FOLDER.rglob(f"{function}-*.nbc"))


FOLDER = cache_folder()
numba.config.CACHE_DIR = str(FOLDER)
