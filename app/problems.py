"""Errors as programs read them: `application/problem+json` (RFC 9457), in the language that they ask for.

    {"title": "…", "status": 422, "code": "malformed_document", "detail": "…",
     "errors": [{"pointer": "#/round/workshops/3/days", "code": "missing", "detail": "…"}], "request_id": "…"}

`code` is stable and meant for programs; `title`, `detail` are sentences for people. `errors` tells of each
defect of what was sent where it is, as a JSON pointer into the body (or `query` with a parameter's name).
Words for codes come from the stages that use them (`words_from`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, g
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

PROGRAMS = "/api/"
"""What is asked for below this is asked for by programs."""

TITLES: Mapping[int, object] = {
    400: _l("This request cannot be understood."),
    401: _l("A valid token is needed."),
    403: _l("This is not for you."),
    404: _l("There is no such thing, or it is not for you."),
    405: _l("This address does not answer to this method."),
    409: _l("How things stand does not allow this."),
    413: _l("This is too large."),
    415: _l("The body has to be JSON."),
    422: _l("What was sent breaks a rule."),
    429: _l("Too many requests: try again later."),
    500: _l("Something went wrong on our side."),
    503: _l("The service has no time just now: try again in a minute."),
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect of what was sent. `pointer`: a JSON pointer into the body, or `?name` of a parameter."""

    pointer: str
    code: str
    detail: str

    def as_data(self) -> dict[str, str]:
        place = "parameter" if self.pointer.startswith("?") else "pointer"
        return {place: self.pointer.removeprefix("?"), "code": self.code, "detail": self.detail}


Words = Callable[[str, Mapping[str, Any]], str | None]

_words: list[Words] = []


def words_from(words: Words) -> None:
    """Have `words(code, values)` asked for the sentence of a code; it gives None for those of others."""
    if words not in _words:
        _words.append(words)


def problem(status: int, error: Any = None) -> Response:
    """The answer to a request that was not done."""
    code = getattr(error, "reason", "") or _CODES.get(status, "refused")
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": str(TITLES.get(status, TITLES[500 if status >= 500 else 400])),
        "status": status,
        "code": code,
        "instance": f"urn:baraza:request:{g.get('request_id', '')}",
    }
    if detail := _sentence(code, getattr(error, "values", {})):
        told["detail"] = detail
    if scope := getattr(error, "scope", None):
        told |= {"code": "insufficient_scope", "scope": scope}
    if defects := getattr(error, "defects", None) or _one_defect(error):
        told["errors"] = [defect.as_data() for defect in defects]
    response = Response(
        json.dumps(told, ensure_ascii=False), status=status, mimetype="application/problem+json"
    )
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name not in {"Content-Type", "Content-Length"}:
                response.headers.add(name, value)
    return response


_CODES = {
    400: "bad_request",
    401: "no_token",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
    429: "too_many_requests",
    500: "our_mistake",
    503: "no_time",
}


def _sentence(code: str, values: Mapping[str, Any]) -> str | None:
    return next((said for words in _words if (said := words(code, values))), None)


def _one_defect(error: Any) -> list[Defect]:
    """What an `Invalid` says of its one field."""
    field, code = getattr(error, "field", None), getattr(error, "reason", "")
    if not field:
        return []
    pointer = field if field.startswith("?") else f"#/{field}"
    return [Defect(pointer, code, _sentence(code, error.values) or code)]
