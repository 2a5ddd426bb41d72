"""Signing in by code, link or password, and signing out.

Only a POST uses a code or link up: scanners of mail follow links. What the pages say never tells whether an
address is known.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, anybody, signed_in
from app.accounts import letters, queries, services
from app.accounts.devices import device_name
from app.accounts.forms import AskForm, CodeForm, PasswordSignInForm
from app.accounts.identity import current_account, current_actor
from app.accounts.services.sign_in import SignIn, state_of_link
from app.accounts.views.blueprint import asked_next, blueprint, login_token, settings
from app.accounts.words import refusal_in_words
from app.db import database, unit_of_work
from app.i18n import is_zone
from app.web import limiter


def address_typed() -> str:
    """The typed address as a key to count by; hashed, since a shared counter need not know addresses."""
    return hashlib.sha256(queries.normal_address(request.form.get("email", "")).encode()).hexdigest()


def was_refused(response: Response) -> bool:
    return response.status_code != 303


@blueprint.get("/sign-in")
@allow(anybody)
def sign_in() -> ResponseReturnValue:
    if current_actor().is_signed_in:
        return redirect(asked_next(), 303)
    form = AskForm(next=asked_next())
    return render_template("accounts/sign_in.html", form=form)


@blueprint.post("/sign-in")
@allow(anybody)
@limiter.limit("30/hour")
def sign_in_ask() -> ResponseReturnValue:
    form = AskForm()
    if not form.validate_on_submit():
        return render_template("accounts/sign_in.html", form=form), 422
    _remember_zone(form.timezone.data)
    with unit_of_work() as db:
        asked = services.ask_for_code(db, email=form.email.data, now=clock.now())
        if asked is not None:
            letters.write_sign_in(
                db,
                asked=asked,
                email=queries.normal_address(form.email.data),
                next_path=asked_next(),
                public_url=settings().public_url,
                now=clock.now(),
            )
    if asked is None:
        form.email.errors = [_("Too many codes were asked for this address. Try again in an hour.")]
        return render_template("accounts/sign_in.html", form=form), 429
    session["asked"] = asked.handle
    return redirect(url_for("accounts.sign_in_code", **_onwards()), 303)


@blueprint.get("/sign-in/code")
@allow(anybody)
def sign_in_code() -> ResponseReturnValue:
    email = queries.address_of_handle(database.session(), session.get("asked", ""))
    if email is None:
        return redirect(url_for("accounts.sign_in", **_onwards()), 303)
    return render_template("accounts/sign_in_code.html", form=CodeForm(next=asked_next()), email=email)


@blueprint.post("/sign-in/code")
@allow(anybody)
@limiter.limit("60/hour")
def sign_in_enter_code() -> ResponseReturnValue:
    form, handle = CodeForm(), session.get("asked", "")
    if form.validate_on_submit():
        with unit_of_work() as db:
            outcome = services.enter_code(
                db, handle=handle, typed=form.code.data, now=clock.now(), **_device()
            )
        if isinstance(outcome, SignIn):
            return _signed_in(outcome)
        form.code.errors = [refusal_in_words(outcome)]
    email = queries.address_of_handle(database.session(), handle)
    return render_template("accounts/sign_in_code.html", form=form, email=email), 422


@blueprint.get("/sign-in/link/<token>")
@allow(anybody)
def sign_in_link(token: str) -> ResponseReturnValue:
    """One button, and nothing used up: who looks at a link does not sign in by that."""
    state = state_of_link(database.session(), token=token, now=clock.now())
    return _link_page(token, state, 200 if state == "valid" else 410)


@blueprint.post("/sign-in/link/<token>")
@allow(anybody)
@limiter.limit("60/hour")
def sign_in_use_link(token: str) -> ResponseReturnValue:
    with unit_of_work() as db:
        outcome = services.use_link(db, token=token, now=clock.now(), **_device())
    return _signed_in(outcome) if isinstance(outcome, SignIn) else _link_page(token, outcome, 410)


@blueprint.get("/sign-in/password")
@allow(anybody)
def sign_in_password() -> ResponseReturnValue:
    return render_template("accounts/sign_in_password.html", form=PasswordSignInForm(next=asked_next()))


@blueprint.post("/sign-in/password")
@allow(anybody)
@limiter.limit("10/hour", key_func=address_typed, deduct_when=was_refused)
@limiter.limit("60/hour")
def sign_in_enter_password() -> ResponseReturnValue:
    form = PasswordSignInForm()
    if form.validate_on_submit():
        _remember_zone(form.timezone.data)
        with unit_of_work() as db:
            outcome = services.sign_in_with_password(
                db, email=form.email.data, password=form.password.data, now=clock.now(), **_device()
            )
        if outcome is not None:
            return _signed_in(outcome)
        form.password.errors = [_("Address and password do not fit together.")]
    return render_template("accounts/sign_in_password.html", form=form), 422


@blueprint.post("/sign-out")
@allow(signed_in)
def sign_out() -> ResponseReturnValue:
    with unit_of_work() as db:
        login = queries.login_of_token(db, login_token())
        if login is not None:
            services.sign_out(db, actor=current_actor(), login=login, now=clock.now())
    _forget()
    flash(_("You are signed out."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/account/sign-out-everywhere")
@allow(signed_in)
def sign_out_everywhere() -> ResponseReturnValue:
    with unit_of_work() as db:
        services.sign_out_everywhere(db, actor=current_actor(), account=current_account(), now=clock.now())
    _forget()
    flash(_("You are signed out on all devices."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/account/devices/<int:login_id>/sign-out")
@allow(signed_in)
def sign_out_device(login_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        login = queries.login_of(db, actor=current_actor(), login_id=login_id)
        services.sign_out(db, actor=current_actor(), login=login, now=clock.now())
    flash(_("The device is signed out."), "success")
    return redirect(url_for("accounts.profile", _anchor="devices"), 303)


def _signed_in(outcome: SignIn) -> ResponseReturnValue:
    """Begin a new cookie, so that nothing set before signing in lives on in it."""
    session.clear()
    session["login"] = outcome.token
    session.permanent = True
    return redirect(asked_next(), 303)


def _forget() -> None:
    """End this browser's cookie; it goes on in the language and time zone of who was here."""
    session.clear()
    session.update(language=current_account().language, timezone=current_account().timezone)


def _link_page(token: str, state: str, status: int) -> ResponseReturnValue:
    page = render_template("accounts/sign_in_link.html", state=state, token=token, next=asked_next())
    return page, status, {"Cache-Control": "no-store"}


def _onwards() -> dict[str, Any]:
    path = asked_next()
    return {} if path == "/" else {"next": path}


def _device() -> dict[str, str]:
    return {
        "device": device_name(request.user_agent.string),
        "zone": request.form.get("timezone") or session.get("timezone", ""),
    }


def _remember_zone(told: str | None) -> None:
    if told and is_zone(told):
        session["timezone"] = told
