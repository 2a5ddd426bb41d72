"""Signing in as people do: through the pages, with what stands in the letter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.facts import AuditEntry
from app.mail.models import OutboxLetter


class Letter:
    """What somebody finds in their mail."""

    def __init__(self, row: OutboxLetter) -> None:
        self.row = row

    @property
    def code(self) -> str:
        found = re.search(r"^(\d{3} \d{3})$", self.row.text, re.MULTILINE)
        assert found, self.row.text
        return found[1]

    @property
    def link(self) -> str:
        """The path of the link."""
        found = re.search(r"http://127\.0\.0\.1:8000(/sign-in/link/\S+)", self.row.text)
        assert found, self.row.text
        return found[1]


@pytest.fixture
def letters(db: Session) -> Callable[[str], list[Letter]]:
    """`letters(address)` gives the letters to this address, oldest first."""

    def to(address: str) -> list[Letter]:
        wanted = select(OutboxLetter).where(OutboxLetter.to_address == address).order_by(OutboxLetter.id)
        return [Letter(row) for row in db.scalars(wanted)]

    return to


@pytest.fixture
def recorded(db: Session) -> Callable[[], list[str]]:
    """The facts recorded so far, oldest first."""
    return lambda: list(db.scalars(select(AuditEntry.fact).order_by(AuditEntry.id)))


def wrong(code: str) -> str:
    """A code that is not this one."""
    return "000000" if code != "000 000" else "111111"
