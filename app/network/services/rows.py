"""What the verbs of this stage share: a free code for a new row, and writing details to a row."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Invalid
from app.spreadsheets.codes import NewCodes, slug

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def free_code(db: Session, model: Any, name: str, otherwise: str) -> str:
    """A code for a new row of `model`, made from its name; `otherwise` when that has no Latin letter."""
    start = slug(name) or otherwise
    taken = db.scalars(select(model.code).where(model.code.startswith(start, autoescape=True)))
    return NewCodes(taken).make(name, otherwise)


def put(row: Any, details: DataclassInstance) -> None:
    """Write each field of `details` to the attribute of the same name."""
    for field in dataclasses.fields(details):
        setattr(row, field.name, getattr(details, field.name))


def require_order(first_day: date, last_day: date) -> None:
    """Raise Invalid("last_day", "days_not_in_order") when the last day is before the first."""
    if last_day < first_day:
        raise Invalid("last_day", "days_not_in_order")


def require_title(titles: Mapping[str, str]) -> None:
    """Raise Invalid("title_en", "no_title") when there is no title in any language."""
    if not any(titles.values()):
        raise Invalid("title_en", "no_title")
