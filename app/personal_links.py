"""Links that let somebody answer without an account: signed, for one purpose, until a date.

A link stands for what it names (`subject`: ids) and for nothing else: a view reads it, builds the
`Actor` that came by it, and the service asks `actor.came_by(purpose, id)`. Nothing is stored, so
what a link is worth is decided by the state of what it names, each time it is opened. Opening
one changes nothing (scanners of mail open every link); what changes something is a POST.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, make_response
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadData, URLSafeSerializer

from app.errors import NotFound

Subject = Mapping[str, int | str]
View = TypeVar("View", bound=Callable[..., Any])

_SALT = "baraza.personal_link"


class LinkExpired(NotFound):
    """The link was good until `expired_at`; `subject` says what it was for, so that a page can say more."""

    def __init__(self, subject: Subject, expired_at: datetime) -> None:
        super().__init__("link_expired")
        self.subject, self.expired_at = subject, expired_at


def link_token(purpose: str, subject: Subject, expires_at: datetime) -> str:
    """The part of an address that stands for `subject` until `expires_at`; safe in a path.

    The same three give the same token, whenever it is made.
    """
    stamp = int(expires_at.timestamp())
    return _serializer(purpose).dumps([stamp, dict(subject)])


def read_link_token(purpose: str, token: str, now: datetime) -> Subject:
    """What a link stands for.

    Raises NotFound (it is not one of ours, or for another purpose), LinkExpired.
    """
    try:
        stamp, subject = _serializer(purpose).loads(token)
    except (BadData, ValueError, TypeError) as bad:
        raise NotFound from bad
    expires_at = datetime.fromtimestamp(stamp, UTC)
    if now >= expires_at:
        raise LinkExpired(subject, expires_at)
    return subject  # type: ignore[no-any-return]


def _serializer(purpose: str) -> URLSafeSerializer:
    """The last key signs; what SECRET_KEY_FALLBACKS signed stays valid when the key changes."""
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=f"{_SALT}.{purpose}")


def opened_by_link(view: View) -> View:
    """Mark a view that people reach by such a link; goes below `@allow(anybody)`.

    The address is the secret, so it is neither kept by a browser's cache nor told to other sites; and
    since nobody else can know it, a form on the page needs no second secret, which would run out
    while somebody writes (Flask-WTF forms there are made with `meta={"csrf": False}`).
    """

    @wraps(view)
    def answered(*args: Any, **kwargs: Any) -> Any:
        response = make_response(view(*args, **kwargs))
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    answered.is_opened_by_link = True  # type: ignore[attr-defined]
    return answered  # type: ignore[return-value]


def exempt_links(app: Flask, csrf: CSRFProtect) -> None:
    """Ask no form's own secret of views that are opened by link; once all views are registered."""
    for view in app.view_functions.values():
        if getattr(view, "is_opened_by_link", False):
            csrf.exempt(view)
