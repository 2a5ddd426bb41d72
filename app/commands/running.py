"""Preparing the database, and running web server and worker."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

import config
from app import clock, schema
from app.db import database, unit_of_work
from app.demo import links
from app.demo.first_run import prepare_demonstration
from app.demo.load import is_empty
from app.jobs.queue import current_queue


@click.command()
@with_appcontext
def init() -> None:
    """Create the database, or bring it to the newest form."""
    if schema.at_head(database.engine):
        click.echo("The database is ready.")
        return
    schema.upgrade(database.engine)
    click.echo("The database has been brought to its newest form.")


@click.command()
@click.option("--threads", default=2, show_default=True, help="Jobs done at the same time.")
@with_appcontext
def worker(threads: int) -> None:
    """Do background work: planning, mail, upkeep. Ends cleanly on Ctrl-C or SIGTERM."""
    from app.jobs.consumer import Worker

    logging.getLogger("huey").setLevel(logging.WARNING)
    queue = current_queue()
    queue.tick()  # what was left by an earlier worker, at once
    Worker(queue.huey, workers=threads, worker_type="thread", max_delay=0.5, shutdown_timeout=20).run()


@click.command()
@with_appcontext
def serve() -> None:
    """Run the web server and one worker together until Ctrl-C."""
    _refuse_a_taken_port(_settings().port)
    with _worker_beside():
        _serve_web()


@click.command()
@with_appcontext
def up() -> None:
    """Prepare what is missing, then serve: the whole of `make run`.

    An empty database gets the demonstration network, and the planner plans its rounds.
    """
    settings = _settings()
    _refuse_a_taken_port(settings.port)
    if not schema.at_head(database.engine):
        schema.upgrade(database.engine)
        click.echo("Database: created and brought to its newest form.")
    fresh = settings.environment == "development" and is_empty(database.session())
    with _worker_beside():
        if fresh:
            prepare_demonstration(say=click.echo)
        else:
            click.echo("Database: ready, nothing to change.")
        with unit_of_work() as db:
            found = links.links(db, public_url=settings.public_url, now=clock.now())
        if found:
            click.echo(links.as_text(found))
        click.echo(f"Baraza is served on {settings.public_url} (Ctrl-C ends it).")
        sys.stdout.flush()
        _serve_web()


@contextlib.contextmanager
def _worker_beside() -> Iterator[None]:
    """A worker in a process of its own, ended with this one."""
    background = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "worker"],
        cwd=config.PROJECT,
        start_new_session=True,  # Ctrl-C reaches it through us, once the web server has ended
    )
    try:
        yield
    finally:
        if background.poll() is None:
            os.kill(background.pid, signal.SIGINT)
        try:
            background.wait(timeout=30)
        except subprocess.TimeoutExpired:
            background.kill()


def _serve_web() -> None:
    """Gunicorn in this process, with this very application: nothing is loaded twice."""
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    application = current_app._get_current_object()  # type: ignore[attr-defined]
    settings = _settings()
    database.session.remove()
    database.engine.dispose()

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options: dict[str, Any] = {
                "bind": f"127.0.0.1:{settings.port}",
                "worker_class": "gthread",
                "threads": settings.web_threads,
                "graceful_timeout": 5,
                "loglevel": "warning",
                "preload_app": True,
                "control_socket_disable": True,
            }
            for name, value in options.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return application

    with contextlib.suppress(SystemExit):
        Server().run()


def _refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Port {port} is taken by another program; choose another with PORT=8001 make run"
            ) from None


def _settings() -> config.Settings:
    settings: config.Settings = current_app.extensions["baraza.settings"]
    return settings
