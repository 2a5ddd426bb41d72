"""The description of the API is that of the API."""

from __future__ import annotations

import json
import os

from flask import Flask
from flask.testing import FlaskClient

from app.accounts.identity import SCOPES
from app.api import spec


def test_the_committed_description_is_what_the_views_declare(app: Flask) -> None:
    """RENEW=1 writes it; read the difference as somebody whose program calls this."""
    if os.environ.get("RENEW"):
        spec.FILE.write_text(spec.written(app), encoding="utf-8")
    assert spec.FILE.read_text(encoding="utf-8") == spec.written(app)


def test_the_description_is_served_to_whoever_asks(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert json.loads(answer.data)["openapi"] == "3.1.0"
    assert (
        client.get("/api/v1/openapi.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code
        == 304
    )


def test_every_view_of_the_api_is_described_with_its_scope(app: Flask) -> None:
    described = spec.document(app)["paths"]
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi":
            assert view.token_scope in SCOPES, rule.endpoint
            assert view.operation.scope == view.token_scope, rule.endpoint
    names = [each["operationId"] for methods in described.values() for each in methods.values()]
    assert (
        len(names)
        == len(set(names))
        == len([rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]) - 1
    )


def test_every_reference_in_the_description_leads_somewhere(app: Flask) -> None:
    whole = spec.document(app)
    text = json.dumps(whole)
    names = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names == set(whole["components"]["schemas"])
