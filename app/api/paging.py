"""Lists in pages. A cursor is where the last page ended: what comes and goes meanwhile shifts nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel, Field

from app.errors import Invalid

Row = TypeVar("Row")


class Page(BaseModel):
    """How much of a list to give, and from where."""

    limit: int = Field(50, ge=1, le=200, description="So many at most.")
    cursor: str = Field(
        "", max_length=40, description="`next` of the page before; empty: from the beginning."
    )

    @property
    def after(self) -> int | None:
        """The id that the page before ended with. Raises Invalid."""
        if not self.cursor:
            return None
        try:
            kind, _, number = (
                base64.urlsafe_b64decode(self.cursor.encode("ascii")).decode("ascii").partition(":")
            )
            if kind != "id" or not number.isdecimal() or int(number) >= 2**31:
                raise ValueError
        except (ValueError, binascii.Error, UnicodeError):
            raise Invalid("?cursor", "not_a_cursor") from None
        return int(number)


def cursor_of(row_id: int) -> str:
    return base64.urlsafe_b64encode(f"id:{row_id}".encode()).decode()


def of_rows(rows: Sequence[Row], page: Page, id_of: Callable[[Row], int]) -> tuple[Sequence[Row], str | None]:
    """The page of a short list, newest (highest id) first, and the cursor of the next one."""
    after = page.after
    rest = sorted((row for row in rows if after is None or id_of(row) < after), key=lambda row: -id_of(row))
    shown = rest[: page.limit]
    return shown, cursor_of(id_of(shown[-1])) if len(rest) > len(shown) else None
