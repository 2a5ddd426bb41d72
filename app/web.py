"""What every page shares: security headers, request ids, hashed assets, template globals."""

from __future__ import annotations

import hashlib
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Request, Response, abort, current_app, g, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app import clock, i18n, once
from app.access import NOBODY
from app.stages import menu_for
from config import Settings

limiter = Limiter(get_remote_address)
"""Limits by address; put `@limiter.limit("10/minute")` on a view. Sign-in also counts per e-mail."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


class RowId(IntegerConverter):
    """`<int:…>` in an address: what a row's id can be. A larger number is no row, and no error either."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - the name that Werkzeug gives it
        super().__init__(map, **{"max": 2**31 - 1, **options})


class Given(ImmutableMultiDict[str, Any]):
    """What an address or a form brings, without NUL: no text holds it, and PostgreSQL keeps none."""

    def __init__(self, given: Any = None) -> None:
        pairs = MultiDict(given or ()).items(multi=True)
        super().__init__(
            (key, value.replace("\0", "") if isinstance(value, str) else value) for key, value in pairs
        )


class CleanRequest(Request):
    parameter_storage_class = Given


def init_app(app: Flask, settings: Settings) -> None:
    app.request_class = CleanRequest
    if settings.proxies:
        trusted = settings.proxies
        proxied = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    app.url_map.converters["int"] = RowId
    limiter.init_app(app)
    app.before_request(_name_request)
    app.after_request(_finish_response)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        static_url=static_url,
        csrf_token=generate_csrf,
        once_key=once.key_of_form,
        languages=list(i18n.LANGUAGES.items()),
    )

    @app.context_processor
    def reader() -> dict[str, Any]:
        actor = g.get("actor", NOBODY)
        account = g.get("account")
        return {
            "actor": actor,
            "me": account,
            "locale": i18n.language(),
            "text_direction": "ltr",
            "timezone": i18n.choose_zone(),
            "now": clock.now(),
            "menu": menu_for(actor, url_for, request.endpoint) if request else [],
            "page_id": (request.endpoint or "").replace(".", "-") if request else "",
            "environment": settings.environment,
            "network_name": settings.network_name,
            "network_currency": settings.currency,
            "contact_address": settings.contact_address,
        }


def _name_request() -> None:
    """Give the request an id that logs and error pages share; one from a proxy is kept if it is harmless."""
    g.request_id = request_id(request.headers.get("X-Request-ID", ""))
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if "\0" in request.path:
        abort(404)


def request_id(given: str) -> str:
    """What a request is called in logs: as a proxy calls it, where that is harmless."""
    return given if given.isalnum() and len(given) <= 64 else f"{random.getrandbits(64):016x}"


def headers(request_id: str, *, is_secure: bool) -> list[tuple[str, str]]:
    """The headers that every answer has."""
    transport = [STRICT_TRANSPORT] if is_secure else []
    return [*HEADERS.items(), *transport, ("X-Request-ID", request_id)]


def _finish_response(response: Response) -> Response:
    if g.get("cookieless"):
        session.modified = False  # an error page may have put something there, which is for nobody
        session.accessed = False  # last: to look at it is to access it
    for name, value in headers(g.get("request_id", ""), is_secure=request.is_secure):
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        hashed = "v" in request.args
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if hashed else "public, max-age=600"
        )
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if g.get("account") else "no-cache"
    return response


def row_id(text: str) -> int:
    """A row's number in a query string or a form: `request.args.get("topic", type=row_id)`, `coerce=row_id`.

    Raises ValueError for what no database could look up, which `get` and fields take as nothing asked.
    """
    number = int(text)
    if not 0 < number < 2**31:
        raise ValueError("no row has this number")
    return number


def static_url(path: str) -> str:
    """The address of a static file with a fingerprint of its bytes, so that it can be cached for ever."""
    return url_for("static", filename=path, v=_fingerprint(Path(str(current_app.static_folder)) / path))


@lru_cache
def _fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]
