"""Compiled: the best session of a workshop against what is placed, placing it, ruin and recreate.

The mathematics is that of `pricing`, `teaming` and `seating`, for one option at a time: the best team by
dynamic programming over languages, leads, graduates and number (`teams`); the best seats greedily over a
partition matroid (`seats`). Options are looked at in falling order of what they could bring on an empty
slate at the same prices (`ranking`), and no further than the first that cannot beat the best session
found: so the best insertion is found without a look at most options (`sessions`).

Functions take `Field` and `State` (`solver.engine.field`) and hundredths of a point; numba infers their
types. Everything random comes from numba's own generator (`ruin.seed`): one seed, one course.

Compiled code is kept beside the modules, where that may be written (else in the user's own cache).
`python -m solver.engine.kernels` makes it ahead of the first use.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE / "__pycache__"
IMPORTED = re.compile(r"^from solver\.engine\.kernels\.(\w+) import", re.MULTILINE)


def compiled() -> bool:
    """Whether the search has been compiled on this machine."""
    from solver.engine.kernels.ruin import steps

    return any(Path(steps.stats.cache_path).glob("ruin.steps-*.nbc"))


def forget_outdated() -> None:
    """Remove compiled code that was made from other sources.

    numba looks at the module of a function only, not at those of the functions that it calls.
    """
    for module in HERE.glob("*.py"):
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in _sources(module))).hexdigest()
        made_from = CACHE / f"{module.stem}.made-from"
        with contextlib.suppress(OSError):
            if made_from.is_file() and made_from.read_text() == digest:
                continue
            for code in (*CACHE.glob(f"{module.stem}.*.nbi"), *CACHE.glob(f"{module.stem}.*.nbc")):
                code.unlink(missing_ok=True)
            CACHE.mkdir(exist_ok=True)
            made_from.write_text(digest)


def _sources(module: Path) -> list[Path]:
    """A module, the modules here that it takes functions from, and what fields are made of."""
    found = [module]
    for each in found:
        for name in IMPORTED.findall(each.read_text()):
            path = HERE / f"{name}.py"
            if path not in found:
                found.append(path)
    return [*found, HERE.parent / "field.py"]


forget_outdated()
