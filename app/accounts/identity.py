"""From a request to the acting person, and the one gate that every request passes.

A browser is signed in while the token in its signed cookie matches a `Login` row: deleting
the row signs it out wherever it is. Nothing else about a person is kept in the cookie.

Views that programs call (`by_token`) know no cookies at all: who acts is told by an `ApiToken` in
the Authorization header, and what the token has no scope for is refused whatever roles stand behind it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app import clock
from app.access import NOBODY, Actor, Forbidden, rule_of
from app.accounts.models import Account, ApiToken, Login
from app.db import database
from app.network.queries import groups_chaired, organisations_below

SIGNED_IN_FOR = timedelta(days=30)

Scope = Literal["read", "plan", "publish"]
SCOPES: tuple[Scope, ...] = ("read", "plan", "publish")
"""What a token may be for: reading, setting the planner to work and changing drafts, publishing."""

View = TypeVar("View", bound=Callable[..., Any])


def init_app(app: Flask) -> None:
    app.before_request(_pass_the_gate)


def current_actor() -> Actor:
    """Who acts in this request; `NOBODY` when not signed in."""
    actor: Actor = g.get("actor", NOBODY)
    return actor


def current_account() -> Account:
    """The signed-in account; only for views whose rule demands one."""
    account: Account = g.account
    return account


def cookieless(view: View) -> View:
    """Mark a view that neither reads nor sets cookies: feeds, health checks, static files."""
    view.is_cookieless = True  # type: ignore[attr-defined]
    return view


class OutOfScope(Forbidden):
    """The token is not for this; `scope` is what it would have to have."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.scope = scope


def by_token(scope: Scope) -> Callable[[View], View]:
    """Mark a view that programs call with a token of this scope; it takes no cookie, and so no CSRF token."""

    def mark(view: View) -> View:
        view.token_scope = scope  # type: ignore[attr-defined]
        return cookieless(view)

    return mark


def exempt_programs(app: Flask, csrf: CSRFProtect) -> None:
    """Ask no form's secret of views that know no cookie; once all views are registered."""
    for view in app.view_functions.values():
        if getattr(view, "token_scope", None) is not None:
            csrf.exempt(view)


def _pass_the_gate() -> Response | None:
    """Find out who acts and whether the route is for them: 403 where no rule stands, deny by default."""
    g.account, g.actor = None, NOBODY
    view = current_app.view_functions.get(request.endpoint or "")
    g.cookieless = request.endpoint == "static" or getattr(view, "is_cookieless", False)
    scope: Scope | None = getattr(view, "token_scope", None)
    if scope is not None:
        _admit_program(scope)
    elif not g.cookieless and (token := session.get("login")):
        g.account = account_of_login(database.session(), token=token, now=clock.now())
        if g.account is not None:
            g.actor = actor_of(database.session(), g.account)
    if view is None or request.endpoint == "static":
        return None  # no such route: the 404 page follows, in the reader's language
    rule = rule_of(view)
    if rule is None:
        raise Forbidden
    if rule(g.actor):
        return None
    if scope is None and not g.actor.is_signed_in and request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    raise Forbidden


def _admit_program(scope: Scope) -> None:
    """Find out who acts by the token in the header. Raises Unauthorized, OutOfScope."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    db, now = database.session(), clock.now()
    token = token_in_use(db, secret=secret.strip(), now=now) if kind.lower() == "bearer" else None
    if token is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "Baraza"}))
    g.api_token, g.account, g.actor = token, token.account, actor_of(db, token.account)
    if scope not in token.scopes:
        raise OutOfScope(scope)


def hash_of(token: str) -> str:
    """What is stored of a random token: it cannot be turned back, and needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(db: Session, *, account: Account, device: str, now: datetime) -> str:
    """Begin a login; returns the token that the cookie carries."""
    token = secrets.token_urlsafe(32)
    db.add(
        Login(
            token_hash=hash_of(token),
            account_id=account.id,
            created_at=now,
            expires_at=now + SIGNED_IN_FOR,
            device=device[:120],
        )
    )
    account.last_seen_at = now
    db.flush()
    return token


def account_of_login(db: Session, *, token: str, now: datetime) -> Account | None:
    """The active account that a cookie's token stands for."""
    login = db.scalars(
        select(Login)
        .where(Login.token_hash == hash_of(token), Login.expires_at > now)
        .options(joinedload(Login.account).selectinload(Account.grants))
    ).first()
    return login.account if login is not None and login.account.is_active else None


def token_in_use(db: Session, *, secret: str, now: datetime) -> ApiToken | None:
    """The token with this secret, unless it has run out or its account is closed."""
    token = db.scalars(
        select(ApiToken)
        .where(ApiToken.token_hash == hash_of(secret), ApiToken.expires_at > now)
        .options(joinedload(ApiToken.account).selectinload(Account.grants))
    ).first()
    return token if token is not None and token.account.is_active else None


def actor_of(db: Session, account: Account) -> Actor:
    """The account as services know it, with everything its roles reach."""
    roles = frozenset((grant.role, grant.organisation_id) for grant in account.grants)
    return Actor(
        account_id=account.id,
        person_id=account.person_id,
        name=account.name,
        roles=roles,  # type: ignore[arg-type]
        organisation_ids=organisations_below(db, {organisation for _, organisation in roles}),
        group_ids=groups_chaired(db, account.person_id),
    )
