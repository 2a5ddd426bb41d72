"""The coordinator's care of accounts: find them, open them, grant and revoke roles, let nobody in any
more."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator
from app.accounts import letters, queries, services
from app.accounts.forms import GrantForm, OpenAccountForm
from app.accounts.identity import current_actor
from app.accounts.services.accounts import HELD_AT
from app.accounts.views.blueprint import blueprint, settings
from app.accounts.words import ROLE_MEANINGS, role_in_words
from app.db import database, unit_of_work
from app.errors import Conflict

ROLE_AT = {kind: role for role, kind in HELD_AT.items()}


@blueprint.get("/accounts")
@allow(coordinator)
def index() -> ResponseReturnValue:
    search, page = request.args.get("q", ""), max(1, request.args.get("page", 1, type=int))
    found, total = queries.accounts(database.session(), actor=current_actor(), search=search, page=page)
    rows = [(account, [role_in_words(grant) for grant in account.grants]) for account in found]
    pages = max(1, -(-total // queries.PAGE))
    return render_template(
        "accounts/index.html", rows=rows, total=total, search=search, page=page, pages=pages
    )


@blueprint.get("/accounts/new")
@allow(coordinator)
def new() -> ResponseReturnValue:
    return render_template("accounts/new.html", form=OpenAccountForm())


@blueprint.post("/accounts/new")
@allow(coordinator)
def open_account() -> ResponseReturnValue:
    form = OpenAccountForm()
    if not form.validate_on_submit():
        return render_template("accounts/new.html", form=form), 422
    with unit_of_work() as db:
        account = services.open_account(
            db,
            actor=current_actor(),
            email=form.email.data,
            name=form.name.data,
            language=form.language.data,
            now=clock.now(),
        )
        if account is not None:
            letters.write_account_opened(
                db,
                account=account,
                opened_by=current_actor().name,
                public_url=settings().public_url,
                now=clock.now(),
            )
    if account is None:
        form.email.errors = [_("There is an account with this address already.")]
        return render_template("accounts/new.html", form=form), 422
    flash(_("The account has been opened. Now give it its roles."), "success")
    return redirect(url_for("accounts.show", account_id=account.id), 303)


@blueprint.get("/accounts/<int:account_id>")
@allow(coordinator)
def show(account_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    account = queries.account(db, actor=actor, account_id=account_id)
    grants = queries.roles_of(db, account)
    return render_template(
        "accounts/show.html",
        account=account,
        grants=[(grant, role_in_words(grant), ROLE_MEANINGS[grant.role]) for grant in grants],
        grant_form=GrantForm(queries.organisations_with_roles(db, actor=actor), ROLE_AT),
        is_own=account.id == actor.account_id,
    )


@blueprint.post("/accounts/<int:account_id>/roles")
@allow(coordinator)
def grant_role(account_id: int) -> ResponseReturnValue:
    actor = current_actor()
    with unit_of_work() as db:
        account = queries.account(db, actor=actor, account_id=account_id)
        form = GrantForm(queries.organisations_with_roles(db, actor=actor), ROLE_AT)
        if form.validate_on_submit():
            organisation = queries.organisation(db, actor=actor, organisation_id=form.organisation.data)
            services.grant_role(
                db,
                actor=actor,
                account=account,
                role=ROLE_AT[organisation.kind],
                organisation=organisation,
                now=clock.now(),
            )
            flash(_("The role has been granted."), "success")
        else:
            flash(_("Choose one of the organisations."), "error")
    return redirect(url_for("accounts.show", account_id=account_id), 303)


@blueprint.post("/accounts/<int:account_id>/roles/<int:grant_id>/revoke")
@allow(coordinator)
def revoke_role(account_id: int, grant_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        grant = queries.grant(db, actor=current_actor(), account_id=account_id, grant_id=grant_id)
        try:
            services.revoke_role(db, actor=current_actor(), grant=grant, now=clock.now())
        except Conflict:
            flash(_("This is the last coordinator: make somebody else one first."), "error")
        else:
            flash(_("The role has been revoked."), "success")
    return redirect(url_for("accounts.show", account_id=account_id), 303)


@blueprint.post("/accounts/<int:account_id>/deactivate")
@allow(coordinator)
def deactivate(account_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        account = queries.account(db, actor=current_actor(), account_id=account_id)
        services.deactivate_account(db, actor=current_actor(), account=account, now=clock.now())
    flash(_("The account has been closed and is signed out everywhere."), "success")
    return redirect(url_for("accounts.show", account_id=account_id), 303)


@blueprint.post("/accounts/<int:account_id>/reactivate")
@allow(coordinator)
def reactivate(account_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        account = queries.account(db, actor=current_actor(), account_id=account_id)
        services.reactivate_account(db, actor=current_actor(), account=account, now=clock.now())
    flash(_("The account has been opened again."), "success")
    return redirect(url_for("accounts.show", account_id=account_id), 303)
