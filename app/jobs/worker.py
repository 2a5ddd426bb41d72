"""What a worker does with a job: claim it, run its handler, keep its lease, end it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import OperationalError

from app import clock
from app.db import database, unit_of_work
from app.jobs import services

log = logging.getLogger(__name__)

stopping = threading.Event()
"""Set when this worker has been asked to end: handlers finish soon and hand back."""


class HandBack(Exception):
    """Raised by a handler: this worker is ending, another should go on with the job."""


class JobFailed(Exception):
    """Raised by a handler: the job cannot be done; the message is a code."""


@dataclass(slots=True)
class Work:
    """A claimed job in a handler's hands."""

    job_id: int
    subject_id: int
    attempt: int
    parameters: Mapping[str, Any]
    kept: Mapping[str, Any]
    progress: dict[str, Any] = field(default_factory=dict)

    def report(self, progress: Mapping[str, Any], *, keep: Mapping[str, Any] | None = None) -> bool:
        """Tell how far the work is, renew the lease, and learn whether to go on."""
        self.progress.update(progress)
        with unit_of_work() as db:
            go_on = services.heartbeat(
                db,
                job_id=self.job_id,
                attempt=self.attempt,
                now=clock.now(),
                progress=self.progress,
                kept=keep,
            )
        return go_on and not stopping.is_set()


def run_job(
    job_id: int, handlers: Mapping[str, str], places: Mapping[str, threading.Lock] = MappingProxyType({})
) -> None:
    """Run one job if it can be claimed.

    `handlers` maps a kind to 'package.module:function'. `places` has the one place of this process for
    each kind of which it does one job at a time; where that is taken, the job stays queued and the tick
    asks again. A job that the database leaves in the lurch keeps its lease until that runs out, and is
    then taken up again like that of a dead worker.
    """
    kind = services.kind_of(database.session(), job_id=job_id)
    if kind is None:
        return
    with ExitStack() as held:
        if kind in places:
            if not places[kind].acquire(blocking=False):
                return
            held.callback(places[kind].release)
        work = _claim(job_id)
        if work is None:
            return
        log.info("job started", extra={"job": job_id, "kind": kind, "attempt": work.attempt})
        try:
            error = _handle(handlers, work, kind)
        except HandBack:
            with unit_of_work() as db:
                services.hand_back(db, job_id=job_id, attempt=work.attempt)
            return
        except OperationalError as failure:
            what = {"job": job_id, "kind": kind, "error": type(failure).__name__}
            log.warning("job interrupted", extra=what)
            return
    with unit_of_work() as db:
        services.finish(db, job_id=job_id, attempt=work.attempt, now=clock.now(), error=error)
    log.info("job ended", extra={"job": job_id, "kind": kind, "error": error})


def _claim(job_id: int) -> Work | None:
    with unit_of_work() as db:
        job = services.claim(db, job_id=job_id, now=clock.now())
        if job is None:
            return None
        return Work(job.id, job.subject_id, job.attempts, dict(job.parameters), dict(job.kept))


def _handle(handlers: Mapping[str, str], work: Work, kind: str) -> str:
    """Have the handler do the work; returns the code of what went wrong, '' for nothing.

    Raises HandBack, OperationalError.
    """
    try:
        resolve(handlers[kind])(work)
    except JobFailed as failure:
        return str(failure)
    except (HandBack, OperationalError):
        raise
    except Exception as failure:
        log.exception("job failed", extra={"job": work.job_id, "kind": kind})
        return type(failure).__name__
    return ""


def resolve(name: str) -> Callable[..., Any]:
    """'package.module:function' -> the function; imported only where it is run."""
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), attribute)
    return found
