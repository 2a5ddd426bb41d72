"""Rounds: the list, opening and changing one, and the requests in it."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from app import clock
from app.access import allow, coordinator
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.i18n import format_span, in_language
from app.planning import queries, services
from app.planning.forms import RoundForm, TakeInForm
from app.planning.models import DEFAULT_WEIGHTS, PlanningRound
from app.planning.services import RoundTerms
from app.planning.views.blueprint import blueprint
from app.planning.words import WEIGHTS, refusal, weight_worth
from app.workshops.models import Workshop


@blueprint.get("")
@allow(coordinator)
def index() -> ResponseReturnValue:
    return render_template(
        "planning/index.html", rounds=queries.rounds(database.session(), actor=current_actor())
    )


@blueprint.route("/open", methods=["GET", "POST"])
@allow(coordinator)
def open_round() -> ResponseReturnValue:
    form = RoundForm(data=_terms_of(PlanningRound(**_DEFAULTS, currency=_network_currency())))
    if form.validate_on_submit():
        try:
            with unit_of_work() as db:
                opened = services.open_round(db, actor=current_actor(), terms=_terms(form), now=clock.now())
        except Invalid as invalid:
            _show(form, invalid)
        else:
            flash(_("The round is open. Take requests into it."), "success")
            return redirect(url_for("planning.requests", round_id=opened.id), 303)
    return render_template("planning/round_form.html", form=form, planning_round=None), _status(form)


@blueprint.route("/<int:round_id>/change", methods=["GET", "POST"])
@allow(coordinator)
def change(round_id: int) -> ResponseReturnValue:
    planning_round = queries.round_for(database.session(), actor=current_actor(), round_id=round_id)
    form = RoundForm(data=_terms_of(planning_round))
    if form.validate_on_submit():
        try:
            with unit_of_work() as db:
                services.change_round(
                    db,
                    actor=current_actor(),
                    planning_round=planning_round,
                    terms=_terms(form),
                    now=clock.now(),
                )
        except Invalid as invalid:
            _show(form, invalid)
        except Conflict as conflict:
            return _back(round_id, conflict, "planning.terms")
        else:
            flash(_("The round has been changed. Drafts made before stay as they were."), "success")
            return redirect(url_for("planning.terms", round_id=round_id), 303)
    return (
        render_template("planning/round_form.html", form=form, planning_round=planning_round),
        _status(form),
    )


@blueprint.get("/<int:round_id>/terms")
@allow(coordinator)
def terms(round_id: int) -> ResponseReturnValue:
    planning_round = queries.round_for(database.session(), actor=current_actor(), round_id=round_id)
    weights = {**DEFAULT_WEIGHTS, **planning_round.weights}
    rows = [
        (words.label, weights[name], words.hint, _worth(name, weights, planning_round.currency))
        for name, words in WEIGHTS.items()
    ]
    return render_template("planning/terms.html", planning_round=planning_round, weights=rows)


@blueprint.post("/<int:round_id>/close")
@allow(coordinator)
def close(round_id: int) -> ResponseReturnValue:
    return _switch(round_id, services.close_round, _("The round is closed."))


@blueprint.post("/<int:round_id>/reopen")
@allow(coordinator)
def reopen(round_id: int) -> ResponseReturnValue:
    return _switch(round_id, services.reopen_round, _("The round is open again."))


@blueprint.post("/<int:round_id>/public")
@allow(coordinator)
def open_to_public(round_id: int) -> ResponseReturnValue:
    is_public = request.form.get("public") == "yes"
    with unit_of_work() as db:
        planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
        services.open_to_public(
            db, actor=current_actor(), planning_round=planning_round, is_public=is_public, now=clock.now()
        )
    flash(
        _("What this round publishes is open to everybody now.")
        if is_public
        else _("What this round publishes is for people with an account again."),
        "success",
    )
    return redirect(url_for("planning.show", round_id=round_id), 303)


# -- Requests


@blueprint.get("/<int:round_id>/requests")
@allow(coordinator)
def requests(round_id: int) -> ResponseReturnValue:
    db = database.session()
    planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
    return _requests_page(planning_round, _take_in_form(planning_round))


@blueprint.post("/<int:round_id>/requests")
@allow(coordinator)
def take_in(round_id: int) -> ResponseReturnValue:
    planning_round = queries.round_for(database.session(), actor=current_actor(), round_id=round_id)
    form = _take_in_form(planning_round)
    if not form.validate_on_submit():
        return _requests_page(planning_round, form)
    try:
        with unit_of_work() as db:
            chosen = db.scalars(select(Workshop).where(Workshop.id.in_(form.workshops.data))).all()
            services.take_in(
                db,
                actor=current_actor(),
                planning_round=planning_round,
                workshops=chosen,
                now=clock.now(),
            )
    except Conflict as conflict:
        return _back(round_id, conflict, "planning.requests")
    flash(
        ngettext("%(num)s request has been taken in.", "%(num)s requests have been taken in.", len(chosen)),
        "success",
    )
    return redirect(url_for("planning.requests", round_id=round_id), 303)


@blueprint.post("/<int:round_id>/requests/<int:workshop_id>/out")
@allow(coordinator)
def take_out(round_id: int, workshop_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            services.take_out(
                db,
                actor=current_actor(),
                planning_round=queries.round_for(db, actor=current_actor(), round_id=round_id),
                workshop_id=workshop_id,
                now=clock.now(),
            )
    except Conflict as conflict:
        return _back(round_id, conflict, "planning.requests")
    flash(_("The request has been taken out and waits for another round."), "success")
    return redirect(url_for("planning.requests", round_id=round_id), 303)


# -- What they share

_DEFAULTS: dict[str, Any] = {
    "title": "",
    "base_fare": 60,
    "fare_per_100_km": 9,
    "per_diem": 65,
    "weights": DEFAULT_WEIGHTS,
}


def _network_currency() -> str:
    currency: str = current_app.extensions["baraza.settings"].currency
    return currency


def _terms_of(planning_round: PlanningRound) -> dict[str, Any]:
    names = ("title", "first_day", "last_day", "currency", "base_fare", "fare_per_100_km", "per_diem")
    return {
        **{name: getattr(planning_round, name) for name in names},
        "weights": {**DEFAULT_WEIGHTS, **planning_round.weights},
    }


def _terms(form: RoundForm) -> RoundTerms:
    weights = {name: form.weights.form[name].data for name in DEFAULT_WEIGHTS}
    names = ("title", "first_day", "last_day", "currency", "base_fare", "fare_per_100_km", "per_diem")
    return RoundTerms(**{name: form[name].data for name in names}, weights=weights)


def _show(form: RoundForm, invalid: Invalid) -> None:
    """Put what a service refused beside its field."""
    field = form[invalid.field] if invalid.field in form else form.weights.form[invalid.field]
    field.errors = [*field.errors, refusal(invalid.reason)]


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _worth(name: str, weights: dict[str, int], currency: str) -> str:
    return "" if name == "cost" else weight_worth(weights[name], weights["cost"], currency)


def _switch(round_id: int, service: Any, done: str) -> ResponseReturnValue:
    try:
        with unit_of_work() as db:
            planning_round = queries.round_for(db, actor=current_actor(), round_id=round_id)
            service(db, actor=current_actor(), planning_round=planning_round, now=clock.now())
    except Conflict as conflict:
        return _back(round_id, conflict, "planning.show")
    flash(done, "success")
    return redirect(url_for("planning.show", round_id=round_id), 303)


def _back(round_id: int, conflict: Conflict, endpoint: str) -> ResponseReturnValue:
    flash(refusal(conflict.reason), "warning")
    return redirect(url_for(endpoint, round_id=round_id), 303)


def _take_in_form(planning_round: PlanningRound) -> TakeInForm:
    form = TakeInForm()
    waiting = queries.waiting_for(database.session(), planning_round)
    form.workshops.choices = [(each.id, in_language(each.titles)) for each in waiting]
    form.workshops.hints = {each.id: _hint(each) for each in waiting}
    return form


def _hint(workshop: Workshop) -> str:
    return " · ".join(
        (
            workshop.requested_by.short_name,
            in_language(workshop.topic.titles),
            format_span(workshop.window_first, workshop.window_last),
        )
    )


def _requests_page(planning_round: PlanningRound, form: TakeInForm) -> ResponseReturnValue:
    return (
        render_template(
            "planning/requests.html",
            planning_round=planning_round,
            entries=queries.entries_of(database.session(), planning_round),
            form=form,
        ),
        _status(form),
    )
