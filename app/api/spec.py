"""The API described: an OpenAPI 3.1 document, made from what the views declare, committed as openapi.json.

A test holds the committed file against what is made here (`RENEW=1` writes it), so that a change of the API
is seen as one by whoever reads the difference.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.shapes import Problem

if TYPE_CHECKING:
    from app.api.views.operations import Operation

FILE = Path(__file__).with_name("openapi.json")
SCHEMAS = "#/components/schemas/{model}"
DOCUMENT = {"type": "object", "additionalProperties": True}

ABOUT = """\
What the planning room shows and does, for programs.

Sign in with a token: make one under *My account → Tokens for programs*, and send it as
`Authorization: Bearer …`. A token acts in your name: its scopes (`read`, `plan`, `publish`) narrow what it
may do, your roles bound it. What is not for you does not exist: the answer is 404.

Lists come in pages: send `next` as `cursor` for the page after. Errors are problem documents (RFC 9457) in
the language of `Accept-Language` (en, fr, es, pt), with `code` for programs. A POST with an `Idempotency-Key`
acts once, however often it is sent within two days. GET answers carry an ETag. Each token has a limit of
requests per minute; 429 says when to try again.

Amounts are whole units of the round's currency; objectives are hundredths of a point, as in the documents.
"""

REFUSALS = {
    400: "The request cannot be understood.",
    401: "No valid token.",
    403: "Not in the token's scopes, or not for its owner's roles.",
    404: "No such thing, or not for the token's owner.",
    409: "How things stand does not allow it; `code` says why.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "What was sent breaks a rule; `errors` say where.",
    429: "Too many requests with this token.",
}


def document(app: Flask) -> dict[str, Any]:
    """The description of every operation that the application has."""
    found = sorted(
        (
            (rule.rule, method.lower(), rule.endpoint, view.operation)
            for rule in app.url_map.iter_rules()
            if hasattr(view := app.view_functions[rule.endpoint], "operation")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ),
        key=lambda each: each[:2],
    )
    paths: dict[str, Any] = {}
    for rule, method, endpoint, operation in found:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
        paths.setdefault(path, {})[method] = _described(operation, rule, method, endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Baraza",
            "version": "1",
            "description": ABOUT,
            "license": {"name": "See the project"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in sorted({_tag(rule) for rule, *_ in found})],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas([operation for *_, operation in found]),
        },
    }


def written(app: Flask) -> str:
    """The document as the file holds it."""
    return json.dumps(document(app), indent=1, ensure_ascii=False) + "\n"


@cache
def committed() -> bytes:
    """The document as it is committed."""
    return FILE.read_bytes()


def _described(operation: Operation, rule: str, method: str, endpoint: str) -> dict[str, Any]:
    refuses = {401, 403, 422 if operation.query or operation.takes else 401, 429, *operation.refuses}
    parameters = [*_of_path(rule), *_of_query(operation.query)]
    described: dict[str, Any] = {
        "operationId": endpoint.partition(".")[2].rstrip("_"),
        "summary": operation.says,
        "description": f"{operation.detail}\n\nScope: `{operation.scope}`.".strip(),
        "tags": [_tag(rule)],
    }
    if method == "post":
        refuses |= {409, 413, 415, 422}
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
                "description": "With it, the request acts once however often it is sent.",
            }
        )
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.takes)}},
        }
    described["parameters"] = parameters
    answers = _ref(operation.answers) if operation.answers else DOCUMENT
    described["responses"] = {
        str(operation.status): {
            "description": operation.says,
            "content": {"application/json": {"schema": answers}},
        },
        **({"304": {"description": "As it was when its ETag was given."}} if method == "get" else {}),
        **{
            str(status): {
                "description": REFUSALS[status],
                "content": {"application/problem+json": {"schema": _ref(Problem)}},
            }
            for status in sorted(refuses)
        },
    }
    return described


def _of_path(rule: str) -> list[dict[str, Any]]:
    """Arguments of an address; all of them are ids of rows."""
    schema = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name in re.findall(r"<(?:\w+:)?(\w+)>", rule)
    ]


def _of_query(shape: type[BaseModel] | None) -> list[dict[str, Any]]:
    if shape is None:
        return []
    schema = shape.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": part.pop("description", ""),
            "schema": _without_null({key: value for key, value in part.items() if key != "title"}),
        }
        for name, part in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query string has no null: a parameter without one is left out."""
    options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return options[0] if len(options) == 1 else schema


def _ref(model: type[BaseModel] | None) -> dict[str, str]:
    assert model is not None  # noqa: S101 - every write declares what it takes
    return {"$ref": SCHEMAS.format(model=_name(model))}


def _name(model: type[BaseModel]) -> str:
    """The name that pydantic gives a model's schema: 'Listing[Round]' -> 'Listing_Round_'."""
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", model.__name__)


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    used: set[type[BaseModel]] = {
        model for each in operations for model in (each.answers, each.takes) if model is not None
    }
    used.add(Problem)
    inputs = [(model, "serialization") for model in sorted(used, key=_name)]
    _, found = models_json_schema(inputs, ref_template=SCHEMAS)  # type: ignore[arg-type]
    return found.get("$defs", {})  # type: ignore[no-any-return]


def _tag(rule: str) -> str:
    """'/api/v1/rounds/<int:round_id>' -> 'rounds'."""
    return rule.split("/")[3]
