"""The network on each database: some of its statements are our own SQL."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from app.db import Base

POSTGRESQL = os.environ.get("POSTGRES_URL", "postgresql://127.0.0.1:5432/test")


@pytest.fixture
def postgresql(app: object) -> Iterator[Session]:
    """A session on empty tables in PostgreSQL, in a schema of this test's own."""
    schema = f"network_{secrets.token_hex(4)}"
    owner = create_engine(POSTGRESQL, connect_args={"connect_timeout": 3})
    try:
        with owner.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL here: {type(error).__name__}")
    engine = create_engine(POSTGRESQL, connect_args={"options": f"-csearch_path={schema}"})
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        yield db
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    owner.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Session:
    """A session on SQLite, then on PostgreSQL."""
    db: Session = request.getfixturevalue("db" if request.param == "sqlite" else "postgresql")
    return db
