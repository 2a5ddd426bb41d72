"""What every view of the API shares, said once: `@operation(…)` stands below `@allow(…)`.

A view is given the database session, the actor and, where it says so, the query string and the body,
checked; it returns what is to be answered. GET views read; their answers carry an ETag. POST views run inside
a unit of work, and with an Idempotency-Key only once. The same declaration is what `spec` describes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, current_app, g, request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnsupportedMediaType

from app import clock
from app.access import Actor
from app.accounts.identity import Scope, by_token, current_actor, hash_of
from app.accounts.services.tokens import note_use, use_is_to_be_noted
from app.api.answers import earlier_answer, keep_answer
from app.db import database, unit_of_work
from app.errors import Malformed
from app.problems import Defect
from app.web import limiter

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """A view as OpenAPI describes it."""

    scope: Scope
    says: str
    answers: type[BaseModel] | None
    status: int
    takes: type[BaseModel] | None
    query: type[BaseModel] | None
    refuses: tuple[int, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a write answers: the resource, and where it is to be found."""

    resource: BaseModel
    location: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, and the cursor of the next."""

    items: list[Any]
    next: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view is given."""

    db: Session
    actor: Actor
    query: Any = None
    body: Any = None


def operation(
    says: str,
    *,
    scope: Scope = "read",
    answers: type[BaseModel] | None = None,
    status: int = 200,
    takes: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    refuses: tuple[int, ...] = (),
    detail: str = "",
) -> Callable[[View], Callable[..., Response]]:
    """Make a view of what `says` describes; `answers` None: a document as it is stored."""

    def declared(view: View) -> Callable[..., Response]:
        @wraps(view)
        def answered(**arguments: Any) -> Response:
            _note_use()
            asked = {"query": _read_query(query), "body": _read_body(takes)}
            if request.method == "GET":
                return _read(view(Asked(database.session(), current_actor(), **asked), **arguments))
            return _write(view, asked, arguments, status)

        answered.operation = Operation(scope, says, answers, status, takes, query, refuses, detail)  # type: ignore[attr-defined]
        limited = limiter.shared_limit(_limit, scope="api", key_func=_who)(answered)
        return by_token(scope)(limited)

    return declared


def _note_use() -> None:
    """Note that the token is used, where that has not been noted for a while."""
    if use_is_to_be_noted(g.api_token, now=clock.now()):
        with unit_of_work() as db:
            note_use(db, token=g.api_token, now=clock.now())


def _read(found: Any) -> Response:
    """The answer to a GET: with its ETag, and no body for whoever has it already."""
    response = _json(_plain(found))
    if isinstance(found, Listed) and found.next:
        arguments = {**request.args.to_dict(), "cursor": found.next}
        query = "&".join(f"{name}={value}" for name, value in arguments.items())
        response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _write(view: Callable[..., Any], asked: Mapping[str, Any], arguments: Any, status: int) -> Response:
    actor = current_actor()
    with unit_of_work() as db:
        if (earlier := earlier_answer(db, actor=actor, now=clock.now())) is not None:
            return earlier
        done: Done = view(Asked(db, actor, **asked), **arguments)
        response = _json(_plain(done.resource), status)
        if done.location:
            response.headers["Location"] = done.location
        keep_answer(db, response, actor=actor)
    response.headers["Cache-Control"] = "no-store"
    return response


def _plain(found: Any) -> Any:
    """What a view returned, as JSON's own values."""
    if isinstance(found, BaseModel):
        return found.model_dump(mode="json")
    if isinstance(found, Listed):
        return {"items": [_plain(item) for item in found.items], "next": found.next}
    return found


def _json(data: Any, status: int = 200) -> Response:
    return Response(json.dumps(data, ensure_ascii=False), status=status, mimetype="application/json")


def _read_query(shape: type[BaseModel] | None) -> BaseModel | None:
    """The query string in its shape. Raises Malformed."""
    if shape is None:
        return None
    try:
        return shape.model_validate(request.args.to_dict())
    except ValidationError as invalid:
        raise Malformed(
            Defect(f"?{each['loc'][0]}", each["type"], _defect(each)) for each in invalid.errors()
        ) from None


def _read_body(shape: type[BaseModel] | None) -> BaseModel | None:
    """The body in its shape. Raises UnsupportedMediaType, Malformed."""
    if shape is None:
        return None
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        data = json.loads(request.get_data(cache=True))
    except (ValueError, RecursionError):
        raise Malformed([Defect("#", "not_json", _("This is not JSON in UTF-8."))]) from None
    try:
        return shape.model_validate(data)
    except ValidationError as invalid:
        raise Malformed(
            Defect(_pointer(each["loc"]), each["type"], _defect(each)) for each in invalid.errors()
        ) from None


def _pointer(loc: tuple[int | str, ...]) -> str:
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in loc)
    return "#" + "".join(f"/{step}" for step in steps)


def _defect(error: Any) -> str:
    """What is wrong with one value, in the reader's language."""
    context = error.get("ctx") or {}
    limit = context.get("ge", context.get("le", context.get("max_length")))
    sentences: dict[str, str] = {
        "missing": _("This is missing."),
        "extra_forbidden": _("There is no such key."),
        "greater_than_equal": _("This must be %(limit)s or more.", limit=limit),
        "less_than_equal": _("This must be %(limit)s or less.", limit=limit),
        "string_too_long": _("This must have %(limit)s characters or fewer.", limit=limit),
    }
    return sentences.get(error["type"], str(_("This value is of the wrong kind.")))


def _limit() -> str:
    per_minute: int = current_app.extensions["baraza.settings"].api_per_minute
    return f"{per_minute}/minute"


def _who() -> str:
    """Requests with one token are counted together; a digest, for a shared counter need not know it."""
    return hash_of(request.headers.get("Authorization", ""))
