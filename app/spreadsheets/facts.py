"""What happens here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class SheetImported(Fact):
    """A file was applied: before and after hold, by code, the values that are new or were changed."""

    subject: ClassVar[str] = "upload"

    sheet: str
    filename: str
