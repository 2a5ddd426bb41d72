"""Text goes out gzipped to whoever takes it, and is the same text."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from tests.pages import Page

GZIP = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize("path", ["/about", "/static/css/baraza.css"])
def test_pages_and_styles_are_the_same_compressed(client: FlaskClient, path: str) -> None:
    plain, zipped = client.get(path, buffered=True), client.get(path, headers=GZIP, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 2
    assert int(zipped.headers["Content-Length"]) == len(zipped.data)
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_whole_first_view_weighs_at_most_50_kilobytes(client: FlaskClient) -> None:
    page = client.get("/about", headers=GZIP, buffered=True)
    document = Page(gzip.decompress(page.data).decode()).root
    parts = [e.attributes["href"] for e in document.all("link", rel="stylesheet")]
    parts += [e.attributes["src"] for e in document.all("script")]
    assert parts
    weight = len(page.data) + sum(len(client.get(part, headers=GZIP, buffered=True).data) for part in parts)
    assert weight < 50_000


def test_pictures_and_short_answers_pass_as_they_are(client: FlaskClient) -> None:
    for path in ("/static/img/icon-180.png", "/healthz"):
        answer = client.get(path, headers=GZIP, buffered=True)
        assert "Content-Encoding" not in answer.headers
