"""Installations to run commands in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.installation import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """On SQLite, nothing prepared yet."""
    return Installation(tmp_path / "instance")
