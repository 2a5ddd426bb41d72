"""One's own account: name, language, time zone, password, devices, roles, and all that is stored."""

from __future__ import annotations

import json

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, signed_in
from app.accounts import letters, queries, services, zones
from app.accounts.forms import LettersForm, ProfileForm, SetPasswordForm
from app.accounts.identity import current_account, current_actor, hash_of
from app.accounts.personal_data import personal_data
from app.accounts.views.blueprint import blueprint, login_token, settings
from app.accounts.words import refusal_in_words, role_in_words
from app.db import database, unit_of_work
from app.mail.models import CATEGORIES
from app.mail.subscriptions import stopped_of
from app.mail.words import CATEGORY_WORDS
from app.network.services.people import say_gender
from app.web import limiter


@blueprint.get("/account")
@allow(signed_in)
def profile() -> ResponseReturnValue:
    return _page(ProfileForm(current_account()), SetPasswordForm(formdata=None))


@blueprint.post("/account")
@allow(signed_in)
def change_profile() -> ResponseReturnValue:
    form = ProfileForm(current_account())
    if not form.validate_on_submit():
        return _page(form, SetPasswordForm(formdata=None)), 422
    with unit_of_work() as db:
        services.change_profile(
            db,
            actor=current_actor(),
            account=current_account(),
            now=clock.now(),
            name=form.name.data,
            language=form.language.data,
            timezone=form.timezone.data,
        )
        if (person := current_account().person) is not None and form.gender is not None:
            say_gender(db, actor=current_actor(), person=person, gender=form.gender.data, now=clock.now())
    flash(_("Your account has been changed."), "success")
    return redirect(url_for("accounts.profile"), 303)


@blueprint.post("/account/password")
@allow(signed_in)
@limiter.limit("20/hour")
def set_password() -> ResponseReturnValue:
    form, weakness = SetPasswordForm(), None
    if form.validate_on_submit():
        with unit_of_work() as db:
            account = current_account()
            weakness = services.set_password(
                db,
                actor=current_actor(),
                account=account,
                password=form.password.data,
                this_login=login_token(),
                now=clock.now(),
            )
            if weakness is None:
                letters.write_password_changed(
                    db, account=account, removed=False, public_url=settings().public_url, now=clock.now()
                )
        if weakness is None:
            flash(_("The password has been set. Your other devices are signed out."), "success")
            return redirect(url_for("accounts.profile", _anchor="password"), 303)
        form.password.errors = [refusal_in_words(weakness)]
    return _page(ProfileForm(current_account(), formdata=None), form), 422


@blueprint.post("/account/password/remove")
@allow(signed_in)
def remove_password() -> ResponseReturnValue:
    with unit_of_work() as db:
        account = current_account()
        services.remove_password(db, actor=current_actor(), account=account, now=clock.now())
        letters.write_password_changed(
            db, account=account, removed=True, public_url=settings().public_url, now=clock.now()
        )
    flash(_("The password has been removed. You sign in with a code by e-mail."), "success")
    return redirect(url_for("accounts.profile", _anchor="password"), 303)


@blueprint.post("/account/letters")
@allow(signed_in)
def choose_letters() -> ResponseReturnValue:
    """Say which letters that are not essential one wants, at all one's addresses."""
    form = LettersForm()
    if not form.validate_on_submit():
        return _page(ProfileForm(current_account(), formdata=None), SetPasswordForm(formdata=None)), 422
    with unit_of_work() as db:
        services.choose_letters(
            db,
            actor=current_actor(),
            account=current_account(),
            wanted=form.wanted.data or (),
            now=clock.now(),
        )
    flash(_("Your choice of letters has been kept."), "success")
    return redirect(url_for("accounts.profile", _anchor="letters"), 303)


@blueprint.post("/account/data")
@allow(signed_in)
def export_data() -> ResponseReturnValue:
    """All that is stored about the reader, to keep. A POST, since the download itself is put on record."""
    with unit_of_work() as db:
        account = current_account()
        services.note_export(db, actor=current_actor(), account=account, now=clock.now())
        stored = personal_data(db, actor=current_actor(), account=account)
    return Response(
        json.dumps(stored, ensure_ascii=False, indent=2) + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


def _page(form: ProfileForm, password_form: SetPasswordForm) -> str:
    db, account = database.session(), current_account()
    stopped = stopped_of(db, addresses=account.letters_go_to)
    wanted = [category for category in CATEGORIES if category not in stopped]
    return render_template(
        "accounts/profile.html",
        form=form if form.errors or not password_form.errors else password_form,
        profile_form=form,
        password_form=password_form,
        letters_form=LettersForm(formdata=None, wanted=wanted),
        said_of_letters={category: words[1] for category, words in CATEGORY_WORDS.items()},
        account=account,
        towns=zones.towns(),
        roles=[role_in_words(grant) for grant in queries.roles_of(db, account)],
        logins=queries.logins_of(db, account=account, now=clock.now()),
        this_login=hash_of(login_token()),
    )
