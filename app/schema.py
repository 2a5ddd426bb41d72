"""The form of the database: what the code expects, and how a database is brought to it.

Migrations are Alembic's, numbered, with one head. Alembic itself is only imported to
migrate: a service that starts on a database that is ready does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

import config

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = config.PROJECT / "migrations"


def newest() -> str:
    """The newest migration's number, from the name of its file ('0001')."""
    return max(Path(file).name.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The migration that the database stands at; `None` for an empty one."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        number: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return number


def at_head(engine: Engine) -> bool:
    """Whether the database has the form that the code expects."""
    return current(engine) == newest()


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring the database to a migration, in one transaction where the database can."""
    from alembic import command

    with migrating(engine) as connection:
        command.upgrade(alembic_config(connection), to)


def downgrade(engine: Engine, to: str) -> None:
    """Take the database back to an earlier migration ('base': before the first)."""
    from alembic import command

    with migrating(engine) as connection:
        command.downgrade(alembic_config(connection), to)


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A connection whose transaction may rebuild tables.

    SQLite alters a table by making another, copying the rows and dropping the old one; with foreign
    keys on, the drop would delete every row that points there. So they are off, and all is checked
    before the commit (sqlite.org, "Making Other Kinds Of Table Schema Changes").
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.commit()  # within a transaction the next one would not be heard
        try:
            with connection.begin():
                yield connection
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("the migration leaves rows that point nowhere")
        finally:
            if is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")
                connection.commit()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for our migrations on an open connection."""
    from alembic.config import Config

    settings = Config(MIGRATIONS / "alembic.ini")
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings
