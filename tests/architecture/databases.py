"""Scratch databases for tests: an empty file of SQLite, or a database of its own on a real PostgreSQL."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

POSTGRES_URL = os.environ.get("POSTGRES_URL", "postgresql://127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")


def lacking(what: str) -> None:
    """Skip, saying what this machine lacks; in CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"CI needs {what}")
    pytest.skip(f"there is no {what}")


@contextmanager
def scratch_postgres() -> Iterator[str]:
    """The address of a fresh database, dropped afterwards with whatever is still connected to it."""
    try:
        server = psycopg.connect(POSTGRES_URL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        lacking(f"PostgreSQL at {POSTGRES_URL}")
        return
    name = f"baraza_test_{secrets.token_hex(6)}"
    with server:  # which also closes it
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def scratch_database(kind: str, folder: Path) -> Iterator[str]:
    """`kind` is 'sqlite' or 'postgresql'."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'scratch.db'}"
    else:
        with scratch_postgres() as url:
            yield url
