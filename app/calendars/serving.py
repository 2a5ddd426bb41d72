"""Answering calendar clients: conditional, compressed, without cookies (RFC 9110, 8.8 and 13).

Plain functions over the WSGI environment, so that they serve the application and what stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from werkzeug.http import http_date, parse_accept_header, parse_date, parse_etags

from app.calendars.models import Feed
from app.calendars.queries import FeedHead

MAX_AGE_SECONDS = 300
GZIP = "-gzip"
"""What the entity tag of the compressed bytes ends in: other bytes, another tag."""

Headers = list[tuple[str, str]]


def is_fresh(feed: FeedHead | Feed, now: datetime) -> bool:
    """Whether the stored bytes still say what is true."""
    return bool(feed.etag) and (feed.fresh_until is None or feed.fresh_until > now)


def not_modified(feed: FeedHead, environ: Mapping[str, Any]) -> bool:
    """Whether the client has these very bytes; If-None-Match decides where it is sent at all."""
    if has := environ.get("HTTP_IF_NONE_MATCH"):
        if has == f'"{feed.etag}"':  # as nearly every client sends it
            return True
        tags = parse_etags(has)
        return any(tags.contains_weak(tag) for tag in (feed.etag, feed.etag + GZIP))
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    then = parse_date(since) if since else None
    return then is not None and feed.modified_at.replace(microsecond=0) <= then


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client that sends this takes gzip."""
    return parse_accept_header(accept_encoding)["gzip"] > 0


def headers_of(feed: FeedHead, *, gzipped: bool, body: bytes | None) -> Headers:
    """The headers of an answer, with these bytes or (304) without any."""
    headers = [
        ("ETag", f'"{feed.etag}{GZIP}"' if gzipped else f'"{feed.etag}"'),
        ("Cache-Control", f"{'public' if feed.is_public else 'private'}, max-age={MAX_AGE_SECONDS}"),
        ("Vary", "Accept-Encoding"),
    ]
    if not feed.is_public:
        headers.append(("X-Robots-Tag", "noindex"))
    if body is not None:
        headers += [
            ("Last-Modified", _as_date(feed.modified_at)),
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Disposition", 'inline; filename="baraza.ics"'),
            ("Content-Length", str(len(body))),
        ]
        if gzipped:
            headers.append(("Content-Encoding", "gzip"))
    return headers


@lru_cache(maxsize=4096)
def _as_date(moment: datetime) -> str:
    return http_date(moment.astimezone(UTC))
