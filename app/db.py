"""The database: the base of all models, column types, and the one place that commits.

`unit_of_work()` is opened by the three entry points (a view, a command, a job) and by
nothing else. Services flush; they never commit. What must follow a commit (reactions to
facts, waking a worker) is registered with `after_commit` and runs once it has happened.

Services that first look and then write lock the row that decides, with `FOR UPDATE`. SQLite has no
such locks and ignores the words, so a unit of work there holds the database's one write lock from
its beginning: units of work follow one another, and reading goes on beside them.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, MetaData, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

log = logging.getLogger(__name__)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A timezone-aware instant, kept in UTC on every database (SQLite would drop the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


LocalText = dict[str, str]
"""A text in several languages, by ISO 639-1 code; `app.i18n.in_language` picks one."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        LocalText: JSON,
        list[str]: JSON,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
    }


database = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

_AFTER_COMMIT = "baraza.after_commit"
_WRITES = "baraza_writes"
"""Execution option of a connection that a unit of work has begun."""


def after_commit(db: Session, action: Callable[[], None]) -> None:
    """Run `action` once the present unit of work has been committed; never if it is rolled back."""
    db.info.setdefault(_AFTER_COMMIT, []).append(action)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: commit when the block ends, roll back when it raises.

    What was registered with `after_commit` then runs in order. Such an action cannot undo
    the commit: its failure is logged, and what it should have done is picked up again by
    the worker's sweep (see `app.reactions` and `app.jobs`).
    """
    db: Session = database.session()
    try:
        db.commit()  # ends what only read
        db.connection(execution_options={_WRITES: True})
        yield db
        db.commit()
    except BaseException:
        db.rollback()
        db.info.pop(_AFTER_COMMIT, None)
        raise
    while actions := db.info.pop(_AFTER_COMMIT, None):
        for action in actions:
            try:
                action()
            except Exception:
                db.rollback()
                log.exception("an action after a commit failed")


_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_or_not(db: Session, model: type[Base], unique: list[str], **values: Any) -> bool:
    """Insert a row unless one with the same `unique` columns is there; whether it was inserted.

    Where another transaction is just inserting it, waits for that one's end.
    """
    table = model.__table__
    insert = _INSERT[db.get_bind().dialect.name](table).on_conflict_do_nothing(index_elements=unique)
    return db.execute(insert.returning(*table.primary_key), values).first() is not None


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    """Foreign keys on; write-ahead log, so that reading never waits for writing."""
    if isinstance(connection, sqlite3.Connection):
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.close()


@event.listens_for(Engine, "begin")
def _lock_sqlite(connection: Connection) -> None:
    """Begin a unit of work with the write lock, after waiting for it; all else as the driver does it."""
    if connection.dialect.name == "sqlite" and connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
