"""The public rounds, where they are at hand: a folder beside the repository that the product never needs."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "rounds"

needs_public_rounds = pytest.mark.skipif(not SHARED.is_dir(), reason="the public rounds are not at hand")


def public(name: str) -> bytes:
    """One file of the public rounds."""
    return (SHARED / name).read_bytes()
