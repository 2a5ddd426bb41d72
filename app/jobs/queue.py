"""The queue that wakes workers: huey on SQLite, Redis or PostgreSQL, by address.

Nothing is lost when the queue is: what is to be done stands in our own tables, and a tick
every minute wakes what was forgotten.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

from app import clock
from app.db import unit_of_work
from app.jobs import services
from app.jobs.worker import resolve, run_job

if TYPE_CHECKING:
    from huey import Huey

log = logging.getLogger(__name__)


class Queue:
    """Wakes workers of this application.

    `handlers`: job kind -> 'module:function'. `chores`: 'module:function' of what every tick
    does besides requeueing jobs, each called with the present instant. `alone`: groups of kinds of which
    a worker process does one job at a time, so that there is always a thread left for the others.
    """

    def __init__(
        self,
        app: Flask,
        url: str,
        handlers: Mapping[str, str],
        chores: Sequence[str],
        alone: Sequence[Collection[str]] = (),
    ) -> None:
        self._app = app
        self._url = url
        self._handlers = handlers
        self._chores = chores
        self._places = {kind: place for group in alone for place in [threading.Lock()] for kind in group}
        self._opening = threading.Lock()
        self._huey: Huey | None = None
        app.extensions["baraza.queue"] = self

    @property
    def huey(self) -> Huey:
        """The huey behind it, opened at first use: most commands and pages never need it."""
        with self._opening:
            if self._huey is None:
                self._huey = open_huey(self._url, secret=self._app.config["SECRET_KEY"])
                self._run = self._huey.task(name="run_job")(self._run_job)
                self._chore = self._huey.task(name="do_chore")(self._do_chore)
                self._tick = self._huey.periodic_task(every_minute(), name="tick")(self.tick)
            return self._huey

    def wake(self, job_id: int) -> None:
        """Have a worker look at this job. A queue that is away is only logged: the tick will do it."""
        self._send("_run", job_id)

    def nudge(self, chore: str) -> None:
        """Have a worker do one of the chores soon instead of at the next tick."""
        self._send("_chore", chore)

    def tick(self) -> None:
        """What a worker does every minute: requeue the jobs of dead workers, then every chore."""
        with self._app.app_context():
            with unit_of_work() as db:
                waiting = services.requeue_expired(db, now=clock.now())
            for job_id in waiting:
                self.wake(job_id)
            for chore in self._chores:
                try:
                    resolve(chore)(clock.now())
                except Exception:
                    log.exception("chore failed", extra={"chore": chore})

    def _send(self, task: str, argument: Any) -> None:
        try:
            _ = self.huey
            getattr(self, task)(argument)
        except Exception as error:
            log.warning("the queue cannot be reached (%s); the next tick will do it", type(error).__name__)

    def _run_job(self, job_id: int) -> None:
        with self._app.app_context():
            run_job(job_id, self._handlers, self._places)

    def _do_chore(self, chore: str) -> None:
        with self._app.app_context():
            resolve(chore)(clock.now())


def current_queue() -> Queue:
    """The queue of the running application."""
    queue: Queue = current_app.extensions["baraza.queue"]
    return queue


def wake(job_id: int) -> None:
    """`current_queue().wake`, as services take it."""
    current_queue().wake(job_id)


def open_huey(url: str, *, secret: str) -> Huey:
    """The huey for an address: `sqlite:///path`, `redis://…` or `postgresql://…`.

    Messages are signed: whoever can write to a shared broker still cannot make us unpickle theirs.
    """
    from huey import PostgresHuey, RedisHuey, SqliteHuey
    from huey.serializer import SignedSerializer

    common: dict[str, Any] = {"serializer": SignedSerializer(secret=secret), "results": False, "utc": True}
    if url.startswith("sqlite:"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("baraza", filename=str(path), **common)
    if url.startswith(("redis:", "rediss:")):
        return RedisHuey("baraza", url=url, **common)
    return PostgresHuey("baraza", dsn=url.replace("postgresql+psycopg:", "postgresql:"), **common)


def every_minute() -> Callable[..., bool]:
    """Huey's rule for the tick."""
    from huey import crontab

    rule: Callable[..., bool] = crontab(minute="*")
    return rule
