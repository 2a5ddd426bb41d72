"""Text goes out gzipped to whoever takes it: for many readers the line is the slowest part.

Done here, so that the service is light on its own; a reverse proxy in front finds it done.
Feeds bring their own compressed bytes and are left alone.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

WORTH_IT = 600
"""Bytes; less fits into one packet either way."""

LEVEL = 6

TEXTS = {
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "application/javascript",
    "application/json",
    "image/svg+xml",
}


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Gzip a whole answer of text for a client that takes it; everything else passes as it is."""
    if response.mimetype not in TEXTS or (response.is_streamed and not response.direct_passthrough):
        return response
    response.vary.add("Accept-Encoding")
    if (
        response.status_code != 200
        or "Content-Encoding" in response.headers
        or not request.accept_encodings["gzip"] > 0
        or request.method == "HEAD"
    ):
        return response
    is_file = response.direct_passthrough
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < WORTH_IT:
        return response
    response.set_data(_of_file(body) if is_file else gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)  # it named other bytes
    return response


@lru_cache(maxsize=32)
def _of_file(body: bytes) -> bytes:
    """Static files stay the same: each is compressed once."""
    return gzip.compress(body, mtime=0)
