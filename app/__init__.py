"""Baraza: the service. `create_app` reads as its table of contents."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

import config
from app import commands, compression, errors, i18n, logs, metrics, reactions, stages, tables, web  # noqa: F401 (tables)
from app.accounts import identity
from app.calendars import quick
from app.db import Base, database
from app.jobs.queue import Queue
from app.personal_links import exempt_links

__version__ = "0.1.0"

csrf = CSRFProtect()


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application from `settings` (default: read from the environment).

    Raises `config.BadConfiguration` with every bad value at once.
    """
    settings = settings or config.load()
    app = Flask(
        __name__,
        instance_path=str(settings.instance_path.resolve()),
        template_folder=str(config.PROJECT / "templates"),
        static_folder=str(config.PROJECT / "app" / "static"),
    )
    app.config.from_mapping(settings.flask())
    app.extensions["baraza.settings"] = settings
    settings.instance_path.mkdir(parents=True, exist_ok=True)

    logs.configure(app, settings)
    database.init_app(app)
    quick.init_app(app)
    web.init_app(app, settings)  # names the request, before anything can refuse it
    csrf.init_app(app)
    i18n.init_app(app)
    identity.init_app(app)
    metrics.init_app(app, settings)
    compression.init_app(app)
    stages.register(app)
    if settings.environment != "production":
        from app import styleguide

        app.register_blueprint(styleguide.blueprint)
    exempt_links(app, csrf)
    identity.exempt_programs(app, csrf)
    reactions.connect()
    Queue(app, settings.queue, handlers=stages.JOBS, chores=stages.CHORES, alone=stages.JOBS_ALONE)
    errors.register(app)
    commands.register(app)
    return app


__all__ = ["Base", "create_app", "database"]
