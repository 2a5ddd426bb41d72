"""Migrations go up, down and up again, with rows, on both databases, and end where the models are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select

import config
from app import clock, create_app, schema
from app.access import system
from app.db import Base, database, unit_of_work
from app.demo.load import load_demonstration
from app.network.models import Organisation, Person
from app.planning.models import PlanningRound
from app.planning.round_builder import build_round
from app.schedule.models import WorkshopSession
from tests.app.schedule.seasons import make_season
from tests.architecture.databases import scratch_database

BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without a single table, of the kind that the test asks for."""
    with scratch_database(request.param, tmp_path) as url:
        settings = config.load(
            {}, environment="testing", secret_key="m" * 40, instance_path=tmp_path, database_url=url
        )
        application = create_app(settings)
        with application.app_context():
            yield application
            database.session.remove()
            database.engine.dispose()


def tables() -> set[str]:
    return set(inspect(database.engine).get_table_names())


@pytest.mark.parametrize("empty", BOTH, indirect=True)
def test_after_the_migrations_the_database_is_what_the_models_say(empty: Flask) -> None:
    schema.upgrade(database.engine)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert schema.at_head(database.engine)


@pytest.mark.parametrize("empty", BOTH, indirect=True)
def test_every_migration_goes_down_and_up_again_with_rows(empty: Flask) -> None:
    """From the newest to the first, each taken back and done again over rows of the present."""
    schema.upgrade(database.engine)
    for step in scripts().walk_revisions():
        with unit_of_work() as db:
            season = make_season(db)
            season.publish(season.meets(), season.webinar_at())
        database.session.remove()
        schema.downgrade(database.engine, str(step.down_revision or "base"))
        schema.upgrade(database.engine)
        kept = 0 if step.down_revision is None else 2
        assert database.session.query(WorkshopSession).count() >= kept, step.revision
    assert {table.name for table in Base.metadata.sorted_tables} <= tables()
    with unit_of_work() as db:
        make_season(db)  # what came back can be written to


@pytest.mark.parametrize("empty", BOTH, indirect=True)
def test_taken_back_to_the_beginning_nothing_is_left(empty: Flask) -> None:
    schema.upgrade(database.engine)
    schema.downgrade(database.engine, "base")
    assert tables() <= {"alembic_version"}


@pytest.mark.parametrize("empty", BOTH, indirect=True)
def test_a_database_that_is_ready_is_told_from_one_that_is_not(empty: Flask) -> None:
    assert schema.current(database.engine) is None
    assert not schema.at_head(database.engine)
    schema.upgrade(database.engine)
    assert schema.current(database.engine) == schema.newest()


@pytest.mark.parametrize("empty", BOTH, indirect=True)
def test_the_whole_demonstration_loads_and_can_be_planned(empty: Flask) -> None:
    schema.upgrade(database.engine)
    with unit_of_work() as db:
        opening, _year = load_demonstration(db, actor=system("test"), now=clock.now())
        code = opening.code
    database.session.remove()
    db = database.session()
    assert db.scalar(select(func.count()).select_from(Person)) >= 500
    kinds = dict(db.execute(select(Organisation.kind, func.count()).group_by(Organisation.kind)).all())
    assert kinds["platform"] == 120
    built = build_round(db, db.scalars(select(PlanningRound).where(PlanningRound.code == code)).one())
    assert built.defects == ()
    assert len(built.round.workshops) == 5


def scripts() -> ScriptDirectory:
    settings = Config(schema.MIGRATIONS / "alembic.ini")
    settings.set_main_option("script_location", str(schema.MIGRATIONS))
    return ScriptDirectory.from_config(settings)


def test_there_is_one_newest_migration() -> None:
    assert scripts().get_heads() == [schema.newest()]


def test_a_migration_is_named_after_its_number_and_says_why() -> None:
    numbers = []
    for step in scripts().walk_revisions():
        file = Path(step.path)
        assert re.fullmatch(rf"{step.revision}_[a-z0-9_]+\.py", file.name)
        assert re.fullmatch(r"\d{4}", step.revision)
        assert "Why: " in str(step.doc if "Why" in step.doc else step.longdoc), file.name
        numbers.append(int(step.revision))
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
