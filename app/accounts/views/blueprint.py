"""The blueprint, and what it gives to every page: where to sign in and out, and one's own links."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, request, session, url_for
from flask_babel import gettext as _

from app.access import NOBODY
from app.accounts.local_paths import local_path
from config import Settings

blueprint = Blueprint("accounts", __name__)


@blueprint.app_context_processor
def sign_in_and_out() -> dict[str, Any]:
    """What `base.html` takes: `choose_language_url`, `sign_in_url` or `sign_out_url`, `account_links`."""
    if not request:
        return {}  # a letter is being written
    links = {"choose_language_url": url_for("accounts.choose_language")}
    actor = g.get("actor", NOBODY)
    if not actor.is_signed_in:
        return {**links, "sign_in_url": url_for("accounts.sign_in", **_back_here())}
    own: list[dict[str, Any]] = [{"label": _("My account"), "url": url_for("accounts.profile")}]
    if actor.is_coordinator:
        own.append({"label": _("Accounts and roles"), "url": url_for("accounts.index")})
        own.append({"label": _("Outbox"), "url": url_for("mail.index")})
        own.append({"label": _("Webhooks"), "url": url_for("webhooks.index")})
    for link in own:
        link["current"] = f"{request.path}/".startswith(f"{link['url']}/")
    return {**links, "sign_out_url": url_for("accounts.sign_out"), "account_links": own}


def _back_here() -> dict[str, Any]:
    """The present page as where to go after signing in, if it is one to come back to."""
    is_sign_in = (request.endpoint or "").startswith("accounts.sign_in")
    return {} if is_sign_in or request.method != "GET" or request.path == "/" else {"next": request.path}


def asked_next() -> str:
    """Where the reader was going, as the form or the address says."""
    return local_path(request.form.get("next") or request.args.get("next"))


def login_token() -> str:
    """The token of this browser's login; empty when there is none."""
    return str(session.get("login", ""))


def settings() -> Settings:
    found: Settings = current_app.extensions["baraza.settings"]
    return found
