"""Domain errors and what the web makes of them: status, page, log level.

    BarazaError
    ├── NotFound           404  no such thing, or not for this reader
    ├── Conflict           409  right a moment ago, not any more (`reason` is a code)
    ├── Invalid            422  a value that breaks a rule (`field`, `reason`)
    ├── Malformed          422  a document with defects, each with its place
    └── (access.Forbidden) 403  not allowed

A refusal that people meet in the ordinary course is a value, not an exception; these are
for the rest. `reason` is a code: whoever shows it says it in the reader's language. People get a page,
programs (under /api/) the same as a problem document, see `app.problems`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app import problems
from app.access import NOBODY, Forbidden

log = logging.getLogger(__name__)


class BarazaError(Exception):
    """Base of all errors of the domain."""

    def __init__(self, reason: str = "", **values: Any) -> None:
        self.reason = reason
        self.values = values
        super().__init__(reason)


class NotFound(BarazaError):
    """No such thing, or not one that the reader may see: the answer is the same."""


class Conflict(BarazaError):
    """The state of things does not allow this any more; nothing was changed."""


class Invalid(BarazaError):
    """A value breaks a rule; `field` says which."""

    def __init__(self, field: str, reason: str, **values: Any) -> None:
        super().__init__(reason, **values)
        self.field = field


class Malformed(BarazaError):
    """A document has `defects`; nothing was done with it."""

    def __init__(self, defects: Iterable[problems.Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__("malformed_document")


def register(app: Flask) -> None:
    """Give every error its page. Pages are `templates/errors/<name>.html`."""
    app.register_error_handler(OperationalError, database_away)
    app.register_error_handler(IntegrityError, row_refused)
    app.register_error_handler(Exception, unexpected)

    @app.errorhandler(NotFound)
    @app.errorhandler(404)
    def not_found(error: Exception) -> Answer:
        return page("404", 404, error=error)

    @app.errorhandler(Forbidden)
    @app.errorhandler(403)
    def forbidden(error: Exception) -> Answer:
        return page("403", 403, error=error)

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> Answer:
        return page("409", 409, error=error)

    @app.errorhandler(Invalid)
    @app.errorhandler(Malformed)
    def invalid(error: BarazaError) -> Answer:
        return page("422", 422, error=error)

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Answer:
        return page("413", 413, megabytes=app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024))

    @app.errorhandler(CSRFError)
    def stale_form(error: CSRFError) -> Answer:
        return page("400-form", 400)

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        known = {405, 429}
        return page(
            str(error.code) if error.code in known else "4xx" if error.code < 500 else "500",
            error.code,
            error=error,
        )


Answer = tuple[str, int] | Response


def page(name: str, status: int, **context: Any) -> Answer:
    """An error as whoever asked reads it: people a page, programs a problem document."""
    if request.path.startswith(problems.PROGRAMS):
        return problems.problem(status, context.get("error"))
    return render_template(f"errors/{name}.html", **context), status


def unexpected(error: Exception) -> Answer:
    """A mistake of ours."""
    log.exception("unexpected error", extra={"endpoint": request.endpoint})
    return page("500", 500, reference=g.get("request_id", ""))


def database_away(error: OperationalError) -> Answer:
    """The database cannot be reached, or has no time: a page that asks nothing of it."""
    log.error("database not reachable: %s", type(error.orig).__name__)
    g.account, g.actor = None, NOBODY  # who reads cannot be looked up either
    return page("503", 503)


def row_refused(error: IntegrityError) -> Answer:
    """A row breaks a rule of its table: a mistake of ours, unless somebody else was a moment quicker."""
    if not _is_taken(error):
        return unexpected(error)
    log.warning("a unique key was taken meanwhile", extra={"endpoint": request.endpoint})
    return page("409", 409, error=Conflict("changed_meanwhile"))


def _is_taken(error: IntegrityError) -> bool:
    """Whether another transaction wrote the same unique key first; services look before they write."""
    return getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint" in str(error.orig)
