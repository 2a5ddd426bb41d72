"""What a request brings is made fit to be kept before any view sees it."""

from __future__ import annotations

import io

from flask import Flask, request
from flask.testing import FlaskClient


def test_no_value_of_an_address_or_a_form_holds_a_nul(app: Flask) -> None:
    brought = {"name": "Am\0a", "several": ["\0", "b\0"]}
    with app.test_request_context("/?q=a%00b&q=c", method="POST", data=brought):
        assert request.args.getlist("q") == ["ab", "c"]
        assert request.form.to_dict(flat=False) == {"name": ["Ama"], "several": ["", "b"]}


def test_files_come_as_they_are(app: Flask) -> None:
    file = (io.BytesIO(b"a\0b"), "table.csv")
    with app.test_request_context("/", method="POST", data={"file": file, "name": "Am\0a"}):
        assert request.files["file"].read() == b"a\0b"
        assert request.form["name"] == "Ama"


def test_an_address_with_a_nul_is_no_page(client: FlaskClient) -> None:
    assert client.get("/sign-in/link/a%00b").status_code == 404
