"""Logging: one line per thing that happened, JSON in production, with the request's id.

No personal data: people are named by number. What is logged is a fixed sentence plus
values that the code chose; addresses, names, tokens and bodies of requests never are. Of an
error the places in the code are logged, and what it says unless a database said it: databases
quote the row that they refuse.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Iterator

import structlog
from flask import Flask, Response, g, request
from sqlalchemy.exc import DBAPIError
from structlog.types import ExcInfo, Processor

from config import Settings

log = logging.getLogger("baraza.request")


def configure(app: Flask, settings: Settings) -> None:
    """Send everything that is logged to standard error in the configured form, and log each request."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.logs == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name("baraza")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(error_in_words),
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    if settings.environment != "testing":
        root.handlers = [h for h in root.handlers if h.get_name() != "baraza"] + [handler]
        root.setLevel(logging.INFO if settings.environment == "production" else logging.WARNING)
    app.before_request(_start_clock)
    app.after_request(_log_request)


def error_in_words(exc_info: ExcInfo) -> str:
    """The trace of an error and of those that led to it, the first of them first."""
    return "\n".join(reversed(list(_traces(exc_info[1]))))


def _traces(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        steps = "".join(traceback.format_tb(error.__traceback__))
        yield f"{steps}{type(error).__module__}.{type(error).__qualname__}: {_said_by(error)}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _said_by(error: BaseException) -> str:
    """What an error says; of a database's only which rule was broken, by its name."""
    if isinstance(error, DBAPIError):
        return "see above"
    if type(error).__module__.partition(".")[0] == "psycopg":
        told = getattr(error, "diag", None)
        return " ".join(filter(None, (getattr(error, "sqlstate", ""), getattr(told, "constraint_name", ""))))
    return str(error)


def _start_clock() -> None:
    g.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    if request.endpoint not in {"static", "home.healthz", "home.readyz", "home.metrics"}:
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": str(
                    request.url_rule or "none"
                ),  # the pattern, never the address: that may hold a secret
                "status": response.status_code,
                "milliseconds": round(
                    (time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1
                ),
                "account": g.actor.account_id if g.get("actor") else None,
            },
        )
    return response
