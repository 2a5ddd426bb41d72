"""In which language and time zone somebody reads: kept in the account, or on this device when not signed
in."""

from __future__ import annotations

from flask import abort, redirect, request, session
from flask.typing import ResponseReturnValue

from app import clock, i18n
from app.access import allow, anybody
from app.accounts import services
from app.accounts.identity import current_account, current_actor
from app.accounts.views.blueprint import asked_next, blueprint
from app.db import unit_of_work


@blueprint.post("/language")
@allow(anybody)
def choose_language() -> ResponseReturnValue:
    language = request.form.get("language", "")
    if language not in i18n.LANGUAGES:
        abort(400)
    _keep(language=language)
    return redirect(asked_next(), 303)


@blueprint.post("/timezone")
@allow(anybody)
def choose_timezone() -> ResponseReturnValue:
    timezone = request.form.get("timezone", "")
    if not i18n.is_zone(timezone):
        abort(400)
    _keep(timezone=timezone)
    return redirect(asked_next(), 303)


def _keep(**chosen: str) -> None:
    if not current_actor().is_signed_in:
        session.update(chosen)
        session.permanent = True
        return
    with unit_of_work() as db:
        services.change_profile(
            db, actor=current_actor(), account=current_account(), now=clock.now(), **chosen
        )
