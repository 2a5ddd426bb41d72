"""Tokens for programs: one's own, made and taken back."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, once
from app.access import allow, signed_in
from app.accounts import queries, services
from app.accounts.forms import TokenForm
from app.accounts.identity import current_account, current_actor
from app.accounts.views.blueprint import blueprint
from app.db import database, unit_of_work
from app.errors import Conflict


@blueprint.get("/account/tokens")
@allow(signed_in)
def tokens() -> ResponseReturnValue:
    return _page(TokenForm(scopes=["read"]))


@blueprint.post("/account/tokens")
@allow(signed_in)
def issue_token() -> ResponseReturnValue:
    """Make a token. The answer alone shows it; sent again, the form makes no second one."""
    form = TokenForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with unit_of_work() as db:
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            issued = services.issue_token(
                db,
                actor=current_actor(),
                account=current_account(),
                name=form.name.data,
                scopes=form.scopes.data,
                valid_for=timedelta(days=form.days.data),
                now=clock.now(),
            )
            once.answered(db, url_for("accounts.tokens"))
    except Conflict:
        form.name.errors = [_("You have many tokens already: take one back first.")]
        return _page(form), 422
    return render_template("accounts/token.html", token=issued.token, secret=issued.secret)


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@allow(signed_in)
def revoke_token(token_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        token = queries.token_of(db, actor=current_actor(), token_id=token_id)
        services.revoke_token(db, actor=current_actor(), token=token, now=clock.now())
    flash(_("The token is taken back: no program can use it any more."), "success")
    return redirect(url_for("accounts.tokens"), 303)


def _page(form: TokenForm) -> str:
    held = queries.tokens_of(database.session(), account=current_account())
    labels = {choice.value: str(choice.label) for choice in form.scopes.choices}
    return render_template(
        "accounts/tokens.html",
        form=form,
        tokens=[(token, [labels[scope] for scope in token.scopes]) for token in held],
    )
