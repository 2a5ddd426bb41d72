"""Long lists by the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

ROWS_PER_PAGE = 50

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list; `number` counts from 1 and is within 1…`pages`."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int


def page_of(db: Session, statement: Select[Row], number: int) -> Page[Row]:
    """Page `number` of what a statement selects; the nearest page when there is none of this number."""
    counted: Select[Any] = select(func.count()).select_from(statement.order_by(None).subquery())
    total = db.scalar(counted) or 0
    pages = max(1, -(-total // ROWS_PER_PAGE))
    number = min(max(1, number), pages)
    rows = db.scalars(statement.limit(ROWS_PER_PAGE).offset((number - 1) * ROWS_PER_PAGE)).all()
    return Page(rows, number, pages, total)
