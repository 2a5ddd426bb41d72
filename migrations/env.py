"""How Alembic reaches the database: the connection it is handed, or the application's own.

Tables are rebuilt in batches, because SQLite cannot alter them in place.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from app import create_app
from app.db import Base, database


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="app.db.",
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with create_app().app_context(), database.engine.begin() as opened:
        run(opened)
