"""Names compared without regard to accents and case, the same on SQLite and PostgreSQL.

Both fold character by character with one table: SQLite by a function of ours, PostgreSQL by `translate`,
so that neither an extension nor the database's locale matters.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, String, and_, event
from sqlalchemy.engine import Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.functions import GenericFunction

_UNDECOMPOSED = {"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ħ": "h", "Ħ": "h", "ı": "i"}
_APOSTROPHES = dict.fromkeys("’‘ʼ´`", "'")
_RANGES = ((0x41, 0x5B), (0xC0, 0x250), (0x370, 0x530), (0x1E00, 0x1F00))


def _table() -> dict[str, str]:
    found = {**_UNDECOMPOSED, **_APOSTROPHES}
    for first, end in _RANGES:
        for char in map(chr, range(first, end)):
            base = "".join(
                part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
            )
            folded = base.lower()
            if len(folded) == 1 and folded != char:
                found.setdefault(char, folded)
    return found


_FOLDS = _table()
_BY_CODE_POINT = str.maketrans(_FOLDS)


def fold(text: str) -> str:
    """'Côte d’Ivoire' -> "cote d'ivoire"."""
    return unicodedata.normalize("NFC", text).translate(_BY_CODE_POINT)


class folded(GenericFunction[str]):  # noqa: N801 - reads as a function in statements, as `func.lower` does
    """`fold` of a column, in the database."""

    name = "baraza_fold"
    type = String()
    inherit_cache = True


@compiles(folded, "postgresql")
def _translate(element: Any, compiler: Any, **options: Any) -> str:
    given, wanted = ("".join(part).replace("'", "''") for part in (_FOLDS.keys(), _FOLDS.values()))
    return f"translate({compiler.process(element.clauses, **options)}, '{given}', '{wanted}')"


@event.listens_for(Engine, "connect")
def _teach_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function(
            "baraza_fold", 1, lambda text: None if text is None else fold(text), deterministic=True
        )


def has_words(column: Any, text: str) -> ColumnElement[bool]:
    """The condition that every word of `text` occurs in the column."""
    return and_(*(folded(column).contains(word, autoescape=True) for word in fold(text).split()))


def words_in(text: str, sought: str) -> bool:
    """`has_words` for a text at hand."""
    name = fold(text)
    return all(word in name for word in fold(sought).split())
