"""Answering calendar clients: conditional, compressed, without cookies (RFC 9110, 8.8 and 13)."""

from __future__ import annotations

from datetime import datetime

from flask import Request, Response

from app.calendars.models import Feed
from app.calendars.queries import FeedHead

MAX_AGE_SECONDS = 300
GZIP = "-gzip"
"""What the entity tag of the compressed bytes ends in: other bytes, another tag."""


def is_fresh(feed: FeedHead | Feed, now: datetime) -> bool:
    """Whether the stored bytes still say what is true."""
    return bool(feed.etag) and (feed.fresh_until is None or feed.fresh_until > now)


def not_modified(feed: FeedHead, request: Request) -> bool:
    """Whether the client has these very bytes; If-None-Match decides where it is sent at all."""
    if request.if_none_match:
        return any(request.if_none_match.contains_weak(tag) for tag in (feed.etag, feed.etag + GZIP))
    since = request.if_modified_since
    return since is not None and feed.modified_at <= since


def takes_gzip(request: Request) -> bool:
    return request.accept_encodings["gzip"] > 0


def answer(feed: FeedHead, request: Request, body: bytes | None) -> Response:
    """The response: 304 when `body` is `None`, else these bytes, gzipped where the client takes that."""
    zipped = takes_gzip(request)
    if body is None:
        response = Response(status=304)
    else:
        response = Response(body, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="baraza.ics"'
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(feed.etag + (GZIP if zipped else ""))
    response.last_modified = feed.modified_at
    whose = "public" if feed.is_public else "private"
    response.headers["Cache-Control"] = f"{whose}, max-age={MAX_AGE_SECONDS}"
    response.headers["Vary"] = "Accept-Encoding"
    if not feed.is_public:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
