"""Feeds answered before the application is asked.

Calendar programs ask for the same bytes day and night, and nobody signs in for them: an answer needs no
session, no language, no form key. So while a feed is as it was written, one small query decides, and what
Flask, SQLAlchemy and the log do around a view is left out: these answers are counted, not logged one by one.
Whatever is not as simple (another method, a wrong address, a feed that is to be written anew, a database that
is away) goes on to the application, which answers in the same words: see `views.published`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.wsgi import ClosingIterator

from app import clock, metrics, web
from app.calendars import serving
from app.calendars.addresses import is_address_of
from app.calendars.bare_reading import BareReader, Reading
from app.calendars.kept_bytes import KeptBytes
from app.calendars.queries import FeedHead
from app.calendars.reading_times import ReadingTimes
from app.db import database

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PREFIX = "/calendar/"
_PATH = re.compile(r"/calendar/(?:([1-9][0-9]{0,8})-([A-Za-z0-9_-]{22})|public-([a-z]{2}))\.ics")
ROUTE = "/calendar/<int:feed_id>-<string:signature>.ics"
PUBLIC_ROUTE = "/calendar/public-<string:code>.ics"
"""How the figures name them: by the pattern, never by the address."""

KEPT_BYTES = 16 * 1024 * 1024

_STATUS = {200: "200 OK", 304: "304 NOT MODIFIED"}


def init_app(app: Flask) -> None:
    """Stand before the application, behind whatever looks at proxies."""
    app.extensions["baraza.reading_times"] = times = ReadingTimes(app)
    app.wsgi_app = QuickFeeds(app, app.wsgi_app, times)  # type: ignore[method-assign]


class QuickFeeds:
    """The part of WSGI that answers for feeds; `inner` answers for everything else."""

    def __init__(self, app: Flask, inner: WSGIApplication, times: ReadingTimes) -> None:
        self.app, self.inner, self.times = app, inner, times
        self.kept = KeptBytes(KEPT_BYTES)
        self._reader: BareReader | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(_PREFIX) and environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            parts = _PATH.fullmatch(path)
            answered = parts and self._answer(parts, environ, start_response)
            if answered is not None:
                return answered
        return self.inner(environ, start_response)

    def _answer(
        self, parts: re.Match[str], environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes] | None:
        """The answer; `None` where it is the application's to give."""
        started, now = time.perf_counter(), clock.now()
        body = None
        try:
            with self._reading() as reading:
                head = self._head(reading, parts)
                if head is None or not serving.is_fresh(head, now):
                    return None
                gzipped = serving.takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
                if not serving.not_modified(head, environ):
                    body = self._bytes(reading, head, gzipped=gzipped)
                    if body is None:
                        return None
        except Exception:
            return None
        status = 304 if body is None else 200
        headers = [
            *serving.headers_of(head, gzipped=gzipped, body=body),
            *web.headers(
                web.request_id(environ.get("HTTP_X_REQUEST_ID", "")),
                is_secure=environ["wsgi.url_scheme"] == "https",
            ),
        ]
        start_response(_STATUS[status], headers)
        self.times.note(head.id, head.read_at, now)
        metrics.count(PUBLIC_ROUTE if head.is_public else ROUTE, status, time.perf_counter() - started)
        told = () if body is None or environ["REQUEST_METHOD"] == "HEAD" else (body,)
        return ClosingIterator(told, self.times.write) if self.times.is_due() else told

    def _head(self, reading: Reading, parts: re.Match[str]) -> FeedHead | None:
        number, signature, language = parts.groups()
        if language is not None:
            return reading.public_head(language)
        head = reading.feed_head(int(number))
        if head is None or head.is_public or not is_address_of(head, signature, self.app.config):
            return None
        return head

    def _bytes(self, reading: Reading, head: FeedHead, *, gzipped: bool) -> bytes | None:
        body = self.kept.get((head.etag, gzipped))
        if body is None:
            body = reading.stored_bytes(head.id, gzipped=gzipped)
            if body is not None:
                self.kept.put((head.etag, gzipped), body)
        return body

    def _reading(self) -> AbstractContextManager[Reading]:
        if self._reader is None:
            with self.app.app_context():
                self._reader = BareReader(database.engine)
        return self._reader.reading()
