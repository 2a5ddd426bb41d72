"""Bringing SQLite, which cannot alter a table in place, to another form without losing a row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import String, delete, text
from sqlalchemy.orm import Session

import config
from app import create_app, schema
from app.db import database
from app.schedule.models import Seat, TeamPlace, WorkshopSession
from tests.app.schedule.seasons import make_season


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Session]:
    """A database at its newest form with one published session: one in the team, two seats."""
    settings = config.load({}, environment="testing", secret_key="s" * 40, instance_path=tmp_path)
    with create_app(settings).app_context():
        schema.upgrade(database.engine)
        season = make_season(database.session())
        season.publish(season.meets())
        database.session.remove()
        yield database.session()
        database.session.remove()
        database.engine.dispose()


def test_a_table_that_is_rebuilt_keeps_the_rows_that_point_to_it(db: Session) -> None:
    with schema.migrating(database.engine) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("workshop_session", recreate="always") as batch:
            batch.alter_column("uid", existing_type=String(120), type_=String(200))
    assert [db.query(table).count() for table in (WorkshopSession, TeamPlace, Seat)] == [1, 1, 2]


def test_foreign_keys_are_watched_again_afterwards(db: Session) -> None:
    with schema.migrating(database.engine):
        pass
    db.execute(delete(WorkshopSession))
    assert db.query(Seat).count() == 0


def test_a_migration_that_leaves_rows_pointing_nowhere_is_taken_back(db: Session) -> None:
    with pytest.raises(RuntimeError, match="point nowhere"), schema.migrating(database.engine) as connection:
        connection.execute(text("DELETE FROM workshop_session"))
    assert db.query(WorkshopSession).count() == 1
