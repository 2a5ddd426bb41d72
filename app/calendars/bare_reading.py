"""The queries of `queries` about one feed, with nothing between them and the database's driver.

What SQLAlchemy does around a statement takes several times as long as the statement itself. So its text is
made once, and run over a connection of the pool as it is: outside of any transaction, since it only reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import local
from typing import Any

from sqlalchemy import Engine, Select

from app.calendars import queries
from app.calendars.queries import FeedHead


class Statement:
    """A query as text for one database; takes its parameters by name, gives its first row."""

    def __init__(self, query: Select[*tuple[Any, ...]], engine: Engine) -> None:
        dialect = engine.dialect
        compiled = query.compile(dialect=dialect)
        self._text, self._given = str(compiled), dict(compiled.params)
        self._order: list[str] | None = getattr(compiled, "positiontup", None)
        self._makers: list[Callable[[Any], Any] | None] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in query.selected_columns
        ]

    def first(self, cursor: Any, **parameters: Any) -> list[Any] | None:
        given = self._given | parameters
        cursor.execute(self._text, given if self._order is None else [given[name] for name in self._order])
        row = cursor.fetchone()
        if row is None:
            return None
        return [value if make is None else make(value) for make, value in zip(self._makers, row, strict=True)]


class BareReader:
    """Reads from one database; made once a process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keeps = engine.dialect.name == "sqlite"  # a file: one open connection a thread costs nobody
        self._kept = local()
        self.head_by_id = Statement(queries.HEAD_BY_ID, engine)
        self.head_of_public = Statement(queries.HEAD_OF_PUBLIC, engine)
        self.bytes = {
            gzipped: Statement(queries.bytes_of(gzipped=gzipped), engine) for gzipped in (False, True)
        }

    def reading(self) -> AbstractContextManager[Reading]:
        """What can be asked for one answer. Whatever goes wrong within closes the connection for good."""
        return self._of_thread() if self._keeps else self._of_pool()

    @contextmanager
    def _of_thread(self) -> Iterator[Reading]:
        kept, pool = self._kept, self._engine.pool
        if getattr(kept, "pool", None) is not pool:  # the first time, or the engine has begun anew
            connection = self._engine.raw_connection()
            connection.detach()
            kept.pool, kept.connection = pool, connection
        cursor = kept.connection.cursor()
        try:
            yield Reading(self, cursor)
        except BaseException:
            kept.pool = None
            kept.connection.close()
            raise
        finally:
            cursor.close()

    @contextmanager
    def _of_pool(self) -> Iterator[Reading]:
        connection = self._engine.raw_connection()
        driver: Any = connection.dbapi_connection
        try:
            driver.autocommit = True  # else it sends BEGIN, and ROLLBACK when it is given back
            cursor = connection.cursor()
            yield Reading(self, cursor)
            cursor.close()
            driver.autocommit = False
        except BaseException:
            connection.invalidate()
            raise
        finally:
            connection.close()


class Reading:
    """What can be asked for one answer."""

    __slots__ = ("_cursor", "_reader")

    def __init__(self, reader: BareReader, cursor: Any) -> None:
        self._reader, self._cursor = reader, cursor

    def feed_head(self, feed_id: int) -> FeedHead | None:
        row = self._reader.head_by_id.first(self._cursor, feed_id=feed_id)
        return None if row is None else FeedHead(*row)

    def public_head(self, language: str) -> FeedHead | None:
        row = self._reader.head_of_public.first(self._cursor, language=language)
        return None if row is None else FeedHead(*row)

    def stored_bytes(self, feed_id: int, *, gzipped: bool) -> bytes | None:
        row = self._reader.bytes[gzipped].first(self._cursor, feed_id=feed_id)
        return None if row is None else row[0]
